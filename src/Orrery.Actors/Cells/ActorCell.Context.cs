using System.Diagnostics.CodeAnalysis;
using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>What the actor sees of its cell.</summary>
internal sealed partial class ActorCell
{
    IActorRef IActorContext.Self => this;

    IActorRef IActorContext.Sender => CurrentSender;

    IActorRef IActorContext.Parent => _parent;

    ActorSystem IActorContext.System => System;

    Props IActorContext.Props => _props;

    TimeSpan? IActorContext.ReceiveTimeout => _extras?.ReceiveTimeout?.Timeout;

    /// <summary>Whether a behaviour set through the context hides the actor's own.</summary>
    internal bool HasContextBehaviour => _extras?.Behaviours is { Count: > 0 };

    public void Become(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        var behaviours = Extras.Behaviours ??= new Stack<Receive>();
        if (behaviours.Count > 0) behaviours.Pop();
        behaviours.Push(receive);
    }

    public void BecomeStacked(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        (Extras.Behaviours ??= new Stack<Receive>()).Push(receive);
    }

    public void Become(UntypedReceive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        Become(new Receive(message => HandleAll(receive, message)));
    }

    public void BecomeStacked(UntypedReceive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        BecomeStacked(new Receive(message => HandleAll(receive, message)));
    }

    public void UnbecomeStacked()
    {
        if (HasContextBehaviour) _extras!.Behaviours!.Pop();
    }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        _extras?.ReceiveTimeout?.Cancel();
        if (_extras is not null) _extras.ReceiveTimeout = null;
        if (timeout is not { } value || value == global::System.Threading.Timeout.InfiniteTimeSpan) return;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(timeout));
        Extras.ReceiveTimeout = new ReceiveTimeoutTimer(this, value);
        Extras.ReceiveTimeout.Start();
    }

    internal void PushHandlers(HandlerTable handlers) => (Extras.Handlers ??= new Stack<HandlerTable>()).Push(handlers);

    internal bool TryPopHandlers([MaybeNullWhen(false)] out HandlerTable handlers)
    {
        handlers = default;
        return _extras?.Handlers is not null && _extras.Handlers.TryPop(out handlers);
    }

    /// <summary>Puts messages before all that wait in the mailbox.</summary>
    internal void PrependToMailbox(ReadOnlySpan<Envelope> envelopes) => _mailbox.Prepend(ActorThread.Current, envelopes);

    private static bool HandleAll(UntypedReceive receive, object message)
    {
        receive(message);
        return true;
    }
}
