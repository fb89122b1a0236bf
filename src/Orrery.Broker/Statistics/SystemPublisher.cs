using Orrery.Actors;
using Orrery.Broker.Publishing;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Statistics;

/// <summary>Publishes the broker's own messages the way a client's go: kept by the topic tree, then routed.</summary>
internal sealed class SystemPublisher
{
    private readonly TopicTree _topics;
    private readonly IActorRef _self;
    private readonly bool _isRetained;
    private readonly Router _router;
    private readonly DeliveryOutbox _outbox = new();
    private IReadOnlyList<ApplicationMessage> _messages = [];
    private int _unkept;                                // how many the tree has yet to answer for

    /// <param name="topics">Keeps and routes.</param>
    /// <param name="self">Whose messages they are; passes answers of the tree on to <see cref="OnRetained"/>.</param>
    /// <param name="isRetained">False where the broker keeps no retained messages.</param>
    public SystemPublisher(TopicTree topics, IActorRef self, bool isRetained)
    {
        _topics = topics;
        _self = self;
        _isRetained = isRetained;
        _router = new Router(topics, self);
    }

    /// <summary>True while the tree has yet to keep what was published last.</summary>
    public bool IsBusy => _unkept > 0;

    public void Publish(IReadOnlyList<ApplicationMessage> messages)
    {
        Invariant.That(!IsBusy);
        _messages = messages;
        if (!_isRetained)
        {
            Route();
            return;
        }

        _unkept = messages.Count;
        for (var i = 0; i < messages.Count; i++)
        {
            _topics.Root.Tell(new TopicProtocol.Retain(messages[i], i), _self);
        }
    }

    /// <summary>The tree has kept a message, or has not: then whoever is subscribed now gets it all the same.</summary>
    public void OnRetained()
    {
        Invariant.That(IsBusy);
        _unkept--;
        if (_unkept == 0)
        {
            Route();
        }
    }

    private void Route()
    {
        for (var i = 0; i < _messages.Count; i++)
        {
            var message = _messages[i];
            var route = _router.Find(message.Topic);
            if (!route.IsEmpty)
            {
                _outbox.Add(route, _isRetained ? message : message with { Retain = false }, _messages.Count - i);
            }
        }

        if (_outbox.PendingBytes > 0)
        {
            _outbox.Flush(confirm: false, _self);
        }

        _messages = [];
    }
}
