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
internal sealed partial class ClientModel : EventTarget, IStreamOwner, IBufferWriter<byte>
{
    private const int TimerKind = 0;
    private const int ReconnectKind = 1;
    private const int AcknowledgeKind = 2;
    private const int ReadKind = 3;
    private const int ResumeKind = 4;
    private const int HoldEndsKind = 5;

    private readonly SimulationKernel _kernel;
    private ArrayBufferWriter<byte>? _output;               // taken from what is spare while something waits to be sent
    private ByteQueue _unsent;
    private ByteQueue _unread;
    private List<ClientObservation>? _seen;
    private Link _link;
    private StreamEnd? _end;
    private bool? _cleanStart;
    private bool _isSilent;
    private bool _isClosing;                                // the core is done with the connection, and its last bytes may be held
    private EventHandle _timer;
    private long _timerNanoseconds = long.MaxValue;

    /// <summary>Makes a client that is not connected.</summary>
    public ClientModel(SimulationKernel kernel, string name, Link link, ClientOptions options, ClientBehaviour? behaviour = null)
        : base(name)
    {
        (_kernel, _link, Options) = (kernel, link, options);
        Behaviour = behaviour ?? ClientBehaviour.Plain;
        _clockRate = Behaviour.ClockRate;
        Core = NewCore();
    }

    /// <summary>What it asks of the server.</summary>
    public ClientOptions Options { get; }

    /// <summary>What else it does.</summary>
    public ClientBehaviour Behaviour { get; }

    /// <summary>Who watches it; null for nobody.</summary>
    public IClientWatcher? Watcher { get; set; }

    /// <summary>The client itself; after calling it, call <see cref="Flush"/>.</summary>
    public ClientCore Core { get; private set; }

    /// <summary>Takes what it sees, instead of <see cref="Seen"/>, which a long run would fill. Default: null.</summary>
    public Action<ClientEvent>? Heard { get; init; }

    /// <summary>Everything it saw, in order, unless <see cref="Heard"/> or <see cref="Watcher"/> takes it.</summary>
    public IReadOnlyList<ClientObservation> Seen => _seen ?? [];

    /// <summary>The end of its connection; null before the first.</summary>
    public StreamEnd? End => _end;

    /// <summary>The path it takes.</summary>
    public Link Link => _link;

    /// <summary>How many connections it has asked for.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>The name of its present connection, or of the last.</summary>
    public string ConnectionName => $"{Name}#{ConnectionCount}";

    /// <summary>Asks for a connection, and says CONNECT once there is one. An older connection is left behind without a word (N10).</summary>
    /// <param name="cleanStart">As for <see cref="ClientCore.Open"/>.</param>
    /// <param name="link">The path from a new address; null for the one it took before.</param>
    /// <param name="silent">True sends nothing, not even CONNECT.</param>
    public void Connect(bool? cleanStart = null, Link? link = null, bool silent = false)
    {
        Leave("a new connection");
        _link = link ?? _link;
        _cleanStart = cleanStart;
        _isSilent = silent;
        _wantsConnection = true;
        _isClosing = false;
        ConnectionCount++;
        _end = _link.Connect(this, Watcher is null ? null : ConnectionName, Watcher?.OnConnecting(ConnectionName, _link));
    }

    /// <summary>Publishes a message; what comes of it is seen later.</summary>
    public long Publish(ApplicationMessage message, ushort topicAlias = 0)
    {
        var token = Core.Publish(message, Now, topicAlias);
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
    /// <param name="reasonCode">Why.</param>
    /// <param name="sessionExpirySeconds">A new lifetime for the session; null keeps the one of CONNECT.</param>
    public void Disconnect(ReasonCode reasonCode = ReasonCode.Success, uint? sessionExpirySeconds = null)
    {
        StayAway();
        Core.Disconnect(reasonCode, Now, sessionExpirySeconds);
        Flush();
    }

    /// <summary>Sends a packet past all rules, if there is a connection.</summary>
    public void SendAsIs(Packet packet)
    {
        Core.SendAsIs(packet, Now);
        Flush();
    }

    /// <summary>Sends bytes past all rules, if there is a connection (C5).</summary>
    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        if (_end is not { IsOver: false }) return;
        Output.Write(bytes);
        Flush();
    }

    /// <summary>Sends what the core wrote, notes what it saw, and sets the timer.</summary>
    public void Flush()
    {
        Push();
        while (Core.TryNextEvent(out var happened))
        {
            Note(happened!);
            Push();
        }

        if (_isClosing && _end is { IsHeld: false }) CloseEnd(_end);
        SetTimer();
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => kind switch
    {
        TimerKind => "timer",
        ReconnectKind => "connects again",
        AcknowledgeKind => "acknowledges",
        ReadKind => "reads on",
        ResumeKind => "resumes",
        _ => "holds no more",
    };

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        if (kind == ResumeKind) Resume();
        else if (_isPaused) DoLater(kind, state);
        else Do(kind, state);
    }

    /// <inheritdoc/>
    void IBufferWriter<byte>.Advance(int count) => Output.Advance(count);

    /// <inheritdoc/>
    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Output.GetMemory(sizeHint);

    /// <inheritdoc/>
    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Output.GetSpan(sizeHint);

    /// <inheritdoc/>
    void IStreamOwner.OnConnected()
    {
        var end = _end;
        Do(() =>
        {
            if (_end != end || end!.IsOver) return;
            if (!_isSilent) Core.Open(this, Now, _cleanStart);
            Flush();
        });
    }

    /// <inheritdoc/>
    void IStreamOwner.OnReadable()
    {
        if (_isPaused) Do(Read);
        else Read();
    }

    /// <inheritdoc/>
    void IStreamOwner.OnWritable() => Do(Flush);

    /// <inheritdoc/>
    void IStreamOwner.OnLost(string reason)
    {
        var end = _end;
        Do(() =>
        {
            if (_end != end) return;
            Core.CloseTransport(reason);
            Flush();
            OnConnectionOver();
        });
    }

    private ArrayBufferWriter<byte> Output => _output ??= _link.Ether.TakeOutput();

    // Apart, since a method that may make a closure makes it each time.
    private void DoLater(int kind, object? state) => Do(() => Do(kind, state));

    private void Do(int kind, object? state)
    {
        switch (kind)
        {
            case TimerKind:
                _timerNanoseconds = long.MaxValue;
                if (Core.NextDeadline <= Now) Core.Tick(Now);
                Flush();
                break;
            case ReconnectKind: OnReconnectDue(); break;
            case AcknowledgeKind: OnAcknowledgeDue((Withheld)state!); break;
            case ReadKind:
                _readIsDue = false;
                Read();
                break;
            default: OnHoldEnds((IReadOnlyList<ControlPacketType>)state!); break;
        }
    }

    private ClientCore NewCore() => new(Options) { Withholds = Withholds };

    private void Note(ClientEvent happened)
    {
        if (Watcher is not null) Watcher.OnEvent(happened);
        else if (Heard is not null) Heard(happened);
        else (_seen ??= []).Add(new ClientObservation(_kernel.NowNanoseconds, happened));
        switch (happened)
        {
            case ClientEvent.Connected connected:
                OnConnected(connected.ConnAck);
                break;
            case ClientEvent.Disconnected:
                _withheld?.Clear();
                _isClosing = true;
                OnConnectionOver();
                break;
        }
    }

    private void Push()
    {
        if (_output is null && _unsent.Count == 0) return;
        var written = _output is null ? [] : _output.WrittenSpan;
        if (_end is { IsOver: false } end)
        {
            if (_unsent.Count > 0) _unsent.Discard(end.Send(_unsent.Span));
            if (_unsent.Count == 0 && written.Length > 0) written = written[end.Send(written)..];
        }

        _unsent.Append(written);
        if (_output is null) return;
        _link.Ether.Return(_output);
        _output = null;
    }

    private void CloseEnd(StreamEnd end)
    {
        _isClosing = false;
        if (end.IsOver) return;
        end.DropUnread();
        end.Close();
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

        var due = Math.Max(WorldTimeOf(deadline), _kernel.NowNanoseconds);
        if (_timerNanoseconds <= due) return;
        _kernel.Cancel(_timer);
        _timerNanoseconds = due;
        _timer = _kernel.Schedule(due, EventClass.Client, this, TimerKind);
    }

    private void Leave(string detail)
    {
        StayAway();
        _end?.Vanish();
        Forget(detail);
    }

    /// <summary>What belonged to a connection that is over.</summary>
    private void Forget(string detail)
    {
        _unsent.Discard(_unsent.Count);
        _unread.Discard(_unread.Count);
        Core.CloseTransport(detail);
        Flush();
        _unsent.Discard(_unsent.Count);
    }
}
