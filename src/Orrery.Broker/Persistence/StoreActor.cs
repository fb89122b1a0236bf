using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using static Orrery.Broker.Persistence.StoreProtocol;

namespace Orrery.Broker.Persistence;

/// <summary>Owns the store: gathers what the broker's actors write, commits one group at a time, and answers what is durable.</summary>
/// <remarks>
/// While a group is under way the next one gathers, so the slower the disk the larger the groups, without a timer. What waits is
/// bounded by the gates of the sessions: a connection is read again once what its last batch wrote is durable, so a group
/// holds at most one batch of each connection, and what timers and takeovers add of each session.
/// </remarks>
internal sealed class StoreActor : UntypedActor, IWithTimers
{
    private const string RetryTimer = "retry";

    // Space comes back when somebody makes room: soon enough to go on then, and no load until then.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IMessageStore _store;
    private readonly StoreHandle _handle;
    private readonly ILogger _logger;
    private readonly IActorRef _recovery;
    private readonly IActorRef _failureListener;
    private readonly StoreNumbering _numbering = new();
    private readonly Queue<Read> _reads = new();
    private readonly Queue<StoreGroup> _gathered = new();   // where each write is a group
    private StoreGroup _gathering = new();
    private StoreGroup? _group;                         // told to the store, or to be told again
    private Call _underWay = Call.Opening;
    private long _groupsBegun;
    private long _groupsDone;
    private bool _isScheduled;
    private IActorRef? _closeAsker;

    /// <param name="store">What it owns.</param>
    /// <param name="handle">Where its health is shown.</param>
    /// <param name="recovery">Is told what the store kept, then <see cref="Opened"/> or <see cref="OpenFailed"/>.</param>
    /// <param name="failureListener">Is told <see cref="Failed"/> when the store is given up.</param>
    /// <param name="logger">For the operator.</param>
    public StoreActor(IMessageStore store, StoreHandle handle, IActorRef recovery, IActorRef failureListener, ILogger logger)
    {
        (_store, _handle, _recovery, _failureListener, _logger) = (store, handle, recovery, failureListener, logger);
    }

    private enum Call
    {
        None,
        Opening,
        Committing,
        Reading,
        WaitingForRoom,
        Closing,
        Over,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Open:
                _store.Open(new Listener(Self));
                break;
            case Write write:
                OnWrite(write);
                break;
            case Committed:
                OnCommitted();
                break;
            case ReadPage read:
                OnReadPage(read);
                break;
            case PageRead page:
                OnPageRead(page);
                break;
            case CallFailed failed:
                OnFailed(failed.Failure);
                break;
            case RecoveredQueue or StoredMessage:
                _recovery.Tell(message, Self);
                break;
            case Opened opened:
                OnOpened(opened);
                break;
            case Gather:
                Self.Tell(Proceed.Instance, Self);
                break;
            case Proceed:
                OnProceed();
                break;
            case RetryElapsed:
                OnRetryElapsed();
                break;
            case Close:
                OnClose();
                break;
            case StoreClosed:
                _underWay = Call.Over;
                _closeAsker!.Tell(Closed.Instance, Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnOpened(Opened opened)
    {
        Invariant.That(_underWay == Call.Opening);
        _underWay = Call.None;
        _numbering.Start(opened.LargestQueueId, opened.LargestMessageId);
        _handle.Publish(StoreHealth.Working);
        _recovery.Tell(opened, Self);
        ProceedSoon();
    }

    private void OnWrite(Write write)
    {
        if (_handle.Health.State == StoreState.Failed)
        {
            Sender.Tell(new Failed(new StoreFailure(StoreFailureKind.InputOutput, _handle.Health.Message)), Self);
            return;
        }

        if (_store.CommitsEachWrite && !_gathering.IsEmpty)
        {
            _gathered.Enqueue(_gathering);
            _gathering = new StoreGroup();
        }

        foreach (var mutation in write.Mutations)
        {
            if (_numbering.Admit(mutation) is { } admitted)
            {
                _gathering.Mutations.Add(admitted);
            }
        }

        if (write.Token != 0)
        {
            _gathering.Add(Sender, write.Token);
        }

        if (_underWay == Call.WaitingForRoom && write.Token != 0)
        {
            Sender.Tell(new Stalled(new StoreFailure(StoreFailureKind.Full, _handle.Health.Message)), Self);
        }

        ProceedSoon();
    }

    private void OnReadPage(ReadPage read)
    {
        if (_handle.Health.State == StoreState.Failed)
        {
            return;                                     // who asked is told of the failure, and waits for nothing more
        }

        _reads.Enqueue(new Read(read, Sender, _groupsBegun + _gathered.Count + (_gathering.IsEmpty ? 0 : 1)));
        ProceedSoon();
    }

    /// <summary>Whoever is ready to write comes first, and then the rest of the mailbox: many writes, one group.</summary>
    private void ProceedSoon()
    {
        if (!_isScheduled && _underWay == Call.None)
        {
            _isScheduled = true;
            Self.Tell(Gather.Instance, Self);
            Context.EndTurn();
        }
    }

    private void OnProceed()
    {
        _isScheduled = false;
        if (_underWay != Call.None)
        {
            return;
        }

        if (_reads.TryPeek(out var next) && next.AfterGroup <= _groupsDone)
        {
            _underWay = Call.Reading;
            var read = next.Message;
            if (read.Queue.IsEnded)
            {
                OnPageRead(new PageRead(read.Queue, [], IsLast: true));
                return;
            }

            _store.ReadQueue(read.Queue, read.AfterMessageId, read.CountMax, read.BytesMax);
        }
        else if (_gathered.TryDequeue(out var group))
        {
            Begin(group);
        }
        else if (!_gathering.IsEmpty)
        {
            group = _gathering;
            _gathering = new StoreGroup();
            Begin(group);
        }
        else if (_closeAsker is not null)
        {
            _underWay = Call.Closing;
            _store.Close();
        }
    }

    private void Begin(StoreGroup group)
    {
        _group = group;
        _groupsBegun++;
        if (_group.Mutations.Count == 0)
        {
            EndGroup();                                 // what the writers wait for is durable already
            ProceedSoon();
            return;
        }

        _underWay = Call.Committing;
        _store.Commit(_group.Mutations);
    }

    private void OnCommitted()
    {
        Invariant.That(_underWay == Call.Committing);
        _underWay = Call.None;
        if (_handle.Health.State == StoreState.Full)
        {
            StoreLog.StoreHasRoom(_logger);
            _handle.Publish(StoreHealth.Working);
        }

        EndGroup();
        ProceedSoon();
    }

    private void EndGroup()
    {
        foreach (var (writer, token) in _group!.Writers)
        {
            writer.Tell(new Durable(token), Self);
        }

        _group = null;
        _groupsDone++;
    }

    private void OnPageRead(PageRead page)
    {
        Invariant.That(_underWay == Call.Reading);
        _underWay = Call.None;
        var read = _reads.Dequeue();
        read.Asker.Tell(new Page(page.Queue, page.Entries, page.IsLast, read.Message.Number), Self);
        ProceedSoon();
    }

    private void OnFailed(StoreFailure failure)
    {
        switch (_underWay)
        {
            case Call.Opening:
                _underWay = Call.Over;
                StoreLog.StoreOpenFailed(_logger, failure.Kind, failure.Message);
                _handle.Publish(new StoreHealth(StoreState.Failed, failure.Message));
                _recovery.Tell(new OpenFailed(failure), Self);
                _closeAsker?.Tell(Closed.Instance, Self);
                break;
            case Call.Committing when failure.Kind == StoreFailureKind.Full:
                Stall(failure);
                break;
            default:
                GiveUp(failure);
                break;
        }
    }

    /// <summary>Nothing of the group was applied. It is told again, as it is: what comes later must not pass it.</summary>
    private void Stall(StoreFailure failure)
    {
        _underWay = Call.WaitingForRoom;
        if (_handle.Health.State != StoreState.Full)
        {
            StoreLog.StoreFull(_logger, failure.Message, RetryInterval.TotalSeconds);
            _handle.Publish(new StoreHealth(StoreState.Full, failure.Message));
            TellWriters(new Stalled(failure));
        }

        Timers.StartSingleTimer(RetryTimer, RetryElapsed.Instance, RetryInterval);
    }

    private void OnRetryElapsed()
    {
        Invariant.That(_underWay == Call.WaitingForRoom);
        _underWay = Call.Committing;
        _store.Commit(_group!.Mutations);
    }

    /// <summary>Nobody knows what the disk holds of what was under way: nothing of it is answered, ever [P-5].</summary>
    private void GiveUp(StoreFailure failure)
    {
        var isClosing = _underWay == Call.Closing;
        _underWay = Call.Over;
        StoreLog.StoreFailed(_logger, failure.Kind, failure.Message);
        _handle.Publish(new StoreHealth(StoreState.Failed, failure.Message));
        var failed = new Failed(failure);
        TellWriters(failed);
        _failureListener.Tell(failed, Self);
        (_group, _gathering) = (null, new StoreGroup());
        _gathered.Clear();
        _reads.Clear();
        if (isClosing || _closeAsker is not null)
        {
            _closeAsker!.Tell(Closed.Instance, Self);
        }
    }

    private void TellWriters(object message)
    {
        foreach (var group in new[] { _group, _gathering }.Concat(_gathered))
        {
            foreach (var (writer, _) in group?.Writers ?? [])
            {
                writer.Tell(message, Self);
            }
        }
    }

    private void OnClose()
    {
        _closeAsker = Sender;
        switch (_underWay)
        {
            case Call.Over:
                _closeAsker.Tell(Closed.Instance, Self);
                break;
            case Call.WaitingForRoom:
                // A full disk is not waited for: what it has no room for was not acknowledged.
                Timers.Cancel(RetryTimer);
                _underWay = Call.Closing;
                _store.Close();
                break;
            default:
                ProceedSoon();
                break;
        }
    }

    private readonly record struct Read(ReadPage Message, IActorRef Asker, long AfterGroup);

    private sealed record Gather
    {
        public static Gather Instance { get; } = new();
    }

    private sealed record Proceed
    {
        public static Proceed Instance { get; } = new();
    }

    private sealed record RetryElapsed
    {
        public static RetryElapsed Instance { get; } = new();
    }
}
