using System.Buffers;
using Orrery.Client;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Clients;

// Its clock, its reading, and how it leaves and comes back.
internal sealed partial class ClientModel
{
    private const long NanosecondsPerTick = 100;
    private const int WaitingMax = 10_000;                  // requests that wait for a connection, as the core's messages do
    private const int ReadsPerSecond = 100;                 // of a slow reader: often enough to look like a steady stream

    private Queue<Action>? _waiting;                        // for a connection
    private List<Action>? _deferred;                        // what reached a paused client, in order
    private (long Numerator, long Denominator) _clockRate;
    private long _worldOrigin;                              // when the clock got its present rate, in the world's time
    private long _clockOrigin;                              // and in its own
    private EventHandle _reconnect;
    private bool _reconnectIsDue;
    private bool _wantsConnection;
    private bool _isReading = true;
    private bool _readIsDue;
    private bool _isPaused;

    /// <summary>Its time, as the core takes it: monotonic, from the start of the run, at its own rate (C6).</summary>
    public TimeSpan Now => TimeSpan.FromTicks(ClockNanoseconds / NanosecondsPerTick);

    /// <summary>Whether it takes what arrives (C2). False leaves it in the system's buffer.</summary>
    public bool IsReading
    {
        get => _isReading;
        set
        {
            _isReading = value;
            if (value) Do(Read);
        }
    }

    private long ClockNanoseconds => _clockOrigin + ClockRate.Scale(_kernel.NowNanoseconds - _worldOrigin, _clockRate);

    /// <summary>Changes how fast its clock runs from here on (C6).</summary>
    public void SetClockRate(long numerator, long denominator)
    {
        (_clockOrigin, _worldOrigin) = (ClockNanoseconds, _kernel.NowNanoseconds);
        _clockRate = (numerator, denominator);
        _kernel.Observe(Name, "clock rate", "numerator", (ulong)numerator);
        Flush();
    }

    /// <summary>Does something now, or when the client has its processor again.</summary>
    public void Do(Action action)
    {
        if (_isPaused) (_deferred ??= []).Add(action);
        else action();
    }

    /// <summary>Does something now, or as soon as there is a connection.</summary>
    /// <returns>False if too much waits already.</returns>
    public bool WhenConnected(Action action)
    {
        if (Core.State == ClientState.Connected)
        {
            action();
            return true;
        }

        if (_waiting?.Count == WaitingMax) return false;
        (_waiting ??= new Queue<Action>()).Enqueue(action);
        return true;
    }

    /// <summary>Its process ends at once, and its system closes the connection (C1).</summary>
    /// <param name="keepsSession">Whether it knows its session when it comes back.</param>
    public void Kill(bool keepsSession) => Die(keepsSession, end => end.Close(StreamEnding.ProcessEnded));

    /// <summary>Its machine vanishes (C1, N6).</summary>
    /// <param name="keepsSession">Whether it knows its session when it comes back.</param>
    public void Crash(bool keepsSession) => Die(keepsSession, end => end.Vanish());

    /// <summary>Ends the connection without a word of MQTT.</summary>
    /// <param name="hard">True for RST, false for FIN.</param>
    public void Drop(bool hard)
    {
        StayAway();
        if (hard) _end?.Reset();
        else if (_end is { IsOver: false } end) CloseEnd(end);
        Forget("closed by the script");
    }

    /// <summary>Takes its processor away for a time (B2 of a client): what arrives waits.</summary>
    public void Pause(long nanoseconds)
    {
        if (_isPaused) return;
        _isPaused = true;
        Watcher?.OnPaused(nanoseconds);
        _kernel.Schedule(_kernel.NowNanoseconds + nanoseconds, EventClass.Script, this, ResumeKind);
    }

    private void Resume()
    {
        _isPaused = false;
        Watcher?.OnResumed();
        Action[] arrived = [.. _deferred ?? []];
        _deferred?.Clear();
        foreach (var action in arrived)
        {
            action();
        }
    }

    private void Die(bool keepsSession, Action<StreamEnd> end)
    {
        StayAway();
        _deferred?.Clear();
        _waiting?.Clear();
        _withheld?.Clear();
        if (_end is not null) end(_end);
        Forget("crash");
        if (!keepsSession) Core = NewCore();
    }

    /// <summary>A time of its clock in the world's, rounded up so that no timer fires before its time.</summary>
    private long WorldTimeOf(TimeSpan clock) => _worldOrigin + ClockRate.Unscale((clock.Ticks * NanosecondsPerTick) - _clockOrigin, _clockRate);

    private void StayAway()
    {
        _wantsConnection = false;
        _reconnectIsDue = false;
        _kernel.Cancel(_reconnect);
    }

    private void OnConnected(ConnAckPacket connAck)
    {
        if (!connAck.SessionPresent && Behaviour.AutoSubscribe.Count > 0) Core.Subscribe(Behaviour.AutoSubscribe, Now);
        for (var count = _waiting?.Count ?? 0; count > 0 && Core.State == ClientState.Connected; count--)
        {
            _waiting!.Dequeue()();
        }
    }

    private void Receive(ReadOnlySequence<byte> arrived)
    {
        if (_unread.Count > 0)
        {
            _unread.Append(arrived.FirstSpan);
            arrived = _unread.Sequence;
            Core.Receive(ref arrived, Now);
            _unread.Discard(_unread.Count - (int)arrived.Length);
            return;
        }

        Core.Receive(ref arrived, Now);
        _unread.Append(arrived.FirstSpan);                  // the beginning of a packet
    }

    private void OnConnectionOver()
    {
        if (!_wantsConnection || _reconnectIsDue || Behaviour.Reconnect is not { } delay) return;
        _reconnectIsDue = true;
        var due = _kernel.NowNanoseconds + delay.Next(_kernel.Stream($"{Name}/reconnect"));
        _reconnect = _kernel.Schedule(due, EventClass.Client, this, ReconnectKind);
    }

    private void OnReconnectDue()
    {
        if (_reconnectIsDue) Connect(Options.CleanStart);
    }

    private void Read()
    {
        if (!_isReading || _readIsDue || _end is not { IsOver: false } end) return;
        var count = (int)end.Unread.Length;
        if (Behaviour.ReadBytesPerSecond is { } rate && count > 0)
        {
            count = (int)Math.Min(count, Math.Max(1, rate / ReadsPerSecond));
            _readIsDue = true;
            _kernel.Schedule(_kernel.NowNanoseconds + Math.Max(1, count * 1_000_000_000L / rate), EventClass.Client, this, ReadKind);
        }

        end.Take(count);
        if (Core.State != ClientState.Disconnected) Receive(end.Unread.Slice(0, count));
        else _unread.Discard(_unread.Count);                // nobody is there to make sense of it
        if (!end.IsOver) end.Consume(count);

        if (end is { PeerHasFinished: true, Unread.Length: 0, IsOver: false })
        {
            Core.CloseTransport("the server closed the connection");
            end.Close();
            Flush();
            OnConnectionOver();
            return;
        }

        Flush();
    }
}
