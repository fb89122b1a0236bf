using Orrery.Actors;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Benchmarks.Router;

/// <summary>A topic tree on the production dispatcher, and one actor that counts its answers.</summary>
internal sealed class TreeHost : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("router");
    private readonly CountdownEvent _answers = new(1);
    private readonly IActorRef _session;

    public TreeHost()
    {
        _session = _system.ActorOf(Props.Create(() => new CountingActor(_answers)), "session");
        Tree = TopicTree.Create(_system, new TopicTreeOptions { RetainedMessagesMax = int.MaxValue });
    }

    public TopicTree Tree { get; }

    public IActorRef AddSession(int number) => _system.ActorOf(Props.Create(() => new CountingActor(_answers)), $"session{number}");

    public object SubscribeMessage(TopicFilter filter, long id) => SubscribeMessage(_session, filter, id);

    public static object SubscribeMessage(IActorRef session, TopicFilter filter, long id) => new TopicProtocol.Subscribe(
        new SubscriberEntry(session, "client", id, new Subscription(filter, QoS.AtMostOnce), null), filter);

    public object UnsubscribeMessage(TopicFilter filter, long id) => new TopicProtocol.Unsubscribe(_session, id, filter);

    /// <summary>Sends the messages and waits until each was answered.</summary>
    public void Ask(IReadOnlyCollection<object> messages)
    {
        _answers.Reset(messages.Count);
        foreach (var message in messages)
        {
            Tree.Root.Tell(message, _session);
        }

        _answers.Wait();
    }

    public void Dispose()
    {
        _system.Terminate().Wait();
        _answers.Dispose();
    }

    private sealed class CountingActor(CountdownEvent answers) : UntypedActor
    {
        protected override void OnReceive(object message) => answers.Signal();
    }
}
