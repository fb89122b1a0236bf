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
    private long _timerNanoseconds = long.MaxValue;

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

    /// <summary>Takes what it sees, instead of <see cref="Seen"/>, which a long run would fill. Default: null.</summary>
    public Action<ClientEvent>? Heard { get; init; }

    /// <summary>Everything it saw, in order, unless <see cref="Heard"/> takes it.</summary>
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
        Send();
        while (Core.TryNextEvent(out var happened))
        {
            if (Heard is null) _seen.Add(new ClientObservation(_kernel.NowNanoseconds, happened!));
            else Heard(happened!);
            if (happened is ClientEvent.Disconnected && _end is { IsOver: false } end)
            {
                if (end.Unread.Length > 0) end.Consume((int)end.Unread.Length);
                end.Close();
            }
        }

        SetTimer();
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => "timer";

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        _timerNanoseconds = long.MaxValue;
        if (Core.NextDeadline <= Now) Core.Tick(Now);
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
        if (Core.State == ClientState.Disconnected) _unread.Append(end.Unread.FirstSpan);
        else Receive(end);
        end.Consume((int)end.Unread.Length);
        if (end.PeerHasFinished)
        {
            Core.CloseTransport("the server closed the connection");
            end.Close();
        }

        Flush();
    }

    private void Receive(StreamEnd end)
    {
        if (_unread.Count > 0)
        {
            _unread.Append(end.Unread.FirstSpan);
            var rest = _unread.Sequence;
            Core.Receive(ref rest, Now);
            _unread.Discard(_unread.Count - (int)rest.Length);
            return;
        }

        var input = end.Unread;
        Core.Receive(ref input, Now);
        _unread.Append(input.FirstSpan);        // the beginning of a packet
    }

    private void Send()
    {
        var written = _output.WrittenSpan;
        if (_end is { IsOver: false } end)
        {
            if (_unsent.Count > 0) _unsent.Discard(end.Send(_unsent.Memory.Span));
            if (_unsent.Count == 0 && written.Length > 0) written = written[end.Send(written)..];
        }

        _unsent.Append(written);
        _output.ResetWrittenCount();
    }

    // Deadlines move away with each packet: a timer that is early finds nothing due, and is set anew.
    private void SetTimer()
    {
        if (Core.NextDeadline is not { } deadline)
        {
            _kernel.Cancel(_timer);
            _timerNanoseconds = long.MaxValue;
            return;
        }

        var due = Math.Max(deadline.Ticks * NanosecondsPerTick, _kernel.NowNanoseconds);
        if (_timerNanoseconds <= due) return;
        _kernel.Cancel(_timer);
        _timerNanoseconds = due;
        _timer = _kernel.Schedule(due, EventClass.Client, this, TimerKind);
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
