using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orrery.Server.Options;

namespace Orrery.Tests;

public sealed class ServeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orrery-tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_arguments_only_the_loopback_is_open()
    {
        Assert.Empty(Options(new ServeArguments(null, [], null, false)).Listeners);
        Assert.Equal("localhost", new MqttListenerOptions().Address);
        Assert.Equal(1883, new MqttListenerOptions().Port);
    }

    [Fact]
    public void A_port_alone_stays_on_the_loopback()
    {
        var listener = Assert.Single(Options(new ServeArguments(0, [], null, false)).Listeners);

        Assert.Equal(("localhost", 0), (listener.Address, listener.Port));
    }

    [Fact]
    public void Each_address_that_is_given_gets_the_port()
    {
        var listeners = Options(new ServeArguments(1884, ["10.0.0.1", "*"], null, false)).Listeners;

        Assert.Equal([("10.0.0.1", 1884), ("*", 1884)], listeners.Select(l => (l.Address, l.Port)));
    }

    [Fact]
    public void The_command_line_replaces_the_listeners_of_the_file_and_keeps_the_rest()
    {
        var options = Options(WithFile("""{ "listeners": [ { "port": 1 }, { "port": 2 } ], "queuedMessagesMax": 7 }""", port: 3));

        Assert.Equal(3, Assert.Single(options.Listeners).Port);
        Assert.Equal(7, options.Limits.QueuedMessagesMax);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Explain_switches_on_the_explanations_and_nothing_else(bool explains)
    {
        using var host = ServeCommand.Build(new ServeArguments(0, [], null, false, explains));
        var loggers = host.Services.GetRequiredService<ILoggerFactory>();

        Assert.Equal(explains, loggers.CreateLogger("Orrery.Broker.any-name.Explain").IsEnabled(LogLevel.Trace));
        Assert.False(loggers.CreateLogger("Orrery.Broker.any-name").IsEnabled(LogLevel.Debug));
    }

    [Fact]
    public async Task A_file_with_an_unknown_key_is_refused()
    {
        Assert.Equal(1, await ServeCommand.RunAsync(WithFile("""{ "prot": 1 }""", port: null), CancellationToken.None));
    }

    [Fact]
    public async Task A_value_out_of_range_is_refused()
    {
        Assert.Equal(1, await ServeCommand.RunAsync(new ServeArguments(70_000, [], null, false), CancellationToken.None));
    }

    [Theory]
    [InlineData("127.0.0.1", "Orrery listens on 127.0.0.1:1883. Try: mosquitto_sub -h 127.0.0.1 -p 1883 -t 'a/#' -v")]
    [InlineData("0.0.0.0", "Orrery listens on 0.0.0.0:1883. Try: mosquitto_sub -h 127.0.0.1 -p 1883 -t 'a/#' -v")]
    [InlineData("::", "Orrery listens on [::]:1883. Try: mosquitto_sub -h 127.0.0.1 -p 1883 -t 'a/#' -v")]
    [InlineData("10.1.2.3", "Orrery listens on 10.1.2.3:1883. Try: mosquitto_sub -h 10.1.2.3 -p 1883 -t 'a/#' -v")]
    public void The_line_at_start_says_where_and_how_to_try(string address, string line)
    {
        Assert.Equal(line, ReadyLine.Of([new IPEndPoint(IPAddress.Parse(address), 1883)]));
    }

    [Theory]
    [InlineData(1, "127.0.0.1:1")]
    [InlineData(2, "127.0.0.1:1 and 127.0.0.1:2")]
    [InlineData(3, "127.0.0.1:1, 127.0.0.1:2 and 127.0.0.1:3")]
    public void The_line_at_start_names_every_address(int count, string addresses)
    {
        var line = ReadyLine.Of([.. Enumerable.Range(1, count).Select(port => new IPEndPoint(IPAddress.Loopback, port))]);

        Assert.StartsWith($"Orrery listens on {addresses}. Try: mosquitto_sub -h 127.0.0.1 -p 1 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_names_brokers_runs_those_alone()
    {
        using var host = ServeCommand.Build(WithFile("""{ "Mqtt": { "Brokers": { "a": {}, "b": { "Listeners": [ { "Port": 1 } ] } } } }""", port: null));

        Assert.Equal(["a", "b"], host.Services.GetServices<IConfigureOptions<MqttBrokerOptions>>()
            .OfType<ConfigureNamedOptions<MqttBrokerOptions, IServiceProvider>>().Select(broker => broker.Name));
    }

    private static MqttBrokerOptions Options(ServeArguments arguments)
    {
        using var host = ServeCommand.Build(arguments);
        return host.Services.GetRequiredService<IOptionsMonitor<MqttBrokerOptions>>().CurrentValue;
    }

    private ServeArguments WithFile(string json, int? port)
    {
        var file = Path.Combine(_folder.FullName, "orrery.json");
        File.WriteAllText(file, json);
        return new ServeArguments(port, [], file, false);
    }
}
