using Microsoft.Extensions.Logging;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Running;

/// <summary>Takes a broker's log into the history, and looks in it for what triggers wait for.</summary>
internal sealed class BrokerLog(RunWorld world, SimulatedBroker broker) : ILoggerFactory, ILogger
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("A run has one log.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => world.Recorder.IsOn || world.Triggers.WatchesEvents;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        if (ValueOf(values, "Reason") is { } reason && ValueOf(values, "RemoteEndPoint") is { } connection) broker.CloseReasons[connection] = reason;
        if (world.Recorder.IsOn && (world.Recorder.IsDetailed || BrokerEvents.IsEssential(eventId.Id)))
        {
            world.Recorder.Add(HistoryKind.Decision, broker.Name, eventId.Name, formatter(state, exception));
        }

        if (!world.Triggers.WatchesEvents || BrokerEvents.NameOf(eventId.Id) is not { } name) return;
        var about = ValueOf(values, "ClientId");
        var remote = ValueOf(values, "RemoteEndPoint");
        var due = world.Triggers.OnEvent(name, client => world.ClientsOf(client).Any(
            known => known.ClientId == about || (remote is not null && remote == known.Model.ConnectionName)));
        if (due.Count > 0) world.Script.Fire(due, broker, null);
    }

    private static string? ValueOf(IReadOnlyList<KeyValuePair<string, object?>> values, string name)
    {
        foreach (var (key, value) in values)
        {
            if (key == name) return value?.ToString();
        }

        return null;
    }
}
