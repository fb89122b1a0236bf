using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests;

/// <summary>Limits that change while a broker runs.</summary>
public class SetOptionsTests
{
    private readonly BrokerWorld _world = new();

    [Fact]
    public void A_queue_takes_no_more_than_its_new_limit_and_keeps_what_it_has()
    {
        var subscriber = _world.Connect("s", cleanStart: false, sessionExpiry: 3600);
        subscriber.Subscribe("a", QoS.AtLeastOnce);
        subscriber.Drop();
        var publisher = _world.Connect("p");
        for (ushort i = 1; i <= 5; i++) publisher.Publish("a", $"{i}", QoS.AtLeastOnce, i);

        Set(new BrokerOptions { QueuedMessagesMax = 2 });
        publisher.Publish("a", "lost", QoS.AtLeastOnce, 6);
        Set(new BrokerOptions { QueuedMessagesMax = 6 });
        publisher.Publish("a", "6", QoS.AtLeastOnce, 7);

        var back = _world.Connect("s", cleanStart: false, sessionExpiry: 3600);
        Assert.Equal(["1", "2", "3", "4", "5", "6"], back.TakeAll().OfType<PublishPacket>().Select(TestClient.Text));
    }

    [Fact]
    public void Connections_and_sessions_beyond_a_new_limit_stay_and_no_more_come()
    {
        var first = _world.Connect("a");
        var second = _world.Connect("b");

        Set(new BrokerOptions { ConnectionsMax = 2 });
        Assert.True(_world.Open().WasAborted);

        Set(new BrokerOptions { SessionsMax = 1 });
        var refused = _world.Open();
        refused.Send(new ConnectPacket { ClientId = "c", CleanStart = true });
        Assert.Equal(ReasonCode.QuotaExceeded, refused.Expect<ConnAckPacket>().ReasonCode);
        Assert.False(first.IsClosed || second.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-7")]
    public void A_client_keeps_the_receive_maximum_that_it_was_told()
    {
        var before = _world.Connect("before");
        Set(new BrokerOptions { ReceiveMaximum = 2 });
        var after = _world.Connect("after");

        Assert.Equal((ushort)1_024, before.ConnAck!.ReceiveMaximum);
        Assert.Equal((ushort)2, after.ConnAck!.ReceiveMaximum);
        for (ushort i = 1; i <= 3; i++) before.Send(Publish("a", "1", QoS.ExactlyOnce, i));
        Assert.False(before.IsClosed);
        for (ushort i = 1; i <= 3; i++) after.Send(Publish("a", "1", QoS.ExactlyOnce, i));
        Assert.Equal(ReasonCode.ReceiveMaximumExceeded, after.TakeAll().OfType<DisconnectPacket>().Single().ReasonCode);
    }

    [Fact]
    public void In_flight_counts_from_the_next_connection_on()
    {
        var client = _world.Connect("s", cleanStart: false, sessionExpiry: 3600);
        client.Subscribe("a", QoS.AtLeastOnce);
        Set(new BrokerOptions { InFlightMax = 1 });
        var publisher = _world.Connect("p");
        publisher.Send(Publish("a", "1", QoS.AtLeastOnce, 1), Publish("a", "2", QoS.AtLeastOnce, 2));
        Assert.Equal(2, client.TakeAll().Count);

        client.Drop();
        Assert.Single(_world.Connect("s", cleanStart: false, sessionExpiry: 3600).TakeAll());
    }

    [Fact]
    public void Retained_messages_beyond_a_new_limit_stay_and_may_be_replaced()
    {
        var publisher = _world.Connect("p");
        publisher.Publish("a", "1", QoS.AtLeastOnce, 1, retain: true);
        publisher.Publish("b", "1", QoS.AtLeastOnce, 2, retain: true);

        Set(new BrokerOptions { RetainedMessagesMax = 1 });
        publisher.Publish("c", "1", QoS.AtLeastOnce, 3, retain: true);
        publisher.Publish("b", "2", QoS.AtLeastOnce, 4, retain: true);

        var subscriber = _world.Connect("s");
        subscriber.Subscribe("+");
        Assert.Equal(["a 1", "b 2"], subscriber.TakeAll().OfType<PublishPacket>().Select(p => $"{p.Message.Topic} {TestClient.Text(p)}"));
    }

    [Fact]
    public void What_cannot_change_or_is_out_of_range_is_refused_whole()
    {
        var answer = new AnswerProbe(_world.Host.System).Ask<BrokerOptionsSet>(
            _world.Broker.Actor, MqttBroker.SetOptions(new BrokerOptions { MaximumPacketSize = 1_000, ConnectionsMax = 0, SessionsMax = 1 }), _world.Run);

        Assert.Equal(2, answer.Faults.Count);
        Assert.Contains(answer.Faults, fault => fault.StartsWith("ConnectionsMax is 0", StringComparison.Ordinal));
        Assert.Contains(answer.Faults, fault => fault.StartsWith("MaximumPacketSize is 268435460 and can't be changed", StringComparison.Ordinal));
        _world.Connect("a");
        _world.Connect("b");
    }

    [Fact]
    public void Every_option_may_change_or_is_named_as_fixed()
    {
        var before = new BrokerOptions();
        foreach (var property in typeof(BrokerOptions).GetProperties().Where(property => property.CanWrite))
        {
            var after = before with { };
            object? value = property.GetValue(before) switch
            {
                bool yes => !yes,
                int number => number + 1,
                uint number => number - 1,
                long number => number + 1,
                Enum one => Enum.GetValues(one.GetType()).Cast<object>().First(other => !other.Equals(one)),
                _ => null,
            };
            property.SetValue(after, value);

            var isFixed = before.FixedDifferences(after) is [var sentence] && sentence.StartsWith(property.Name, StringComparison.Ordinal);
            var isNamed = after.DifferencesFrom(before).StartsWith(property.Name, StringComparison.Ordinal);
            Assert.True(isFixed != isNamed, property.Name);
        }
    }

    private void Set(BrokerOptions options) =>
        Assert.Empty(new AnswerProbe(_world.Host.System).Ask<BrokerOptionsSet>(_world.Broker.Actor, MqttBroker.SetOptions(options), _world.Run).Faults);
}
