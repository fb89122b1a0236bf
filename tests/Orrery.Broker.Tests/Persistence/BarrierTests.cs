using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>P-1: nothing that promises leaves before what it promises is durable, and all of it leaves then.</summary>
public class BarrierTests
{
    private readonly DurableWorld _world = new();

    [Fact]
    [Trait("Oracle", "P-1")]
    public void CONNACK_of_a_durable_session_waits()
    {
        _world.Hold();
        var client = _world.World.Open();
        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = false, SessionExpiryIntervalSeconds = 10 });

        client.ExpectNothing();
        _world.Finish();

        Assert.False(client.Expect<ConnAckPacket>().SessionPresent);
    }

    [Fact]
    [Trait("Oracle", "P-1")]
    public void CONNACK_that_ends_a_durable_session_waits_too()
    {
        _world.Durable("c").Drop();
        _world.Hold();
        var client = _world.World.Open();
        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", CleanStart = true });

        client.ExpectNothing();                         // or a crash would bring back what the client was told is gone
        _world.Finish();

        client.Expect<ConnAckPacket>();
        Assert.Empty(_world.Store.Model.QueueNames);
    }

    [Fact]
    public void CONNACK_that_promises_nothing_does_not_wait()
    {
        _world.Hold();

        _world.Plain("c");

        Assert.Null(_world.Store.Pending);
    }

    [Fact]
    [Trait("Oracle", "P-1")]
    public void SUBACK_and_UNSUBACK_wait()
    {
        var client = _world.Durable("c");
        _world.Hold();
        client.Send(Subscribe(1, null, new Subscription(Filter("t"), QoS.AtLeastOnce)), Unsubscribe(2, "t"));

        client.ExpectNothing();
        _world.Finish();
        client.Expect<SubAckPacket>();
        _world.Finish();
        client.Expect<UnsubAckPacket>();
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Oracle", "P-1")]
    public void PUBACK_and_PUBREC_wait_for_the_queues_of_others(QoS qos)
    {
        _world.Durable("s").Subscribe("t");
        var publisher = _world.Plain("p");
        _world.Hold();
        publisher.Publish("t", "a", qos, 7);

        publisher.ExpectNothing();
        _world.Finish();

        Assert.IsAssignableFrom<AcknowledgementPacket>(Assert.Single(publisher.TakeAll()));
    }

    [Fact]
    public void A_message_that_nobody_durable_gets_is_acknowledged_at_once()
    {
        _world.Plain("s").Subscribe("t");
        var publisher = _world.Durable("p");
        _world.Hold();

        publisher.Publish("t", "a", QoS.AtLeastOnce, 7);

        publisher.Expect<PubAckPacket>();
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Oracle", "P-1")]
    public void A_retained_message_is_acknowledged_once_it_is_durable(QoS qos)
    {
        var publisher = _world.Plain("p");
        _world.Hold();
        publisher.Publish("t", "a", qos, 7, retain: true);

        publisher.ExpectNothing();
        _world.Finish();

        Assert.IsAssignableFrom<AcknowledgementPacket>(Assert.Single(publisher.TakeAll()));
        Assert.Single(_world.Store.Model.Retained);
    }

    [Fact]
    [Trait("Oracle", "P-1")]
    public void PUBREC_waits_for_the_identifier_and_PUBCOMP_for_its_release()
    {
        var publisher = _world.Durable("p");
        _world.Hold();
        publisher.Publish("t", "a", QoS.ExactlyOnce, 7);
        publisher.ExpectNothing();
        publisher.Publish("t", "a", QoS.ExactlyOnce, 7, duplicate: true);
        publisher.ExpectNothing();
        _world.Finish();
        Assert.Equal(2, publisher.TakeAll().OfType<PubRecPacket>().Count());

        publisher.Send(PubRel(7));
        publisher.ExpectNothing();
        _world.Finish();
        publisher.Expect<PubCompPacket>();
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Oracle", "P-3")]
    public void PUBLISH_waits_for_its_identifier_and_PUBREL_for_the_stage(QoS qos)
    {
        var subscriber = _world.Durable("s");
        subscriber.Subscribe("t");
        _world.Hold();
        _world.Plain("p").Publish("t", "a", qos, 1);

        subscriber.ExpectNothing();
        _world.Finish();
        if (_world.Store.Pending is not null)
        {
            subscriber.ExpectNothing();                 // the identifier came in the group after the message
            _world.Finish();
        }

        var publish = subscriber.Expect<PublishPacket>();
        if (qos == QoS.ExactlyOnce)
        {
            subscriber.Send(PubRec(publish));
            subscriber.ExpectNothing();
            _world.Finish();
            subscriber.Expect<PubRelPacket>();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [Trait("Oracle", "W-3")]
    public void The_end_after_DISCONNECT_waits_until_the_will_is_forgotten(uint expiry)
    {
        _world.Durable("watcher").Subscribe("will");
        var client = _world.Durable("c", expiry: expiry, with: connect => connect with { Will = new Will(Message("will", "dead", QoS.AtLeastOnce)) });
        _world.Hold();
        client.Send(Disconnect());

        Assert.False(client.IsClosed);                  // or a crash would bring back what the client was told is gone
        _world.Finish();
        Assert.True(client.IsClosed);
        _world.Crash();

        _world.Durable("watcher").ExpectNothing();
    }

    [Fact]
    public void What_comes_later_does_not_pass_what_waits()
    {
        var client = _world.Durable("c");
        client.Subscribe("t", QoS.AtMostOnce);
        _world.Hold();
        client.Send(Subscribe(2, null, new Subscription(Filter("u"), QoS.AtMostOnce)));
        _world.Plain("p").Publish("u", "only by the new one");

        client.ExpectNothing();
        _world.Finish();

        client.Expect<SubAckPacket>();                  // O-5
        client.ExpectPublish("u", "only by the new one");
    }

    [Fact]
    public void A_connection_is_read_again_once_its_batch_is_durable()
    {
        _world.Durable("s").Subscribe("t");
        var publisher = _world.Plain("p");
        _world.Hold();
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "b", QoS.AtLeastOnce, 2);
        publisher.Publish("t", "c", QoS.AtLeastOnce, 3);

        Assert.Single(_world.Store.Pending!.OfType<StoreMutation.AddMessage>());
        _world.FinishAll();

        Assert.Equal([1, 2, 3], publisher.TakeAll().Cast<PubAckPacket>().Select(p => (int)p.PacketIdentifier.Value));
    }

    [Fact]
    public void A_takeover_does_not_wait_for_what_the_old_connection_was_owed()
    {
        _world.Durable("s").Subscribe("t");
        var old = _world.Durable("p");
        _world.Hold();
        old.Publish("t", "a", QoS.AtLeastOnce, 1);
        var next = _world.World.Open();
        next.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "p", CleanStart = false, SessionExpiryIntervalSeconds = 10 });

        Assert.Equal(ReasonCode.SessionTakenOver, old.Expect<DisconnectPacket>().ReasonCode);
        Assert.True(old.IsClosed);
        next.ExpectNothing();
        _world.FinishAll();

        Assert.True(next.Expect<ConnAckPacket>().SessionPresent);
    }

    [Fact]
    public void One_write_holds_a_message_and_the_identifier_it_came_with()
    {
        _world.Durable("s").Subscribe("t");
        var publisher = _world.Durable("p");
        _world.Hold();
        publisher.Publish("t", "a", QoS.ExactlyOnce, 7);

        Assert.Equal(
            [typeof(StoreMutation.AddMessage), typeof(StoreMutation.AddInbound)],
            _world.Store.Pending!.Select(m => m.GetType()).Where(t => t != typeof(StoreMutation.StartExchange)));
    }

    [Fact]
    public void A_message_is_written_once_for_all_durable_subscribers()
    {
        _world.Durable("a").Subscribe("t");
        _world.Durable("b").Subscribe("+", QoS.AtLeastOnce, identifier: 5);
        _world.Plain("c").Subscribe("#");
        _world.Durable("d").Subscribe("t", QoS.AtMostOnce);
        _world.Plain("p").Publish("t", "x", QoS.ExactlyOnce, 1);

        var add = Assert.Single(_world.Store.Journal.OfType<StoreMutation.AddMessage>());

        Assert.Equal(
            [("b", QoS.AtLeastOnce, 5u), ("a", QoS.ExactlyOnce, 0u)],
            add.Targets.Select(t => (t.Queue.Name, t.QoS, t.Identifiers is [var id] ? id : 0u)).OrderByDescending(t => t.Name));
    }
}
