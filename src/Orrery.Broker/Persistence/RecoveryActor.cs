using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Broker.Sessions;
using Orrery.Broker.Sharing;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Persistence;

/// <summary>Gives what a store kept back to the parts of the broker, and says when all of them have it. Lives until then.</summary>
/// <remarks>Retained messages go to the topic tree as they are read. Sessions begin once all are read, and start their clocks once all
/// are there, so that a will that is due finds every subscription.</remarks>
internal sealed class RecoveryActor : UntypedActor
{
    private const long ProgressEvery = 100_000;

    private readonly TopicTree _topics;
    private readonly StoreHandle _store;
    private readonly IActorRef _shared;
    private readonly IActorRef _sessions;
    private readonly ILogger _logger;
    private readonly List<RecoveredQueue> _sessionQueues = [];
    private readonly List<StoredQueue> _groupQueues = [];
    private readonly List<string> _retainedTopics = [];     // by token; for the rare one that is refused
    private long _retainedAnswers;
    private long _subscriptions;
    private long _queued;
    private bool _isRead;
    private bool _hasSessions;

    public RecoveryActor(TopicTree topics, StoreHandle store, IActorRef shared, IActorRef sessions, ILogger logger)
    {
        (_topics, _store, _shared, _sessions, _logger) = (topics, store, shared, sessions, logger);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RecoveredQueue queue:
                OnQueue(queue);
                break;
            case StoredMessage retained:
                OnRetained(retained);
                break;
            case TopicProtocol.Retained answer:
                OnKept(answer);
                break;
            case StoreProtocol.Opened:
                _isRead = true;
                _shared.Tell(new SharedProtocol.RecoverAll(_groupQueues), Self);
                break;
            case SharedProtocol.Recovered:
                _sessions.Tell(new SessionProtocol.RecoverAll(_sessionQueues), Self);   // members find their groups
                break;
            case SessionProtocol.Recovered:
                _hasSessions = true;
                FinishWhenComplete();
                break;
            case StoreProtocol.OpenFailed failed:
                Context.Parent.Tell(new BrokerReady(failed.Failure, 0, 0, 0, 0), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnQueue(RecoveredQueue queue)
    {
        if (queue.Queue.Kind == StoredQueueKind.SharedGroup)
        {
            _groupQueues.Add(queue.Queue);
            _queued += queue.QueuedCount;
            return;
        }

        _sessionQueues.Add(queue);
        _subscriptions += queue.Subscriptions.Count;
        _queued += queue.QueuedCount;
        TellProgress(_sessionQueues.Count);
    }

    private void OnRetained(StoredMessage retained)
    {
        var message = retained.Message;
        if (message.ExpiresAtTicks != 0 && message.ExpiresAtTicks <= Context.System.Scheduler.Now.UtcTicks)
        {
            _store.Actor.Tell(new StoreProtocol.Write([new StoreMutation.ClearRetained(message.Topic.ToString())], 0), Self);
            return;
        }

        _topics.Root.Tell(new TopicProtocol.Retain(message, _retainedTopics.Count), Self);
        _retainedTopics.Add(message.Topic.ToString());
        TellProgress(_retainedTopics.Count);
    }

    private void OnKept(TopicProtocol.Retained answer)
    {
        _retainedAnswers++;
        if (!answer.Stored)
        {
            StoreLog.StoreRetainedRefused(_logger, _retainedTopics[(int)answer.Token]);
        }

        FinishWhenComplete();
    }

    private void TellProgress(long count)
    {
        if (count % ProgressEvery == 0)
        {
            StoreLog.StoreProgress(_logger, _sessionQueues.Count, _retainedTopics.Count);
        }
    }

    private void FinishWhenComplete()
    {
        if (!_isRead || !_hasSessions || _retainedAnswers < _retainedTopics.Count)
        {
            return;
        }

        StoreLog.StoreRecovered(_logger, _sessionQueues.Count, _subscriptions, _queued, _groupQueues.Count, _retainedTopics.Count);
        _shared.Tell(SharedProtocol.Serve.Instance, Self);
        _sessions.Tell(SessionProtocol.Serve.Instance, Self);
        Context.Parent.Tell(new BrokerReady(null, _sessionQueues.Count, _subscriptions, _queued, _retainedTopics.Count), Self);
        Context.Stop(Self);
    }
}
