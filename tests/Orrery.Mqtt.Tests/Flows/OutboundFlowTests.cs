using Orrery.Mqtt.Flows;

namespace Orrery.Mqtt.Tests.Flows;

public class OutboundFlowTests
{
    private readonly OutboundFlow<string> _flow = new();

    [Fact]
    public void Without_a_connection_nothing_starts()
    {
        Assert.False(_flow.CanStart);
        Assert.Throws<InvalidOperationException>(() => _flow.Start("a", QoS.AtLeastOnce));
    }

    [Fact]
    public void A_message_at_QoS_0_has_no_flow()
    {
        _flow.Open(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => _flow.Start("a", QoS.AtMostOnce));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65_536)]
    public void A_receive_maximum_out_of_range_is_a_bug(int receiveMaximum) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _flow.Open(receiveMaximum));

    [Theory]
    [InlineData(ReasonCode.Success)]
    [InlineData(ReasonCode.NoMatchingSubscribers)]
    [InlineData(ReasonCode.QuotaExceeded)]
    [Trait("Statement", "MQTT-4.4.0-2")]
    [Trait("Statement", "MQTT-4.3.2-3")]
    public void PUBACK_ends_the_exchange_whatever_it_says(ReasonCode reasonCode)
    {
        _flow.Open(1);
        var identifier = _flow.Start("a", QoS.AtLeastOnce);
        Assert.False(_flow.CanStart);

        Assert.Equal(FlowOutcome.Completed, _flow.OnPubAck(identifier, reasonCode, out var message));

        Assert.Equal("a", message);
        Assert.True(_flow.CanStart);
        Assert.Equal(0, _flow.InFlightCount);
        Assert.Equal(FlowOutcome.Ignored, _flow.OnPubAck(identifier, reasonCode, out _));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.3.3-4")]
    [Trait("Statement", "MQTT-4.3.3-5")]
    [Trait("Statement", "MQTT-3.3.4-9")]
    public void QoS_2_uses_the_quota_until_PUBCOMP()
    {
        _flow.Open(1);
        var identifier = _flow.Start("a", QoS.ExactlyOnce);

        Assert.Equal(FlowOutcome.SendPubRel, _flow.OnPubRec(identifier, ReasonCode.Success, out var message));
        Assert.Equal("a", message);
        Assert.False(_flow.CanStart);
        Assert.Equal(FlowOutcome.SendPubRel, _flow.OnPubRec(identifier, ReasonCode.NoMatchingSubscribers, out _));

        Assert.Equal(FlowOutcome.Completed, _flow.OnPubComp(identifier, ReasonCode.Success, out message));
        Assert.Equal("a", message);
        Assert.True(_flow.CanStart);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.4.0-2")]
    public void A_refusing_PUBREC_ends_the_exchange()
    {
        _flow.Open(1);
        var identifier = _flow.Start("a", QoS.ExactlyOnce);

        Assert.Equal(FlowOutcome.Completed, _flow.OnPubRec(identifier, ReasonCode.QuotaExceeded, out var message));

        Assert.Equal("a", message);
        Assert.True(_flow.CanStart);
        _flow.Open(1);
        Assert.False(_flow.OwesResend);
    }

    [Fact]
    public void A_PUBREC_that_nobody_asked_for_is_answered_with_not_found_unless_it_refuses()
    {
        _flow.Open(1);

        Assert.Equal(FlowOutcome.SendPubRelNotFound, _flow.OnPubRec(new(9), ReasonCode.Success, out var message));
        Assert.Null(message);
        Assert.Equal(FlowOutcome.Ignored, _flow.OnPubRec(new(9), ReasonCode.NotAuthorized, out _));
        Assert.Equal(FlowOutcome.Ignored, _flow.OnPubComp(new(9), ReasonCode.Success, out _));
        Assert.Equal(FlowOutcome.Ignored, _flow.OnPubAck(new(9), ReasonCode.Success, out _));
    }

    [Fact]
    [Trait("Statement", "MQTT-4.4.0-1")]
    [Trait("Statement", "MQTT-4.6.0-1")]
    [Trait("Statement", "MQTT-4.3.3-6")]
    public void A_new_connection_owes_all_that_is_in_flight_in_its_first_order()
    {
        _flow.Open(10);
        var a = _flow.Start("a", QoS.AtLeastOnce);
        var b = _flow.Start("b", QoS.ExactlyOnce);
        var c = _flow.Start("c", QoS.AtLeastOnce);
        var d = _flow.Start("d", QoS.ExactlyOnce);
        _flow.OnPubRec(b, ReasonCode.Success, out _);
        _flow.OnPubAck(a, ReasonCode.Success, out _);
        _flow.Close();

        _flow.Open(10);

        Assert.False(_flow.CanStart);
        Assert.Equal(
            [
                new(b, OutboundState.AwaitingPubComp, QoS.ExactlyOnce, "b"),
                new(c, OutboundState.AwaitingPubAck, QoS.AtLeastOnce, "c"),
                new(d, OutboundState.AwaitingPubRec, QoS.ExactlyOnce, "d"),
            ],
            Resends());
        Assert.True(_flow.CanStart);
        Assert.Equal(8, _flow.Quota);                       // PUBREL uses none
    }

    [Fact]
    [Trait("Statement", "MQTT-3.3.4-9")]
    [Trait("Statement", "MQTT-4.6.0-1")]
    public void A_smaller_receive_maximum_holds_resends_back_and_new_messages_behind_them()
    {
        _flow.Open(10);
        var identifiers = "abc".Select(letter => _flow.Start(letter.ToString(), QoS.AtLeastOnce)).ToArray();
        _flow.Open(2);

        Assert.Equal("ab", string.Concat(Resends().Select(owed => owed.Message)));
        Assert.False(_flow.CanStart);

        _flow.OnPubAck(identifiers[1], ReasonCode.Success, out _);
        Assert.False(_flow.CanStart);
        Assert.Equal("c", string.Concat(Resends().Select(owed => owed.Message)));

        _flow.OnPubAck(identifiers[0], ReasonCode.Success, out _);
        Assert.True(_flow.CanStart);
    }

    [Fact]
    public void A_PUBCOMP_of_an_earlier_exchange_does_not_raise_the_quota()
    {
        _flow.Open(1);
        var first = _flow.Start("a", QoS.ExactlyOnce);
        _flow.OnPubRec(first, ReasonCode.Success, out _);
        _flow.Open(1);
        Assert.Single(Resends());
        _flow.Start("b", QoS.AtLeastOnce);

        _flow.OnPubComp(first, ReasonCode.Success, out _);

        Assert.Equal(0, _flow.Quota);
    }

    [Fact]
    public void What_is_acknowledged_before_its_resend_is_owed_no_more()
    {
        _flow.Open(10);
        var a = _flow.Start("a", QoS.AtLeastOnce);
        var b = _flow.Start("b", QoS.ExactlyOnce);
        _flow.Start("c", QoS.AtLeastOnce);
        _flow.Open(10);

        _flow.OnPubAck(a, ReasonCode.Success, out _);
        Assert.Equal(FlowOutcome.SendPubRel, _flow.OnPubRec(b, ReasonCode.Success, out _));

        Assert.Equal("c", string.Concat(Resends().Select(owed => owed.Message)));
        Assert.True(_flow.CanStart);
    }

    [Fact]
    [Trait("Statement", "MQTT-2.2.1-3")]
    [Trait("Statement", "MQTT-2.2.1-4")]
    [Trait("Statement", "MQTT-4.3.2-1")]
    [Trait("Statement", "MQTT-4.3.3-1")]
    [Trait("Statement", "v311:MQTT-2.3.1-4")]
    public void Identifiers_go_round_and_pass_over_those_in_use()
    {
        _flow.Open(65_535);
        var stays = _flow.Start("stays", QoS.AtLeastOnce);
        Assert.Equal(1, stays.Value);

        for (var round = 2; round <= 65_535; round++)
        {
            var identifier = _flow.Start("goes", QoS.AtLeastOnce);
            Assert.Equal(round, identifier.Value);
            _flow.OnPubAck(identifier, ReasonCode.Success, out _);
        }

        Assert.Equal(2, _flow.Start("next", QoS.AtLeastOnce).Value);
    }

    [Fact]
    [Trait("Statement", "MQTT-2.2.1-3")]
    [Trait("Statement", "MQTT-2.2.1-4")]
    public void When_all_identifiers_are_in_use_nothing_starts()
    {
        _flow.Open(65_535);
        Assert.True(_flow.TryReserve(out var reserved));
        for (var count = 0; count < 65_534; count++) _flow.Start("a", QoS.AtLeastOnce);

        Assert.Equal(1, _flow.Quota);
        Assert.False(_flow.CanStart);
        Assert.False(_flow.TryReserve(out _));

        Assert.True(_flow.Release(reserved));
        Assert.Equal(reserved, _flow.Start("last", QoS.AtLeastOnce));
    }

    [Fact]
    public void A_reserved_identifier_is_no_message()
    {
        _flow.Open(2);
        Assert.True(_flow.TryReserve(out var reserved));

        Assert.Equal(FlowOutcome.Ignored, _flow.OnPubAck(reserved, ReasonCode.Success, out _));
        Assert.False(_flow.Discard(reserved));
        Assert.Equal((0, 2), (_flow.InFlightCount, _flow.Quota));
        Assert.NotEqual(reserved, _flow.Start("a", QoS.AtLeastOnce));

        Assert.True(_flow.Release(reserved));
        Assert.False(_flow.Release(reserved));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-25")]
    public void A_discarded_message_counts_as_acknowledged()
    {
        _flow.Open(1);
        var identifier = _flow.Start("a", QoS.AtLeastOnce);
        _flow.Open(1);

        Assert.True(_flow.Discard(identifier));

        Assert.False(_flow.OwesResend);
        Assert.True(_flow.CanStart);
        Assert.False(_flow.Discard(identifier));
    }

    [Fact]
    public void Clear_leaves_an_empty_flow_on_an_open_connection()
    {
        _flow.Open(2);
        _flow.Start("a", QoS.AtLeastOnce);
        _flow.Start("b", QoS.ExactlyOnce);

        _flow.Clear();

        Assert.Empty(_flow.InFlight());
        Assert.Equal((0, 2), (_flow.InFlightCount, _flow.Quota));
        Assert.True(_flow.CanStart);
    }

    private List<Outbound<string>> Resends()
    {
        var owed = new List<Outbound<string>>();
        while (_flow.TryNextResend(out var next)) owed.Add(next);
        return owed;
    }
}
