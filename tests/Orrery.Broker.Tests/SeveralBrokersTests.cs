using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests;

/// <summary>Two brokers in one actor system: the same client identifiers, topics and groups in both, and nothing in common.</summary>
public class SeveralBrokersTests
{
    private readonly BrokerWorld _a;
    private readonly BrokerWorld _b;

    public SeveralBrokersTests()
        : this(new DeterministicOptions())
    {
    }

    private SeveralBrokersTests(DeterministicOptions host)
    {
        _a = new BrokerWorld(host: host);
        _b = _a.Beside("b", new BrokerOptions { ReceiveMaximum = 7, RetainedMessagesMax = 1, ConnectionsMax = 3 });
    }

    [Fact]
    public void A_publish_and_a_retained_message_in_one_never_reach_the_other()
    {
        var (inA, inB) = (_a.Connect("same"), _b.Connect("same"));
        inA.Subscribe("#");
        inB.Subscribe("#");
        inB.Subscribe("$share/g/#");

        inA.Publish("t", "live");
        inA.Publish("t", "kept", QoS.AtLeastOnce, 1, retain: true);

        Assert.Equal(3, inA.TakeAll().Count);           // two deliveries and a PUBACK
        _a.Advance(1_000);
        inB.Subscribe("t");
        inB.ExpectNothing();
    }

    [Fact]
    public void A_takeover_and_a_will_stay_in_their_broker()
    {
        TestClient ConnectWithWill(BrokerWorld world) =>
            world.Connect("same", with: connect => connect with { Will = new Will(Message("will", "gone"), 0) });
        var (watcherInA, watcherInB) = (_a.Connect("w"), _b.Connect("w"));
        watcherInA.Subscribe("will");
        watcherInB.Subscribe("will");
        var (first, inB) = (ConnectWithWill(_a), ConnectWithWill(_b));

        ConnectWithWill(_a);

        Assert.Equal(ReasonCode.SessionTakenOver, first.Expect<DisconnectPacket>().ReasonCode);
        watcherInA.ExpectPublish("will", "gone");
        _a.Advance(1_000);
        Assert.False(inB.IsClosed);
        inB.ExpectNothing();
        watcherInB.ExpectNothing();
    }

    [Fact]
    public void Sessions_and_limits_are_each_brokers_own()
    {
        _a.Connect("same", sessionExpiry: 100).Drop();

        var (inA, inB) = (_a.Connect("same", cleanStart: false), _b.Connect("same", cleanStart: false));

        Assert.Equal((true, false), (inA.ConnAck!.SessionPresent, inB.ConnAck!.SessionPresent));
        Assert.Equal(((ushort)1_024, (ushort)7), (inA.ConnAck.ReceiveMaximum, inB.ConnAck.ReceiveMaximum));
        _b.Connect("second");
        _b.Connect("third");
        Assert.True(_b.Open().WasAborted);              // full; the clients of the other broker took no room
        Assert.False(_a.Open().IsClosed);
    }

    [Fact]
    public void Counters_and_the_figures_below_SYS_are_each_brokers_own()
    {
        var publisher = _a.Connect("p");
        publisher.Publish("one", "1", retain: true);
        publisher.Publish("two", "2", retain: true);
        var reader = _b.Connect("r");
        reader.Subscribe("$SYS/broker/publish/messages/received");

        _a.Advance(60);

        Assert.Equal(["0"], reader.TakeAll().Cast<PublishPacket>().Select(TestClient.Text));
        Assert.Equal((1, 1), (_a.Statistics().ClientsConnected, _b.Statistics().ClientsConnected));
        Assert.Equal((2, 0), (_a.Statistics().Received(ControlPacketType.Publish), _b.Statistics().Received(ControlPacketType.Publish)));
        Assert.Equal(0, _a.Statistics()[Counter.RetainedRefused]);  // the limit of one is the other's
    }

    [Fact]
    public void Stopping_one_leaves_the_other_at_work()
    {
        var (inA, inB) = (_a.Connect("same"), _b.Connect("same"));
        inB.Subscribe("t");

        new AnswerProbe(_a.Host.System).Ask<BrokerActor.Stopped>(_a.Broker.Actor, MqttBroker.Stop, _a.Run);

        Assert.True(inA.IsClosed);
        inB.Publish("t", "still here");
        inB.ExpectPublish("t", "still here");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nor_does_any_order_of_the_actors_turns_mix_them(ulong seed)
    {
        var mixed = new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom };

        new SeveralBrokersTests(mixed).A_publish_and_a_retained_message_in_one_never_reach_the_other();
        new SeveralBrokersTests(mixed).A_takeover_and_a_will_stay_in_their_broker();
        new SeveralBrokersTests(mixed).Sessions_and_limits_are_each_brokers_own();
        new SeveralBrokersTests(mixed).Counters_and_the_figures_below_SYS_are_each_brokers_own();
    }
}
