using Orrery.Mqtt.Flows;

namespace Orrery.Mqtt.Tests.Flows;

public class InboundTableTests
{
    public static TheoryData<InboundState, InboundEvent, InboundState, InboundAction> Rules => new()
    {
        { InboundState.Free, InboundEvent.Publish, InboundState.AwaitingPubRel, InboundAction.Accept },
        { InboundState.Free, InboundEvent.PubRel, InboundState.Free, InboundAction.CompleteNotFound },
        { InboundState.Free, InboundEvent.Refuse, InboundState.Free, InboundAction.Forget },
        { InboundState.AwaitingPubRel, InboundEvent.Publish, InboundState.AwaitingPubRel, InboundAction.AcknowledgeOnly },
        { InboundState.AwaitingPubRel, InboundEvent.PubRel, InboundState.Free, InboundAction.Complete },
        { InboundState.AwaitingPubRel, InboundEvent.Refuse, InboundState.Free, InboundAction.Forget },
    };

    [Theory, MemberData(nameof(Rules))]
    [Trait("Statement", "MQTT-4.3.3-9")]
    [Trait("Statement", "MQTT-4.3.3-10")]
    [Trait("Statement", "MQTT-4.3.3-11")]
    [Trait("Statement", "MQTT-4.3.3-12")]
    public void Every_rule_is_as_written(InboundState state, InboundEvent what, InboundState next, InboundAction action) =>
        Assert.Equal(new InboundJudgement(next, action), InboundTable.Judge(state, what));

    [Fact]
    public void Every_pair_has_a_rule()
    {
        var rules = Rules.Select(row => ((InboundState)row[0], (InboundEvent)row[1])).ToHashSet();

        Assert.Equal(Enum.GetValues<InboundState>().Length * Enum.GetValues<InboundEvent>().Length, rules.Count);
        Assert.Throws<InvalidOperationException>(() => InboundTable.Judge(InboundState.Free, (InboundEvent)99));
    }
}
