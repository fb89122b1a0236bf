using Orrery.Mqtt.Flows;
using static Orrery.Mqtt.Flows.OutboundAction;
using static Orrery.Mqtt.Flows.OutboundEvent;
using static Orrery.Mqtt.Flows.OutboundState;

namespace Orrery.Mqtt.Tests.Flows;

public class OutboundTableTests
{
    public static TheoryData<OutboundState, OutboundEvent, OutboundState, OutboundAction> Rules => new()
    {
        { Free, StartAtLeastOnce, AwaitingPubAck, SendPublish },
        { Free, StartExactlyOnce, AwaitingPubRec, SendPublish },
        { Free, PubAck, Free, Ignore },
        { Free, PubRecAccepted, Free, SendPubRelNotFound },
        { Free, PubRecRefused, Free, Ignore },
        { Free, PubComp, Free, Ignore },
        { Free, Resume, Free, Ignore },
        { AwaitingPubAck, PubAck, Free, Complete },
        { AwaitingPubAck, PubRecAccepted, AwaitingPubAck, Ignore },
        { AwaitingPubAck, PubRecRefused, AwaitingPubAck, Ignore },
        { AwaitingPubAck, PubComp, AwaitingPubAck, Ignore },
        { AwaitingPubAck, Resume, AwaitingPubAck, ResendPublish },
        { AwaitingPubRec, PubAck, AwaitingPubRec, Ignore },
        { AwaitingPubRec, PubRecAccepted, AwaitingPubComp, SendPubRel },
        { AwaitingPubRec, PubRecRefused, Free, Complete },
        { AwaitingPubRec, PubComp, AwaitingPubRec, Ignore },
        { AwaitingPubRec, Resume, AwaitingPubRec, ResendPublish },
        { AwaitingPubComp, PubAck, AwaitingPubComp, Ignore },
        { AwaitingPubComp, PubRecAccepted, AwaitingPubComp, SendPubRel },
        { AwaitingPubComp, PubRecRefused, AwaitingPubComp, Ignore },
        { AwaitingPubComp, PubComp, Free, Complete },
        { AwaitingPubComp, Resume, AwaitingPubComp, SendPubRel },
    };

    [Theory, MemberData(nameof(Rules))]
    [Trait("Statement", "MQTT-4.3.2-2")]
    [Trait("Statement", "MQTT-4.3.3-4")]
    [Trait("Statement", "MQTT-4.4.0-1")]
    [Trait("Statement", "MQTT-4.4.0-2")]
    public void Every_rule_is_as_written(OutboundState state, OutboundEvent what, OutboundState next, OutboundAction action) =>
        Assert.Equal(new OutboundVerdict(next, action), OutboundTable.Judge(state, what));

    [Fact]
    public void Every_pair_has_a_rule_or_is_a_start_under_an_identifier_in_use()
    {
        var rules = Rules.Select(row => ((OutboundState)row[0], (OutboundEvent)row[1])).ToHashSet();
        foreach (var state in Enum.GetValues<OutboundState>())
        {
            foreach (var what in Enum.GetValues<OutboundEvent>())
            {
                if (rules.Contains((state, what))) continue;
                Assert.True(state != Free && what is StartAtLeastOnce or StartExactlyOnce, $"{state}, {what}");
                Assert.Throws<InvalidOperationException>(() => OutboundTable.Judge(state, what));
            }
        }
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-6")]
    public void After_PUBREL_no_event_sends_the_PUBLISH_again()
    {
        foreach (var what in Enum.GetValues<OutboundEvent>().Except([StartAtLeastOnce, StartExactlyOnce]))
        {
            var verdict = OutboundTable.Judge(AwaitingPubComp, what);
            Assert.NotEqual(ResendPublish, verdict.Action);
            Assert.NotEqual(SendPublish, verdict.Action);
            Assert.True(verdict.Next is AwaitingPubComp or Free);
        }
    }

    [Fact]
    public void The_numbers_that_are_stored_are_frozen()
    {
        Assert.Equal([0, 1, 2, 3], Enum.GetValues<OutboundState>().Select(state => (int)state));
        Assert.Equal([0, 1], Enum.GetValues<InboundState>().Select(state => (int)state));
    }
}
