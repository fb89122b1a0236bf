using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client.Tests;

public class ClientRestoringTests
{
    private static readonly ConnAckPacket Lost = new() { SessionPresent = false };

    [Fact]
    public void A_session_that_the_server_has_needs_no_second_SUBSCRIBE()
    {
        var harness = Subscribed("a", "b");

        harness.Reconnect();

        Assert.IsType<ConnectPacket>(Assert.Single(harness.Sent()));
    }

    [Fact]
    public void What_was_granted_is_asked_for_again_in_a_new_session_with_its_options_and_identifiers()
    {
        var harness = ClientHarness.Connected(Options());
        Subscription[] first = [new(TopicFilter.Parse("a"), QoS.ExactlyOnce, NoLocal: true), new(TopicFilter.Parse("refused"), QoS.AtMostOnce)];
        harness.Core.Subscribe(first, harness.Now, subscriptionIdentifier: 7);
        Grant(harness, ReasonCode.GrantedQoS2, ReasonCode.NotAuthorized);
        Subscription[] second = [new(TopicFilter.Parse("b"), QoS.AtLeastOnce), new(TopicFilter.Parse("left"), QoS.AtLeastOnce)];
        harness.Core.Subscribe(second, harness.Now);
        Grant(harness, ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS1);
        harness.Core.Unsubscribe([TopicFilter.Parse("left")], harness.Now);
        var unsubscribe = Assert.IsType<UnsubscribePacket>(Assert.Single(harness.Sent()));
        harness.Give(new UnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = [ReasonCode.Success] });

        harness.Reconnect(Lost);

        Assert.Equal(
            [("a", (uint?)7, true), ("b", null, false)],
            harness.Sent().OfType<SubscribePacket>().Select(packet =>
                (Assert.Single(packet.Subscriptions).Filter.ToString(), packet.SubscriptionIdentifier, packet.Subscriptions[0].NoLocal)));
    }

    [Fact]
    public void A_connection_that_ends_before_SUBACK_leaves_the_debt_to_the_next()
    {
        var harness = Subscribed("a");
        harness.Reconnect(Lost);
        Assert.Single(harness.Sent().OfType<SubscribePacket>());

        harness.Reconnect();

        Assert.Single(harness.Sent().OfType<SubscribePacket>());
        Assert.DoesNotContain(harness.Events(), happened => happened is ClientEvent.Abandoned);
    }

    [Fact]
    public void A_debt_that_is_paid_is_not_paid_again_and_a_refusal_is_told_and_forgotten()
    {
        var harness = Subscribed("a", "b");
        harness.Reconnect(Lost);
        Grant(harness, ReasonCode.NotAuthorized, ReasonCode.GrantedQoS1);
        var restored = Assert.Single(harness.Events().OfType<ClientEvent.Restored>());
        Assert.Equal([ReasonCode.NotAuthorized, ReasonCode.GrantedQoS1], restored.ReasonCodes);

        harness.Reconnect();
        Assert.Empty(harness.Sent().OfType<SubscribePacket>());

        harness.Reconnect(Lost);
        Assert.Equal("b", Assert.Single(Assert.Single(harness.Sent().OfType<SubscribePacket>()).Subscriptions).Filter.ToString());
    }

    [Fact]
    public void Many_subscriptions_are_restored_a_hundred_at_a_time()
    {
        var harness = Subscribed([.. Enumerable.Range(0, 250).Select(number => $"t/{number}")]);

        harness.Reconnect(Lost);

        Assert.Equal([100, 100, 50], harness.Sent().OfType<SubscribePacket>().Select(packet => packet.Subscriptions.Count));
    }

    [Fact]
    public void Subscriptions_come_before_messages_and_messages_keep_their_order()
    {
        var harness = Subscribed("a");
        foreach (var payload in (string[])["1", "2"]) harness.Core.Publish(ClientHarness.Message("a", QoS.AtLeastOnce, payload), harness.Now);
        harness.Sent();
        harness.Core.CloseTransport("cut");
        harness.Core.Publish(ClientHarness.Message("a", QoS.AtLeastOnce, "3"), harness.Now);

        harness.Connect(Lost);

        var sent = harness.Sent();
        Assert.IsType<SubscribePacket>(sent[1]);
        Assert.Equal(
            [("1", false), ("2", false), ("3", false)],
            sent.Skip(2).Cast<PublishPacket>().Select(packet => (System.Text.Encoding.UTF8.GetString(packet.Message.Payload.Span), packet.Duplicate)));
        Assert.Empty(harness.Events().OfType<ClientEvent.Abandoned>());
    }

    [Fact]
    public void A_message_at_QoS_2_is_not_sent_into_another_session()
    {
        var harness = ClientHarness.Connected(Options());
        var token = harness.Core.Publish(ClientHarness.Message("a", QoS.ExactlyOnce), harness.Now);
        harness.Sent();

        harness.Reconnect(Lost);

        Assert.IsType<ConnectPacket>(harness.Sent()[^1]);
        Assert.Equal(token, Assert.Single(harness.Events().OfType<ClientEvent.Abandoned>()).Token);
        Assert.Equal(0, harness.Core.UnfinishedCount);
    }

    [Fact]
    public void Without_reconnecting_a_lost_session_is_left_to_the_owner()
    {
        var harness = Subscribed(Options() with { Reconnect = null }, "a");
        var token = harness.Core.Publish(ClientHarness.Message("a", QoS.AtLeastOnce), harness.Now);
        harness.Sent();

        harness.Reconnect(Lost);

        Assert.IsType<ConnectPacket>(Assert.Single(harness.Sent()));
        Assert.Equal(token, Assert.Single(harness.Events().OfType<ClientEvent.Abandoned>()).Token);
    }

    [Theory]
    [InlineData(0, ReasonCode.TopicAliasInvalid)]
    [InlineData(3, ReasonCode.Success)]
    public void A_topic_alias_above_the_servers_maximum_is_refused(int maximum, ReasonCode expected)
    {
        var harness = ClientHarness.Connected(connAck: new ConnAckPacket { TopicAliasMaximum = (ushort)maximum });

        harness.Core.Publish(ClientHarness.Message("a"), harness.Now, topicAlias: 3);

        Assert.Equal(expected, Assert.Single(harness.Events().OfType<ClientEvent.Published>()).ReasonCode);
        Assert.Equal(expected == ReasonCode.Success ? [3] : [], harness.Sent().Cast<PublishPacket>().Select(packet => (int)packet.TopicAlias));
    }

    private static ClientOptions Options() =>
        new() { ClientId = "c", SessionExpiryIntervalSeconds = 60, Reconnect = new ReconnectOptions() };

    private static ClientHarness Subscribed(params string[] filters) => Subscribed(Options(), filters);

    private static ClientHarness Subscribed(ClientOptions options, params string[] filters)
    {
        var harness = ClientHarness.Connected(options);
        harness.Core.Subscribe([.. filters.Select(filter => new Subscription(TopicFilter.Parse(filter), QoS.AtLeastOnce))], harness.Now);
        Grant(harness, [.. filters.Select(_ => ReasonCode.GrantedQoS1)]);
        harness.Events();
        return harness;
    }

    private static void Grant(ClientHarness harness, params ReasonCode[] reasonCodes)
    {
        var subscribe = harness.Sent().OfType<SubscribePacket>().Last();
        harness.Give(new SubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = reasonCodes });
    }
}
