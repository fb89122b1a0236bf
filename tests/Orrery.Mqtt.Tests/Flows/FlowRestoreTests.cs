using Orrery.Mqtt.Flows;

namespace Orrery.Mqtt.Tests.Flows;

/// <summary>What a session gets back of its exchanges when its server starts again.</summary>
public class FlowRestoreTests
{
    private readonly OutboundFlow<string> _outbound = new();
    private readonly InboundFlow _inbound = new();

    [Fact]
    public void Exchanges_are_owed_in_the_order_in_which_they_are_restored_each_as_its_state_asks()
    {
        _outbound.Restore(new PacketIdentifier(9), QoS.ExactlyOnce, OutboundState.AwaitingPubComp, "released");
        _outbound.Restore(new PacketIdentifier(2), QoS.AtLeastOnce, OutboundState.AwaitingPubAck, "one");
        _outbound.Restore(new PacketIdentifier(5), QoS.ExactlyOnce, OutboundState.AwaitingPubRec, "two");

        _outbound.Open(10);

        Assert.Equal(3, _outbound.InFlightCount);
        Assert.False(_outbound.CanStart);               // nothing new before what is owed
        Assert.Equal((9, OutboundState.AwaitingPubComp, "released"), Next());
        Assert.Equal((2, OutboundState.AwaitingPubAck, "one"), Next());
        Assert.Equal((5, OutboundState.AwaitingPubRec, "two"), Next());
        Assert.False(_outbound.TryNextResend(out _));
        Assert.Equal(8, _outbound.Quota);               // a PUBREL uses none
        Assert.Equal(6, _outbound.Start("new", QoS.AtLeastOnce).Value);
    }

    [Fact]
    public void A_restored_exchange_ends_as_any_other()
    {
        _outbound.Restore(new PacketIdentifier(5), QoS.ExactlyOnce, OutboundState.AwaitingPubRec, "two");
        _outbound.Open(1);
        _outbound.TryNextResend(out _);

        Assert.Equal(FlowOutcome.SendPubRel, _outbound.OnPubRec(new PacketIdentifier(5), ReasonCode.Success, out _));
        Assert.Equal(FlowOutcome.Completed, _outbound.OnPubComp(new PacketIdentifier(5), ReasonCode.Success, out var message));

        Assert.Equal("two", message);
        Assert.True(_outbound.CanStart);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce, OutboundState.AwaitingPubAck)]
    [InlineData(QoS.AtLeastOnce, OutboundState.AwaitingPubRec)]
    [InlineData(QoS.AtLeastOnce, OutboundState.Free)]
    [InlineData(QoS.ExactlyOnce, OutboundState.AwaitingPubAck)]
    public void A_state_that_the_QoS_does_not_know_is_refused(QoS qos, OutboundState state) =>
        Assert.Throws<ArgumentException>(() => _outbound.Restore(new PacketIdentifier(1), qos, state, "x"));

    [Fact]
    public void An_identifier_is_restored_once_and_0_is_none()
    {
        _outbound.Restore(new PacketIdentifier(1), QoS.AtLeastOnce, OutboundState.AwaitingPubAck, "x");

        Assert.Throws<ArgumentException>(() => _outbound.Restore(new PacketIdentifier(1), QoS.AtLeastOnce, OutboundState.AwaitingPubAck, "y"));
        Assert.Throws<ArgumentException>(() => _outbound.Restore(default, QoS.AtLeastOnce, OutboundState.AwaitingPubAck, "y"));
        Assert.Throws<ArgumentException>(() => _inbound.Restore(default));
    }

    [Fact]
    public void With_a_connection_nothing_is_restored()
    {
        _outbound.Open(1);

        Assert.Throws<InvalidOperationException>(
            () => _outbound.Restore(new PacketIdentifier(1), QoS.AtLeastOnce, OutboundState.AwaitingPubAck, "x"));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-10")]
    public void A_restored_inbound_identifier_is_known_until_PUBREL_and_counts_on_a_connection_from_its_PUBLISH_on()
    {
        var identifier = new PacketIdentifier(7);
        _inbound.Restore(identifier);
        _inbound.Open();

        Assert.Equal((1, 0), (_inbound.Count, _inbound.CountOnConnection));
        Assert.False(_inbound.UsesQuota(identifier));
        Assert.Equal(InboundVerdict.AcknowledgeOnly, _inbound.OnPublish(identifier, QoS.ExactlyOnce, duplicate: true));
        Assert.Equal(1, _inbound.CountOnConnection);
        Assert.Equal(PubRelVerdict.Found, _inbound.OnPubRel(identifier));
        Assert.Equal(InboundVerdict.Accept, _inbound.OnPublish(identifier, QoS.ExactlyOnce, duplicate: false));
    }

    private (int Identifier, OutboundState State, string Message) Next()
    {
        Assert.True(_outbound.TryNextResend(out var owed));
        return (owed.PacketIdentifier.Value, owed.State, owed.Message);
    }
}
