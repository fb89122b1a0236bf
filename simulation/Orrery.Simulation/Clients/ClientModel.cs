using System.Buffers;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Clients;

/// <summary>Something that a client model saw.</summary>
/// <param name="Nanoseconds">When.</param>
/// <param name="Event">What.</param>
internal readonly record struct ClientObservation(long Nanoseconds, ClientEvent Event);

/// <summary>A client of real bytes: the library's own core on the virtual clock and a simulated link.</summary>
internal sealed class ClientModel : EventTarget, IStreamOwner
{
    private const int TimerKind = 0;
    private const long NanosecondsPerTick = 100;

    private readonly SimulationKernel _kernel;
    private readonly Link _link;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ByteQueue _unsent = new();
    private readonly ByteQueue _unread = new();
    private readonly List<ClientObservation> _seen = [];
    private StreamEnd? _end;
    private bool? _cleanStart;
    private bool _isReading = true;
    private EventHandle _timer;

    /// <summary>Makes a client that is not connected.</summary>
    public ClientModel(SimulationKernel kernel, string name, Link link, ClientOptions options)
        : base(name)
    {
        (_kernel, _link, Options) = (kernel, link, options);
        Core = new ClientCore(options);
    }

    /// <summary>What it asks of the server.</summary>
    public ClientOptions Options { get; }

    /// <summary>The client itself; after calling it, call <see cref="Flush"/>.</summary>
    public ClientCore Core { get; private set; }

    /// <summary>Everything it saw, in order.</summary>
    public IReadOnlyList<ClientObservation> Seen => _seen;

    /// <summary>The end of its connection; null before the first.</summary>
    public StreamEnd? End => _end;

    /// <summary>Its time, as the core takes it: monotonic, from the start of the run.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(_kernel.NowNanoseconds / NanosecondsPerTick);

    /// <summary>Whether it takes what arrives (C2). False leaves it in the system's buffer.</summary>
    public bool IsReading
    {
        get => _isReading;
        set
        {
            _isReading = value;
            if (value) Read();
        }
    }

    /// <summary>Asks for a connection, and says CONNECT once there is one. An older connection is left behind without a word (N10).</summary>
    /// <param name="cleanStart">As for <see cref="ClientCore.Open"/>.</param>
    public void Connect(bool? cleanStart = null)
    {
        Leave("a new connection");
        _cleanStart = cleanStart;
        _end = _link.Connect(this);
    }

    /// <summary>Publishes a message; what comes of it is seen later.</summary>
    public long Publish(ApplicationMessage message)
    {
        var token = Core.Publish(message, Now);
        Flush();
        return token;
    }

    /// <summary>Subscribes; the answer is seen later.</summary>
    public long Subscribe(params Subscription[] subscriptions)
    {
        var token = Core.Subscribe(subscriptions, Now);
        Flush();
        return token;
    }

    /// <summary>Says DISCONNECT.</summary>
    public void Disconnect(ReasonCode reasonCode = ReasonCode.Success)
    {
        Core.Disconnect(reasonCode, Now);
        Flush();
    }

    /// <summary>Its machine vanishes (C1, N6).</summary>
    /// <param name="keepsSession">Whether it knows its session when it comes back.</param>
    public void Crash(bool keepsSession)
    {
        Leave("crash");
        if (!keepsSession) Core = new ClientCore(Options);
    }

    /// <summary>Sends what the core wrote, notes what it saw, and sets the timer.</summary>
    public void Flush()
    {
        _unsent.Append(_output.WrittenSpan);
        _output.ResetWrittenCount();
        if (_end is { IsOver: false }) _unsent.Discard(_end.Send(_unsent.Memory.Span));
        while (Core.TryNextEvent(out var happened))
        {
            _seen.Add(new ClientObservation(_kernel.NowNanoseconds, happened!));
            if (happened is ClientEvent.Disconnected && _end is { IsOver: false } end)
            {
                if (end.Unread.Length > 0) end.Consume((int)end.Unread.Length);
                end.Close();
            }
        }

        _kernel.Cancel(_timer);
        if (Core.NextDeadline is not { } deadline) return;
        var due = Math.Max(deadline.Ticks * NanosecondsPerTick, _kernel.NowNanoseconds);
        _timer = _kernel.Schedule(due, EventClass.Client, this, TimerKind);
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => "timer";

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        Core.Tick(Now);
        Flush();
    }

    /// <inheritdoc/>
    void IStreamOwner.OnConnected()
    {
        Core.Open(_output, Now, _cleanStart);
        Flush();
    }

    /// <inheritdoc/>
    void IStreamOwner.OnReadable()
    {
        if (_isReading) Read();
    }

    /// <inheritdoc/>
    void IStreamOwner.OnWritable() => Flush();

    /// <inheritdoc/>
    void IStreamOwner.OnLost(string reason)
    {
        Core.CloseTransport(reason);
        Flush();
    }

    private void Read()
    {
        if (_end is not { IsOver: false } end) return;
        _unread.Append(end.Unread.FirstSpan);
        end.Consume((int)end.Unread.Length);
        if (Core.State != ClientState.Disconnected)
        {
            var input = _unread.Sequence;
            Core.Receive(ref input, Now);
            _unread.Discard(_unread.Count - (int)input.Length);
        }

        if (end.PeerHasFinished)
        {
            Core.CloseTransport("the server closed the connection");
            end.Close();
        }

        Flush();
    }

    private void Leave(string detail)
    {
        _end?.Vanish();
        _unsent.Discard(_unsent.Count);
        _unread.Discard(_unread.Count);
        Core.CloseTransport(detail);
        Flush();
    }
}
