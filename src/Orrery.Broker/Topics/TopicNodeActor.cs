using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>Owns one level of the topics and filters in use, and is the only writer of its view.</summary>
/// <remarks>
/// A message from outside goes down level by level, and each node makes the child it needs on the way. A node that
/// holds nothing asks its parent to be removed, and says how many messages it has handled; the parent, which knows how
/// many it has sent, removes the node only if none is under way. So no message ever reaches a node that is gone.
/// </remarks>
internal partial class TopicNodeActor : UntypedActor
{
    private readonly TopicNode _node;

    private OrderedTable<IActorRef, SubscriberEntry>? _subscribers;
    private OrderedTable<IActorRef, SubscriberEntry>? _multiLevelSubscribers;
    private ApplicationMessage? _retained;
    private long _retainedBelowCount;
    private int _childCount;                                // without the one for '+'
    private long _nextChildIndex;
    private long _handledCount;                             // the parent's messages

    /// <param name="node">What readers hold of it.</param>
    public TopicNodeActor(TopicNode node) => _node = node;

    protected TopicTree Tree => _node.Tree;

    // A node that failed has lost subscriptions, which a restart cannot bring back: whoever started the tree decides.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TopicNodeProtocol.PublishChanges:
                OnPublishChanges();
                return;
            case TopicNodeProtocol.NodeIdle idle:
                OnNodeIdle(idle);
                return;
            case TopicProtocol.Subscribe subscribe:
                _handledCount++;
                Subscribe(subscribe, subscribe, mayAdd: true);
                return;
            case TopicNodeProtocol.Resubscribe resubscribe:
                _handledCount++;
                Subscribe(resubscribe.Subscribe, resubscribe, mayAdd: false);
                return;
            case TopicProtocol.Unsubscribe unsubscribe:
                _handledCount++;
                Unsubscribe(unsubscribe);
                return;
            case TopicNodeProtocol.StoreRetained store:
                _handledCount++;
                StoreRetained(store);
                return;
            default:
                Unhandled(message);
                return;
        }
    }

    private void Subscribe(TopicProtocol.Subscribe subscribe, object message, bool mayAdd)
    {
        var filter = subscribe.Filter;
        if (TryGetNextLevel(filter, out var level))
        {
            var next = mayAdd ? GetOrAddChild(level) : FindChild(level);
            if (next is not null)
            {
                Send(next, message);
                return;
            }

            AnswerRefused(subscribe);
            return;
        }

        ref var table = ref TableOf(filter);
        if (!mayAdd && table?.Find(subscribe.Entry.Session) is null)
        {
            AnswerRefused(subscribe);
            return;
        }

        table ??= new OrderedTable<IActorRef, SubscriberEntry>();
        var existed = table.Put(subscribe.Entry) is not null;
        if (existed && mayAdd) _releasedCount++;            // the root counted a new one
        SubscribersChanged(filter);
        AnswerAfterPublication(new TopicProtocol.Subscribed(subscribe.Entry.SubscriptionId, existed));
    }

    private void AnswerRefused(TopicProtocol.Subscribe subscribe) =>
        AnswerAfterPublication(new TopicProtocol.SubscribeRefused(subscribe.Entry.SubscriptionId));

    private void Unsubscribe(TopicProtocol.Unsubscribe unsubscribe)
    {
        var filter = unsubscribe.Filter;
        var existed = false;
        if (TryGetNextLevel(filter, out var level))
        {
            if (FindChild(level) is { } next)
            {
                Send(next, unsubscribe);
                return;
            }
        }
        else if (TableOf(filter) is { } table)
        {
            existed = table.Remove(unsubscribe.Session) is not null;
        }

        if (existed)
        {
            _releasedCount++;
            SubscribersChanged(filter);
        }

        AnswerAfterPublication(new TopicProtocol.Unsubscribed(unsubscribe.SubscriptionId, existed));
    }

    private void StoreRetained(TopicNodeProtocol.StoreRetained store)
    {
        if (_node.LevelStart <= store.Topic.Utf8.Length)
        {
            var rest = store.Topic.Utf8[_node.LevelStart..];
            var separator = rest.IndexOf(TopicLevels.Separator);
            var next = GetOrAddChild(separator < 0 ? rest : rest[..separator]);
            CountRetainedBelow(store.CountDelta);
            Send(next, store);
            return;
        }

        _retained = store.Message;
        if (store.Mutation is { } mutation)
        {
            // Before the answer: what its receiver tells the store then comes behind this.
            Tree.Store!.Actor.Tell(new StoreProtocol.Write([mutation], 0), Self);
        }

        _settledTopic = store.Topic;
        _settledCount++;
        if (store.Token is { } token)
        {
            AnswerAfterPublication(new TopicProtocol.Retained(token, Stored: true));
            return;
        }

        SchedulePublication();
    }

    /// <summary>Walks see at once that there is something below, before it is there.</summary>
    private void CountRetainedBelow(int delta)
    {
        _retainedBelowCount += delta;
        var view = _node.View.Value;
        var has = _retainedBelowCount > 0;
        if (view.HasRetainedBelow != has) _node.View.Publish(view with { HasRetainedBelow = has });
    }

    /// <summary>The level of the filter that leads further down, if it does not end here, be it with '#'.</summary>
    private bool TryGetNextLevel(TopicFilter filter, out ReadOnlySpan<byte> level)
    {
        level = _node.Depth < filter.Levels.Count ? filter.Levels[_node.Depth].Span : default;
        return _node.Depth < filter.Levels.Count && level is not [MultiLevelWildcard];
    }

    private ref OrderedTable<IActorRef, SubscriberEntry>? TableOf(TopicFilter filter)
    {
        if (_node.Depth < filter.Levels.Count) return ref _multiLevelSubscribers;
        return ref _subscribers;
    }

    private void SubscribersChanged(TopicFilter filter)
    {
        if (_node.Depth < filter.Levels.Count)
        {
            _multiLevelSubscribersChanged = true;
            return;
        }

        _subscribersChanged = true;
    }
}
