using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Network;

/// <summary>One connection of a link: two directions, two ends, and what opens and breaks it.</summary>
internal sealed class StreamConnection : EventTarget
{
    /// <summary>A segment reaches the other side; the argument is the <see cref="Direction"/>.</summary>
    public const int ArrivalKind = 0;

    /// <summary>A system gives up waiting for a peer; the argument is the direction it sends in.</summary>
    public const int GiveUpKind = 1;

    private const int ConnectGiveUpKind = 2;

    private readonly SimulationKernel _kernel;
    private readonly Link _link;
    private readonly IStreamListener _listener;
    private readonly StreamDirection _toListener;
    private readonly StreamDirection _toCaller;
    private EventHandle _connectGiveUp;
    private long _lastPassed;                               // when a segment last went either way, for the address translator
    private bool _isForgottenBetween;
    private bool _isAccepted;
    private bool _cutsOrderly;

    /// <summary>Made by <see cref="Link.Connect"/>.</summary>
    public StreamConnection(SimulationKernel kernel, Link link, IStreamListener listener, string name)
        : base(name)
    {
        (_kernel, _link, _listener) = (kernel, link, listener);
        Caller = new StreamEnd(this, Direction.ToListener);
        Callee = new StreamEnd(this, Direction.ToCaller);
        _toListener = new StreamDirection(kernel, this, link, Direction.ToListener);
        _toCaller = new StreamDirection(kernel, this, link, Direction.ToCaller);
        _lastPassed = kernel.NowNanoseconds;
    }

    /// <summary>The end that asked for the connection.</summary>
    public StreamEnd Caller { get; }

    /// <summary>The listener's end.</summary>
    public StreamEnd Callee { get; }

    /// <summary>Who watches it; null for nobody. Set before anything happens.</summary>
    public IStreamTap? Tap { get; init; }

    /// <summary>Sends the request.</summary>
    public void Call(IStreamOwner owner)
    {
        Caller.Owner = owner;
        _connectGiveUp = _kernel.Schedule(
            _kernel.NowNanoseconds + _link.Options.ConnectGiveUpNanoseconds, EventClass.Network, this, ConnectGiveUpKind);
        _toListener.Transmit(_link.Ether.Take(SegmentKind.Request));
    }

    /// <summary>Breaks the connection at both ends once so many bytes went in a direction (N7), be it within a packet.</summary>
    /// <param name="direction">Which.</param>
    /// <param name="bytes">Counted from the first byte of the connection.</param>
    /// <param name="orderly">True for FIN, false for RST.</param>
    public void CutAfter(Direction direction, long bytes, bool orderly = false)
    {
        _cutsOrderly = orderly;
        Outbound(direction).CutAfterBytes = bytes;
    }

    /// <summary>How many bytes were sent in a direction since the connection was opened.</summary>
    public long SentBytes(Direction direction) => Outbound(direction).SentBytes;

    /// <summary>Breaks the connection with RST at both ends now.</summary>
    public void Cut()
    {
        Caller.Lose(StreamEnding.Reset, "connection reset by peer");
        Callee.Lose(StreamEnding.Reset, "connection reset by peer");
    }

    /// <summary>Ends the connection with FIN to both ends now; what was on its way is lost.</summary>
    public void CutInOrder()
    {
        foreach (var end in new[] { Callee, Caller })
        {
            if (end.IsOver || end.Owner is null) continue;
            end.PeerHasFinished = true;
            end.Owner.OnReadable();
        }
    }

    /// <summary>An address translator on the way forgets it: nothing passes any more (N9).</summary>
    public void ForgetBetween() => _isForgottenBetween = true;

    /// <summary>A direction reached the byte at which it breaks.</summary>
    internal void OnCutReached()
    {
        if (_cutsOrderly) CutInOrder();
        else Cut();
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => kind switch
    {
        ArrivalKind => "segment arrives",
        GiveUpKind => "system gives up",
        _ => "connect gives up",
    };

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        switch (kind)
        {
            case ArrivalKind: Outbound((Direction)argument).Arrive((Segment)state!); break;
            case GiveUpKind when Outbound((Direction)argument).HasGivenUp(): Sender((Direction)argument).Lose(StreamEnding.TimedOut, "connection timed out"); break;
            case ConnectGiveUpKind: Caller.Lose(StreamEnding.TimedOut, "connect timed out"); break;
        }
    }

    /// <summary>The direction in which an end sends.</summary>
    internal StreamDirection Outbound(Direction direction) => direction == Direction.ToListener ? _toListener : _toCaller;

    /// <summary>The end that reads what a direction carries.</summary>
    internal StreamEnd Inbound(Direction direction) => direction == Direction.ToListener ? Callee : Caller;

    /// <summary>The end that sends in a direction.</summary>
    internal StreamEnd Sender(Direction direction) => direction == Direction.ToListener ? Caller : Callee;

    /// <summary>The other direction.</summary>
    internal static Direction Opposite(Direction direction) => direction == Direction.ToListener ? Direction.ToCaller : Direction.ToListener;

    /// <summary>Whether an address translator dropped the connection for its silence; a segment that passes is the opposite of silence.</summary>
    internal bool IsForgottenBetween()
    {
        var idle = _link.Options.IdleDropNanoseconds;
        _isForgottenBetween |= idle > 0 && _kernel.NowNanoseconds - _lastPassed > idle;
        _lastPassed = _kernel.NowNanoseconds;
        return _isForgottenBetween;
    }

    /// <summary>A program read something: the link is not quiet, although nothing travels.</summary>
    internal void Touch() => _link.Ether.LastTrafficNanoseconds = _kernel.NowNanoseconds;

    /// <summary>A reader made room.</summary>
    internal void OnConsumed(Direction sends) => Outbound(Opposite(sends)).Pump();

    /// <summary>The link lets a direction pass again.</summary>
    internal void OnUnblocked(Direction direction) =>
        _kernel.Schedule(_kernel.NowNanoseconds, EventClass.Network, new Unblocking(this), 0, (long)direction);

    /// <summary>A segment is there.</summary>
    /// <returns>False if nobody acknowledges it.</returns>
    internal bool Deliver(Direction direction, Segment segment)
    {
        var end = Inbound(direction);
        switch (segment.Kind)
        {
            case SegmentKind.Request:
                OnRequest();
                return true;
            case SegmentKind.Acceptance when !end.IsOver:
                _isAccepted = true;
                _kernel.Cancel(_connectGiveUp);
                _toListener.Transmit(_link.Ether.Take(SegmentKind.Confirmation));
                _toListener.Open();
                Tap?.OnOpened();
                end.Owner!.OnConnected();
                return true;
            case SegmentKind.Confirmation when _listener.Mode == ListenerMode.Accepting:
                _toCaller.Open();
                Tap?.OnAccepted();
                _listener.Accept(end, Name);
                return true;
            case SegmentKind.Reset:
                _kernel.Cancel(_connectGiveUp);
                if (_isAccepted) end.Lose(StreamEnding.Reset, "connection reset by peer");
                else end.Lose(StreamEnding.Refused, "connection refused");
                return false;
            case SegmentKind.Finish when !end.IsOver:
                end.PeerHasFinished = true;
                end.Owner?.OnReadable();
                ForgetIfOver();
                return true;
            case SegmentKind.Data when !end.IsOver && end.Owner is not null:
                end.Append(segment);
                end.Owner.OnReadable();
                return true;
            case SegmentKind.Finish when end.PeerHasFinished || Outbound(Opposite(direction)).IsDone is false:
                end.PeerHasFinished = true;                 // closed on this side already: an orderly end on both
                ForgetIfOver();
                return true;
            default:
                Outbound(Opposite(direction)).Reset();      // the system knows no such connection (any more)
                return false;
        }
    }

    /// <summary>Leaves the link once both ends are over.</summary>
    internal void ForgetIfOver()
    {
        if (Caller.IsOver && (Callee.IsOver || Callee.Owner is null)) _link.Forget(this);
    }

    private void OnRequest()
    {
        var mode = _link.RequestMode ?? _listener.Mode;
        if (mode == ListenerMode.Hanging) return;
        var kind = mode == ListenerMode.Accepting ? SegmentKind.Acceptance : SegmentKind.Reset;
        _toCaller.Transmit(_link.Ether.Take(kind));
    }

    /// <summary>What a block held back goes on in an event of the network's own class, behind the script that lifted the block.</summary>
    private sealed class Unblocking(StreamConnection connection) : EventTarget(connection.Name)
    {
        public override string Describe(int kind) => "block lifted";

        public override void OnEvent(int kind, long argument, object? state)
        {
            var direction = (Direction)argument;
            connection.Outbound(direction).Release();
            connection.Outbound(Opposite(direction)).Report();
        }
    }
}
