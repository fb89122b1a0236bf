using System.Text;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.Topics;

/// <summary>One topic tree on a deterministic system, with sessions that write down what they are told.</summary>
internal sealed class TopicWorld
{
    private readonly DeterministicSystem _host;
    private readonly List<object> _lost = [];               // no message may go to a node that is gone
    private long _nextId;

    public TopicWorld(TopicTreeOptions? options = null, ulong seed = 1, DispatchOrder order = DispatchOrder.Fifo)
    {
        _host = DeterministicSystem.Create("test", new DeterministicOptions
        {
            Seed = seed,
            Order = order,
        });
        var lost = _host.System.ActorOf(Props.Create(() => new RecordingActor(_lost)));
        _host.System.EventStream.Subscribe(lost, typeof(DeadLetter));
        _host.System.EventStream.Subscribe(lost, typeof(UnhandledMessage));
        Tree = TopicTree.Create(_host.System, options ?? new TopicTreeOptions());
    }

    public TopicTree Tree { get; }

    /// <summary>How many nodes there are, the root included.</summary>
    public int NodeCount => Nodes().Count;

    public RecordingSession Session(string clientId)
    {
        var session = new RecordingSession(clientId);
        session.Ref = _host.System.ActorOf(Props.Create(() => new RecordingActor(session.Received)));
        return session;
    }

    public IActorRef ActorOf(Props props) => _host.System.ActorOf(props);

    public void Run()
    {
        _host.Run();
        Assert.Empty(_host.Failures);
        Assert.Empty(_lost);
    }

    /// <summary>Sends a subscription on its way; the answer is there after <see cref="Run"/>.</summary>
    public SubscriberEntry Subscribe(RecordingSession session, string filter, QoS maximumQoS = QoS.AtMostOnce)
    {
        var subscription = new Subscription(TopicFilter.Parse(filter), maximumQoS);
        var entry = new SubscriberEntry(session.Ref, session.ClientId, ++_nextId, subscription, null);
        Tree.Root.Tell(new TopicProtocol.Subscribe(entry, subscription.Filter), session.Ref);
        return entry;
    }

    public void Unsubscribe(RecordingSession session, string filter, long subscriptionId = 0) =>
        Tree.Root.Tell(new TopicProtocol.Unsubscribe(session.Ref, subscriptionId, TopicFilter.Parse(filter)), session.Ref);

    public ApplicationMessage Retain(RecordingSession session, string topic, string payload, long token = 0)
    {
        var message = Message(topic, payload);
        Tree.Root.Tell(new TopicProtocol.Retain(message, token), session.Ref);
        return message;
    }

    public static ApplicationMessage Message(string topic, string payload) => new()
    {
        Topic = TopicName.Parse(topic),
        Payload = Encoding.UTF8.GetBytes(payload),
        Retain = true,
    };

    /// <summary>Who gets a message: "client:filter" of each entry.</summary>
    public string[] Match(string topic)
    {
        var entries = new List<SubscriberEntry>();
        Tree.Match(TopicName.Parse(topic), entries);
        return [.. entries.Select(entry => $"{entry.ClientId}:{entry.Subscription.Filter}")];
    }

    /// <summary>What a subscription is owed: "topic=payload" of each message.</summary>
    public string[] Retained(string filter) =>
        [.. RetainedMessages(filter).Select(message => $"{message.Topic}={Encoding.UTF8.GetString(message.Payload.Span)}")];

    public List<ApplicationMessage> RetainedMessages(string filter)
    {
        var messages = new List<ApplicationMessage>();
        Tree.MatchRetained(TopicFilter.Parse(filter), messages);
        return messages;
    }

    public List<TopicNode> Nodes()
    {
        var nodes = new List<TopicNode> { Tree.RootNode };
        for (var index = 0; index < nodes.Count; index++)
        {
            var view = nodes[index].View.Value;
            view.Children?.CopyTo(nodes);
            if (view.SingleLevelChild is { } single) nodes.Add(single);
        }

        return nodes;
    }

    private sealed class RecordingActor(List<object> received) : UntypedActor
    {
        protected override void OnReceive(object message) => received.Add(message);
    }
}

/// <summary>Stands in for a session.</summary>
internal sealed class RecordingSession(string clientId)
{
    public string ClientId { get; } = clientId;

    public IActorRef Ref { get; set; } = ActorRefs.Nobody;

    /// <summary>What it was told, oldest first.</summary>
    public List<object> Received { get; } = [];
}
