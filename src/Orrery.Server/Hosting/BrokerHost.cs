using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker;
using Orrery.Broker.Persistence;
using Orrery.Server.Connections;
using Orrery.Server.Logging;
using Orrery.Server.Options;

namespace Orrery.Server.Hosting;

/// <summary>Runs the brokers that AddMqttBroker added, from the host's start to its stop: actors, listeners, goodbyes.</summary>
public sealed class BrokerHost : IHostedService, IAsyncDisposable
{
    private readonly BrokerRegistration[] _registrations;
    private readonly IOptionsMonitor<MqttBrokerOptions> _brokerOptions;
    private readonly MqttServerOptions _options;
    private readonly IServiceProvider _services;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly StoreFactory _makeStore;
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly List<RunningBroker> _brokers = [];
    private readonly List<IMessageStore> _stores = [];
    private ActorSystem? _system;
    private KestrelListeners? _listeners;
    private volatile bool _isStopping;
    private volatile bool _hasFailed;

    internal BrokerHost(
        IEnumerable<BrokerRegistration> registrations,
        IOptionsMonitor<MqttBrokerOptions> brokerOptions,
        IOptions<MqttServerOptions> options,
        IServiceProvider services,
        ILoggerFactory loggers,
        StoreFactory makeStore,
        IHostApplicationLifetime? lifetime)
    {
        _registrations = [.. registrations];
        _brokerOptions = brokerOptions;
        _options = options.Value;
        _services = services;
        _loggers = loggers;
        _logger = loggers.CreateLogger<BrokerHost>();
        _makeStore = makeStore;
        _lifetime = lifetime;
    }

    /// <summary>True once a broker of this host has given up: the application is told to stop then, and is to say so by its exit code,
    /// so that whoever watches over it starts it again.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Where the unnamed broker listens, with the ports that were free; empty before the start.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => EndPointsOf(Microsoft.Extensions.Options.Options.DefaultName);

    /// <summary>Where every broker of this host listens; empty before the start.</summary>
    public IReadOnlyList<IPEndPoint> AllEndPoints => [.. _listeners?.EndPoints.Select(e => e.EndPoint) ?? []];

    /// <summary>Where a named broker listens; empty before the start, or if there is no such broker.</summary>
    public IReadOnlyList<IPEndPoint> EndPointsOf(string broker) =>
        [.. _listeners?.EndPoints.Where(e => e.Broker == broker).Select(e => e.EndPoint) ?? []];

    /// <summary>Starts the brokers, waits until they have recovered what they kept, then listens.</summary>
    /// <exception cref="ListenException">An address can't be listened on.</exception>
    /// <exception cref="StoreUnavailableException">What a broker kept can't be opened.</exception>
    /// <exception cref="BrokerFailedException">A broker failed again and again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _system = ActorSystem.Create("orrery");
        ServerLog.Seeded(_logger, _system.Seed());

        try
        {
            var bindings = new List<ListenerBinding>();
            foreach (var registration in _registrations)
            {
                var options = _brokerOptions.Get(registration.OptionsName);
                var store = _makeStore(registration.Name, options);
                if (store is not null) _stores.Add(store);
                var broker = MqttBroker.Start(_system, registration.Name, options.Limits, _loggers, store);
                var running = new RunningBroker(broker);
                running.Watch(_system);
                _brokers.Add(running);
                bindings.AddRange(BindingsOf(registration.OptionsName, broker, options));
            }

            await RecoverAsync(cancellationToken).ConfigureAwait(false);
            _listeners = new KestrelListeners(bindings, _options, _services, _loggers);
            await _listeners.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }

        foreach (var (broker, endPoint) in _listeners.EndPoints)
        {
            ServerLog.Listening(_logger, new BrokerRegistration(broker).Name, endPoint.ToString());
        }

        foreach (var broker in _brokers) _ = WatchOverAsync(broker);
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        foreach (var running in _brokers)
        {
            var ready = await running.AskAsync<BrokerReady>(MqttBroker.GetReady).WaitAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new BrokerFailedException(running.Broker.Name);
            if (ready.Failure is { } failure) throw BrokerStores.Unavailable(running.Broker.Name, failure);
        }
    }

    /// <summary>A process whose listeners take connections that nobody serves is worse than none: it ends, to be started again.</summary>
    private async Task WatchOverAsync(RunningBroker running)
    {
        await running.Ended.ConfigureAwait(false);
        if (_isStopping) return;
        _hasFailed = true;
        ServerLog.BrokerGaveUp(_logger, running.Broker.Name);
        _lifetime?.StopApplication();
    }

    /// <summary>Stops listening, lets each broker say goodbye to its clients, and waits until that is sent, within
    /// <see cref="MqttServerOptions.ShutdownTimeoutSeconds"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listeners is null || _brokers.Count == 0) return;
        _isStopping = true;
        ServerLog.Stopping(_logger, _options.ShutdownTimeoutSeconds);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(_options.ShutdownTimeoutSeconds));

        // Listening ends before the first await in there; then it waits for connections, which the brokers' goodbyes end.
        var disconnected = _listeners.StopAsync(limit.Token);
        var stopped = Task.WhenAll(_brokers.Select(running => running.AskAsync<object>(MqttBroker.Stop)));
        try
        {
            await stopped.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ServerLog.StopTimedOut(_logger, _options.ShutdownTimeoutSeconds);
        }

        await disconnected.ConfigureAwait(false);
        _brokers.Clear();
        await DisposeAsync().ConfigureAwait(false);
        ServerLog.Stopped(_logger);
    }

    /// <summary>Drops whatever still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        var (listeners, system) = (_listeners, _system);
        (_listeners, _system) = (null, null);
        if (listeners is not null) await listeners.DisposeAsync().ConfigureAwait(false);
        if (system is not null) await system.Terminate().ConfigureAwait(false);
        foreach (var store in _stores) (store as IDisposable)?.Dispose();
        _stores.Clear();
    }

    private IEnumerable<ListenerBinding> BindingsOf(string name, MqttBroker broker, MqttBrokerOptions options)
    {
        var closeLimit = new CloseLimit(TimeProvider.System, TimeSpan.FromSeconds(_options.CloseTimeoutSeconds));
        var listeners = options.Listeners.Count > 0 ? options.Listeners : [new MqttListenerOptions()];
        foreach (var listener in listeners)
        {
            if (!ListenAddress.TryParse(listener.Address, out var addresses)) continue;    // the validator has refused it
            var shared = new SharedPort(listener.Port);
            var handler = new MqttConnectionHandler(broker, shared, closeLimit, _logger);
            foreach (var address in addresses)
            {
                yield return new ListenerBinding(name, new SharedPortEndPoint(address, shared), handler.OnConnectedAsync);
            }
        }
    }
}
