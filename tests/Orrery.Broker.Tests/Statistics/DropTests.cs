using Orrery.Actors;
using Orrery.Broker.Publishing;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Statistics;

/// <summary>A message that does not arrive is counted under the reason why.</summary>
public class DropTests
{
    private readonly BrokerWorld _world = new();

    [Fact]
    public void QoS_0_for_a_session_without_a_connection()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 100);
        subscriber.Subscribe("t");
        subscriber.Drop();

        _world.Connect("p").Publish("t", "lost");

        ExpectDrops(Counter.QoS0Offline, 1);
    }

    [Fact]
    public void QoS_0_on_its_way_to_a_slow_client_that_goes_away()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 100);
        subscriber.Subscribe("t", QoS.AtMostOnce);
        subscriber.IsSlow = true;
        var publisher = _world.Connect("p");
        publisher.Publish("t", "in the socket's buffer");
        publisher.Send(Publish("t", "waits"), Publish("t", "waits too"));

        subscriber.Drop();

        ExpectDrops(Counter.QoS0ConnectionEnded, 2);
    }

    [Fact]
    public void A_retained_message_owed_when_the_connection_ends()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("t/1", "a", retain: true);
        publisher.Publish("t/2", "b", retain: true, qos: QoS.AtLeastOnce, id: 1);
        publisher.Publish("t/3", "c", retain: true, qos: QoS.AtLeastOnce, id: 2);
        var subscriber = _world.Connect("s", sessionExpiry: 100, with: c => c with { ReceiveMaximum = 1 });
        subscriber.Subscribe("t/+");

        subscriber.Drop();

        ExpectDrops(Counter.RetainedUnsent, 1);
    }

    [Fact]
    public void A_message_that_meets_an_ended_subscription()
    {
        // Only threads can make it late; here it is handed over as a publisher on another thread would have.
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("t");
        subscriber.Send(Unsubscribe(1, "t"));
        subscriber.Expect<UnsubAckPacket>();
        var grant = new Grant([1], QoS.AtMostOnce, false, null);
        var run = new DeliveryRun([Message("t", "1"), Message("t", "2")], 0, 2, 36, QoS.AtMostOnce, false, default, MqttVersion.V5, grant);

        _world.Host.System.ActorSelection("/user/broker/sessions/s1").Tell(new SessionProtocol.Deliver([run], false), ActorRefs.NoSender);
        _world.Run();

        subscriber.ExpectNothing();
        ExpectDrops(Counter.Unsubscribed, 2);
    }

    [Fact]
    public void A_message_that_meets_an_ended_session()
    {
        var client = _world.Connect("s");
        var session = Resolve("/user/broker/sessions/s1");
        client.Send(Disconnect());
        var grant = new Grant([1], QoS.AtMostOnce, false, null);
        var run = new DeliveryRun([Message("t", "1")], 0, 1, 18, QoS.AtMostOnce, false, default, MqttVersion.V5, grant);

        session.Tell(new SessionProtocol.Deliver([run], false), ActorRefs.NoSender);
        _world.Run();

        ExpectDrops(Counter.SessionEnded, 1);
    }

    [Fact]
    public void What_a_session_held_when_it_ends()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 100, with: c => c with { ReceiveMaximum = 1 });
        subscriber.Subscribe("t");
        var publisher = _world.Connect("p");
        publisher.Publish("t", "in flight", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "waits", QoS.AtLeastOnce, 2);

        _world.Connect("s");                            // a clean start

        ExpectDrops(Counter.SessionEnded, 2);
    }

    [Fact]
    public void What_came_after_a_DISCONNECT_or_a_protocol_error()
    {
        var client = _world.Connect("c");
        client.Send(Publish("t", "1"), Disconnect(), Publish("t", "2"), Publish("t", "3"));

        ExpectDrops(Counter.PublishVoid, 2);
    }

    [Theory]
    [InlineData(MqttVersion.V5, QoS.AtMostOnce)]
    [InlineData(MqttVersion.V5, QoS.AtLeastOnce)]
    [InlineData(MqttVersion.V5, QoS.ExactlyOnce)]
    [InlineData(MqttVersion.V311, QoS.AtMostOnce)]
    [InlineData(MqttVersion.V311, QoS.AtLeastOnce)]
    [InlineData(MqttVersion.V311, QoS.ExactlyOnce)]
    [Trait("Statement", "MQTT-4.7.2-1")]
    public void A_clients_message_to_the_brokers_own_topics(MqttVersion version, QoS qos)
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("$SYS/#");
        subscriber.TakeAll();
        var publisher = _world.Connect("p", version);

        foreach (var topic in (string[])["$SYS", "$SYS/broker/version", "$SYS/x"])
        {
            publisher.Publish(topic, "forged", qos, (ushort)(qos == 0 ? 0 : 7), retain: true);
            var refusal = version == MqttVersion.V5 ? ReasonCode.NotAuthorized : ReasonCode.Success;
            if (qos == QoS.AtLeastOnce)
            {
                Assert.Equal(refusal, publisher.Expect<PubAckPacket>().ReasonCode);
            }
            else if (qos == QoS.ExactlyOnce)
            {
                Assert.Equal(refusal, publisher.Expect<PubRecPacket>().ReasonCode);
                publisher.Send(version == MqttVersion.V5 ? PingReqPacket.Instance : PubRel(7));
                publisher.TakeAll();
            }
        }

        publisher.ExpectNothing();
        Assert.DoesNotContain(subscriber.TakeAll().OfType<PublishPacket>(), p => TestClient.Text(p) == "forged");
        ExpectDrops(Counter.PublishRefused, 3);
        publisher.Publish("$SYSTEM", "is another topic");
        publisher.Publish("$other/x", "and so is this");
        ExpectDrops(Counter.PublishRefused, 3);
    }

    [Fact]
    public void A_will_for_the_brokers_own_topics()
    {
        var client = _world.Connect("c", with: c => c with { Will = new Will(Message("$SYS/broker/version", "forged", retain: true), 0) });
        client.Drop();

        ExpectDrops(Counter.PublishRefused, 1);
    }

    private IActorRef Resolve(string path)
    {
        var identity = new AnswerProbe(_world.Host.System).Ask<ActorIdentity>(_world.Host.System.ActorSelection(path), new Identify(1), _world.Run);
        return identity.Subject!;
    }

    private void ExpectDrops(Counter reason, long count)
    {
        var counted = _world.Statistics();
        Assert.Equal(count, counted[reason]);
        Assert.Equal(count, counted.MessagesDropped);
    }
}
