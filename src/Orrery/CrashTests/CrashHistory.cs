using System.Diagnostics;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>What happened, in one order. Any thread may add.</summary>
/// <remarks>What a client sends is added before it is written, and what it receives once it was read: so an event that comes after another
/// in the history can't have come before it at the broker, where the first was received and the second sent.</remarks>
internal sealed class CrashHistory
{
    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private List<CrashEvent> _events = [];
    private long _number;

    /// <summary>Hears each event as soon as it is there, on the thread that adds it.</summary>
    public Action<CrashEvent>? Watcher { get; set; }

    /// <summary>Seconds since the start.</summary>
    public double Now => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Adds an event.</summary>
    public CrashEvent Add(CrashEventKind kind, string client, int connection, Packet? packet = null, MessageTag? message = null)
    {
        CrashEvent added;
        lock (_lock)
        {
            added = new CrashEvent(++_number, Now, kind, client, connection, packet, message);
            _events.Add(added);
        }

        Watcher?.Invoke(added);
        return added;
    }

    /// <summary>Takes what was added since the last call.</summary>
    public IReadOnlyList<CrashEvent> Take()
    {
        lock (_lock)
        {
            var taken = _events;
            _events = [];
            return taken;
        }
    }
}
