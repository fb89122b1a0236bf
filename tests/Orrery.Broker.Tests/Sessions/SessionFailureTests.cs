using Orrery.Actors;
using Orrery.Broker.Tests.World;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sessions;

/// <summary>A session that fails is a bug of ours; it must cost its own client alone.</summary>
public class SessionFailureTests
{
    [Fact]
    public void Its_connection_closes_its_subscriptions_go_and_the_client_can_come_back()
    {
        var world = new BrokerWorld();
        var client = world.Connect("c");
        client.Subscribe("a");
        client.Subscribe("$share/g/b");
        var publisher = world.Connect("p");

        // An answer that the session never asked for breaks one of its invariants.
        world.Host.System.ActorSelection("/user/broker/sessions/s1").Tell(new TopicProtocol.Retained(99, true), ActorRefs.NoSender);
        world.Host.Run();

        Assert.Single(world.Host.Failures);
        Assert.True(client.IsClosed);
        publisher.SendLater(Publish("a", "x", QoS.AtLeastOnce, 1), Publish("b", "x", QoS.AtLeastOnce, 2));
        world.Host.Run();
        Assert.Equal(ReasonCode.NoMatchingSubscribers, publisher.Expect<PubAckPacket>().ReasonCode);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, publisher.Expect<PubAckPacket>().ReasonCode);
        var again = world.OpenLater();
        world.Host.Run();
        again.SendLater(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = false });
        world.Host.Run();
        Assert.Equal(ReasonCode.Success, again.Expect<ConnAckPacket>().ReasonCode);
    }
}
