using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Orrery.Server.Configuration;
using Orrery.Server.Hosting;
using Orrery.Server.Logging;
using Orrery.Server.Options;

namespace Orrery;

/// <summary>`orrery serve`: runs the broker until Ctrl+C or SIGTERM.</summary>
internal static class ServeCommand
{
    /// <summary>It can't start: something is to be mended first.</summary>
    private const int Failed = 1;

    /// <summary>A broker gave up, which failed again and again: the process is to be started again.</summary>
    internal const int GaveUp = 2;

    private static readonly Option<int?> Port = new("--port", "-p")
    {
        Description = $"TCP port to listen on; 0 takes a free one. [default: {MqttListenerOptions.DefaultPort}]",
    };

    private static readonly Option<string[]> Bind = new("--bind")
    {
        Description = "Address to listen on; may be repeated. \"*\" is every address. [default: this machine only, 127.0.0.1 and ::1]",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Config = new("--config", "-c")
    {
        Description = "JSON configuration file.",
    };

    private static readonly Option<bool> Verbose = new("--verbose", "-v")
    {
        Description = "Log more: every connection's handshake and end, in detail.",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder to keep sessions, queued and retained messages in, beyond the process; made if it is not there. [default: nothing is kept]",
    };

    private static readonly Option<PersistenceMode?> Persistence = new("--persistence")
    {
        Description = "When something counts as kept, which acknowledgements wait for: memory, os, group or fsync. [default: group with --data, else memory]",
    };

    private static readonly Option<bool> Explain = new("--explain")
    {
        Description = "Log of each message what became of it: who sent it, what it matched, for whom it was queued, sent or dropped, and why.",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Runs the MQTT broker.") { Port, Bind, Config, Data, Persistence, Verbose, Explain };
        command.SetAction((arguments, cancellation) => RunAsync(
            new ServeArguments(
                arguments.GetValue(Port), arguments.GetValue(Bind) ?? [], arguments.GetValue(Config), arguments.GetValue(Verbose),
                arguments.GetValue(Explain), arguments.GetValue(Data), arguments.GetValue(Persistence)),
            cancellation));
        return command;
    }

    /// <summary>Runs the broker; returns the exit code: 0 after a stop that was asked for, 1 when it can't start, 2 when it gave up.</summary>
    /// <param name="arguments">What it was given.</param>
    /// <param name="cancellation">Asks it to stop.</param>
    /// <param name="configure">Changes the host's services; null changes nothing.</param>
    internal static async Task<int> RunAsync(
        ServeArguments arguments, CancellationToken cancellation, Action<IServiceCollection>? configure = null)
    {
        try
        {
            using var host = Build(arguments, configure);
            var brokers = host.Services.GetRequiredService<BrokerHost>();
            await host.StartAsync(cancellation);
            Console.Out.WriteLine(ReadyLine.Of(brokers.AllEndPoints));
            await host.WaitForShutdownAsync(cancellation);
            return brokers.HasFailed ? GaveUp : 0;
        }
        catch (BrokerFailedException failure)
        {
            Fail([failure.Message]);
            return GaveUp;
        }
        catch (ConfigurationFileException failure)
        {
            return Fail([failure.Message]);
        }
        catch (OptionsValidationException failure)
        {
            return Fail(failure.Failures);
        }
        catch (AggregateException failures) when (failures.InnerExceptions.All(f => f is OptionsValidationException))
        {
            return Fail(failures.InnerExceptions.Cast<OptionsValidationException>().SelectMany(f => f.Failures));
        }
        catch (ListenException failure)
        {
            return Fail([$"{failure.Message} (--port, --bind)"]);
        }
        catch (StoreUnavailableException failure)
        {
            return Fail([$"{failure.Message} (--data)"]);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }

    internal static IHost Build(ServeArguments arguments, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "orrery" });
        configure?.Invoke(builder.Services);
        if (arguments.ConfigurationFile is { } file)
        {
            builder.Configuration.AddInMemoryCollection(ConfigurationFile.Read(file));
        }

        AddBrokers(builder, arguments);
        AddLogging(builder.Logging, arguments);
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        return builder.Build();
    }

    private static void AddBrokers(HostApplicationBuilder builder, ServeArguments arguments)
    {
        var section = builder.Configuration.GetSection(MqttServerOptions.Section);
        var named = section.GetSection("Brokers").GetChildren().Select(broker => broker.Key).ToArray();
        foreach (var name in named) builder.Services.AddMqttBroker(name, arguments.ApplyPersistence);

        // A file that names its brokers means those, unless it gives the unnamed one listeners too.
        var hasListeners = section.GetSection(nameof(MqttBrokerOptions.Listeners)).Exists() || arguments.NamesListener;
        if (named.Length == 0 || hasListeners) builder.Services.AddMqttBroker(arguments.Apply);
    }

    private static void AddLogging(ILoggingBuilder logging, ServeArguments arguments)
    {
        logging.SetMinimumLevel(arguments.IsVerbose ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);       // what it would say, Fail says in one line
        if (arguments.Explains) logging.AddFilter("Orrery.Broker.*.Explain", LogLevel.Trace);
        logging.AddConsoleFormatter<PlainConsoleFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(console =>
        {
            console.FormatterName = PlainConsoleFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;       // standard output has the line that says where to connect
        });
    }

    private static int Fail(IEnumerable<string> messages)
    {
        foreach (var message in messages) Console.Error.WriteLine($"orrery: {message}");
        return Failed;
    }
}
