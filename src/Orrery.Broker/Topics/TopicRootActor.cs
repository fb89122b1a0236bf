using Orrery.Broker.Persistence;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Topics;

/// <summary>The root of the tree, which every change passes: it admits or refuses, and counts.</summary>
internal sealed class TopicRootActor : TopicNodeActor
{
    private readonly RetainedLedger _ledger;
    private long _subscriptionCount;                        // those on their way included

    public TopicRootActor(TopicTree tree)
        : base(tree.RootNode) => _ledger = new RetainedLedger(tree.Options);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TopicProtocol.Subscribe subscribe:
                OnSubscribe(subscribe);
                return;
            case TopicProtocol.Retain retain:
                OnRetain(retain);
                return;
            case TopicProtocol.SetLimits limits:
                _ledger.Limits = limits.Options;
                return;
            case TopicProtocol.DropRetained drop:
                OnDropRetained(drop);
                return;
            case TopicNodeProtocol.SubscriptionsReleased released:
                _subscriptionCount -= released.Count;
                SchedulePublication();
                return;
            case TopicNodeProtocol.RetainedSettled settled:
                _ledger.Settle(settled.Topic, settled.Count);
                return;
            default:
                base.OnReceive(message);
                return;
        }
    }

    protected override void OnPublishChanges()
    {
        Tree.Publish(new TopicTreeCounters(_subscriptionCount, _ledger.Count, _ledger.Bytes));
        base.OnPublishChanges();
    }

    private void OnSubscribe(TopicProtocol.Subscribe subscribe)
    {
        if (subscribe.Filter.Levels.Count > Tree.Options.TopicLevelsMax)
        {
            AnswerAfterPublication(new TopicProtocol.SubscribeRefused(subscribe.Entry.SubscriptionId));
            return;
        }

        if (_subscriptionCount >= Tree.Options.SubscriptionsMax)
        {
            base.OnReceive(new TopicNodeProtocol.Resubscribe(subscribe));
            return;
        }

        _subscriptionCount++;
        SchedulePublication();
        base.OnReceive(subscribe);
    }

    private void OnRetain(TopicProtocol.Retain retain)
    {
        var topic = retain.Message.Topic;
        var next = retain.Message.Payload.IsEmpty ? null : RetainedLedger.Compact(retain.Message);
        Tree.TryGetRetained(topic, out var published);
        if (next is null && published is null && !_ledger.IsTravelling(topic))
        {
            // Nothing to remove, so no node is made for it either [MQTT-3.3.1-7].
            AnswerAfterPublication(new TopicProtocol.Retained(retain.Token, Stored: true));
            return;
        }

        var current = _ledger.Current(topic, published);
        if (topic.LevelCount > Tree.Options.TopicLevelsMax || !_ledger.TryAdmit(topic, current, next, out var countDelta))
        {
            AnswerAfterPublication(new TopicProtocol.Retained(retain.Token, Stored: false));
            return;
        }

        SchedulePublication();
        base.OnReceive(new TopicNodeProtocol.StoreRetained(topic, next, countDelta, retain.Token, MutationOf(retain, next)));
    }

    private static StoreMutation? MutationOf(TopicProtocol.Retain retain, ApplicationMessage? next) =>
        retain.Stored is null ? null
        : next is null ? new StoreMutation.ClearRetained(retain.Message.Topic.ToString())
        : new StoreMutation.SetRetained(retain.Stored);

    private void OnDropRetained(TopicProtocol.DropRetained drop)
    {
        var topic = drop.Message.Topic;
        Tree.TryGetRetained(topic, out var published);
        var current = _ledger.Current(topic, published);
        if (!ReferenceEquals(current, drop.Message)) return;

        var isAdmitted = _ledger.TryAdmit(topic, current, null, out var countDelta);
        Invariant.That(isAdmitted);                         // removing never meets a limit
        SchedulePublication();
        base.OnReceive(new TopicNodeProtocol.StoreRetained(
            topic, null, countDelta, Token: null, Tree.Store is null ? null : new StoreMutation.ClearRetained(topic.ToString())));
    }
}
