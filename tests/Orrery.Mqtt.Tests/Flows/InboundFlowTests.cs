using FsCheck;
using FsCheck.Fluent;
using Orrery.Mqtt.Flows;

namespace Orrery.Mqtt.Tests.Flows;

public class InboundFlowTests
{
    private static readonly PacketIdentifier Seven = new(7);

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void A_message_below_QoS_2_is_always_new(QoS qos)
    {
        var flow = new InboundFlow();

        Assert.Equal(InboundVerdict.Accept, flow.OnPublish(Seven, qos, duplicate: false));
        Assert.Equal(InboundVerdict.Accept, flow.OnPublish(Seven, qos, duplicate: true));
        Assert.Equal(0, flow.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void Until_PUBREL_every_further_copy_is_only_acknowledged(bool duplicate)
    {
        var flow = new InboundFlow();
        Assert.Equal(InboundVerdict.Accept, flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: false));

        for (var copy = 0; copy < 5; copy++)
        {
            Assert.Equal(InboundVerdict.AcknowledgeOnly, flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate));
            flow.Open();
        }

        Assert.Equal(1, flow.Count);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void A_copy_whose_first_was_lost_is_new_though_it_carries_DUP() =>
        Assert.Equal(InboundVerdict.Accept, new InboundFlow().OnPublish(Seven, QoS.ExactlyOnce, duplicate: true));

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-11")]
    [Trait("Statement", "MQTT-4.3.3-12")]
    public void After_PUBREL_the_identifier_is_new_again()
    {
        var flow = new InboundFlow();
        flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: false);

        Assert.Equal(PubRelVerdict.Found, flow.OnPubRel(Seven));
        Assert.Equal(PubRelVerdict.NotFound, flow.OnPubRel(Seven));

        Assert.Equal(InboundVerdict.Accept, flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: false));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-9")]
    public void After_a_refusal_the_identifier_is_new_again()
    {
        var flow = new InboundFlow();
        flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: false);

        Assert.True(flow.Release(Seven));
        Assert.False(flow.Release(Seven));

        Assert.Equal(PubRelVerdict.NotFound, flow.OnPubRel(Seven));
        Assert.Equal(InboundVerdict.Accept, flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: false));
    }

    [Fact]
    public void Clear_forgets_what_was_accepted()
    {
        var flow = new InboundFlow();
        flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: false);

        flow.Clear();

        Assert.Equal((0, 0), (flow.Count, flow.CountOnConnection));
        Assert.Equal(InboundVerdict.Accept, flow.OnPublish(Seven, QoS.ExactlyOnce, duplicate: true));
    }

    /// <summary>Every sequence of events gives the verdicts of a model that keeps two plain sets (Q2-2, Q2-6).</summary>
    [Fact]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void The_flow_agrees_with_two_sets()
    {
        var events = Gen.Choose(0, 99).Zip(Gen.Choose(1, 4)).ListOf(60);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(events.ToArbitrary(), steps =>
        {
            var (flow, accepted, onConnection) = (new InboundFlow(), new HashSet<int>(), new HashSet<int>());
            foreach (var (kind, number) in steps)
            {
                var identifier = new PacketIdentifier((ushort)number);
                if (kind < 50)
                {
                    onConnection.Add(number);
                    var expected = accepted.Add(number) ? InboundVerdict.Accept : InboundVerdict.AcknowledgeOnly;
                    Assert.Equal(expected, flow.OnPublish(identifier, QoS.ExactlyOnce, kind % 2 == 0));
                }
                else if (kind < 80)
                {
                    onConnection.Remove(number);
                    Assert.Equal(accepted.Remove(number), flow.OnPubRel(identifier) == PubRelVerdict.Found);
                }
                else if (kind < 90)
                {
                    onConnection.Remove(number);
                    Assert.Equal(accepted.Remove(number), flow.Release(identifier));
                }
                else
                {
                    onConnection.Clear();
                    flow.Open();
                }
                Assert.Equal(accepted.Count, flow.Count);
                Assert.Equal(onConnection.Count, flow.CountOnConnection);
                Assert.Equal(accepted.Contains(number), flow.Contains(identifier));
                Assert.Equal(onConnection.Contains(number), flow.UsesQuota(identifier));
            }
            return true;
        }));
    }
}
