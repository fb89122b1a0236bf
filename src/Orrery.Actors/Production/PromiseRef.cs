using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>A reference that stands for a task: the first message told to it is the result.</summary>
internal sealed class PromiseRef<T> : InternalActorRef
{
    private readonly ActorSystem _system;
    private readonly int _uid;
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly T? _whenSubjectEnds;
    private TellTimer? _timeout;

    private PromiseRef(ActorSystem system, T? whenSubjectEnds)
    {
        _system = system;
        _uid = system.NextUid();
        _whenSubjectEnds = whenSubjectEnds;
    }

    public override ActorPath Path => new(new ActorPath(_system.RootPath, "temp", 0), $"${_uid}", _uid);

    internal override ActorSystem System => _system;

    internal override int Uid => _uid;

    /// <summary>Asks, and waits for the answer.</summary>
    public static Task<T> Ask(ActorSystem system, ICanTell target, object message, TimeSpan? timeout)
    {
        var promise = new PromiseRef<T>(system, default);
        promise.FailAfter(timeout, target);
        target.Tell(message, promise);
        return promise._source.Task;
    }

    /// <summary>Tells an actor to stop, and waits for its end.</summary>
    public static Task<T> Stop(ActorSystem system, InternalActorRef target, TimeSpan timeout, object stopMessage, T result)
    {
        var promise = new PromiseRef<T>(system, result);
        promise.FailAfter(timeout, target);
        target.SendSystemMessage(new Watch(promise));
        target.Tell(stopMessage, ActorRefs.NoSender);
        return promise._source.Task;
    }

    public override void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        var isFirst = message switch
        {
            TimedOut timedOut => _source.TrySetException(new AskTimeoutException(timedOut.Text)),
            Status.Failure failure => _source.TrySetException(failure.Cause),
            T result => _source.TrySetResult(result),
            _ => _source.TrySetException(new ArgumentException($"Received a {message.GetType()} where a {typeof(T)} was asked for.")),
        };
        if (isFirst)
        {
            _timeout?.Cancel();
        }
        else if (message is not TimedOut)
        {
            _system.DeadLetterRef.Publish(message, sender, this);
        }
    }

    internal override void SendSystemMessage(SystemMessage message)
    {
        if (message is DeathWatchNotification)
        {
            if (_source.TrySetResult(_whenSubjectEnds!)) _timeout?.Cancel();
        }
        else
        {
            base.SendSystemMessage(message);
        }
    }

    private void FailAfter(TimeSpan? timeout, ICanTell target)
    {
        if (timeout is not { } value || value == Timeout.InfiniteTimeSpan) return;
        _timeout = _system.Timers.Tell(value, TimeSpan.Zero, this, new TimedOut($"Timeout after {value} waiting for {target}."), null);
    }

    private sealed record TimedOut(string Text);
}
