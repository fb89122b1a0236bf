using Orrery.Actors;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

internal partial class TopicNodeActor
{
    private readonly record struct Answer(IActorRef To, object Message);

    private bool _publicationScheduled;
    private bool _subscribersChanged;
    private bool _multiLevelSubscribersChanged;
    private int _releasedCount;
    private TopicName? _settledTopic;
    private int _settledCount;
    private List<Answer>? _answers;                         // in the order of the questions

    /// <summary>Publishes once for all that is in the mailbox, then answers: many subscribers cost one publication.</summary>
    protected virtual void OnPublishChanges()
    {
        _publicationScheduled = false;
        PublishView();
        TellRoot();
        TellAnswers();
        if (_node.Depth > 0 && HoldsNothing()) Context.Parent.Tell(new TopicNodeProtocol.NodeIdle(_node, _handledCount), Self);
    }

    protected void SchedulePublication()
    {
        if (_publicationScheduled) return;
        _publicationScheduled = true;
        Self.Tell(TopicNodeProtocol.PublishChanges.Instance, Self);
    }

    protected void AnswerAfterPublication(object answer)
    {
        _answers ??= new List<Answer>(1);
        _answers.Add(new Answer(Sender, answer));
        SchedulePublication();
    }

    private void PublishView()
    {
        var shown = _node.View.Value;
        var routingChanged = _subscribersChanged || _multiLevelSubscribersChanged;
        if (!routingChanged && ReferenceEquals(shown.Retained, _retained)) return;

        var view = shown with
        {
            Subscribers = _subscribersChanged ? ToView(ref _subscribers) : shown.Subscribers,
            MultiLevelSubscribers = _multiLevelSubscribersChanged ? ToView(ref _multiLevelSubscribers) : shown.MultiLevelSubscribers,
            Retained = _retained,
        };
        _subscribersChanged = false;
        _multiLevelSubscribersChanged = false;
        _node.View.Publish(view);

        // After the view: who sees the new number sees what it stands for.
        if (routingChanged) Tree.RoutingChanged();
    }

    private static OrderedList<SubscriberEntry> ToView(ref OrderedTable<IActorRef, SubscriberEntry>? table)
    {
        if (table is { Count: 0 }) table = null;
        return table?.ToList() ?? default;
    }

    private void TellRoot()
    {
        if (_releasedCount > 0)
        {
            Tree.Root.Tell(new TopicNodeProtocol.SubscriptionsReleased(_releasedCount), Self);
            _releasedCount = 0;
        }

        if (_settledCount > 0)
        {
            Tree.Root.Tell(new TopicNodeProtocol.RetainedSettled(_settledTopic!, _settledCount), Self);
            _settledTopic = null;
            _settledCount = 0;
        }
    }

    private void TellAnswers()
    {
        if (_answers is null) return;
        foreach (var answer in _answers)
        {
            answer.To.Tell(answer.Message, Self);
        }

        _answers = null;                                    // most nodes never answer again
    }

    private bool HoldsNothing() =>
        _subscribers is null && _multiLevelSubscribers is null && _retained is null
        && _childCount == 0 && _node.View.Value.SingleLevelChild is null;
}
