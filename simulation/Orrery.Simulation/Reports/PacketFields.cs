using System.Globalization;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Reports;

/// <summary>What a packet says, field by field. What a packet does not carry, and flags that are not set, are left out.</summary>
/// <remarks>A password is never shown: only that there is one.</remarks>
internal static class PacketFields
{
    /// <summary>The name of a kind of packet as the specification writes it, such as PUBLISH.</summary>
    public static string NameOf(ControlPacketType type) => type switch
    {
        ControlPacketType.Connect => "CONNECT",
        ControlPacketType.ConnAck => "CONNACK",
        ControlPacketType.Publish => "PUBLISH",
        ControlPacketType.PubAck => "PUBACK",
        ControlPacketType.PubRec => "PUBREC",
        ControlPacketType.PubRel => "PUBREL",
        ControlPacketType.PubComp => "PUBCOMP",
        ControlPacketType.Subscribe => "SUBSCRIBE",
        ControlPacketType.SubAck => "SUBACK",
        ControlPacketType.Unsubscribe => "UNSUBSCRIBE",
        ControlPacketType.UnsubAck => "UNSUBACK",
        ControlPacketType.PingReq => "PINGREQ",
        ControlPacketType.PingResp => "PINGRESP",
        ControlPacketType.Disconnect => "DISCONNECT",
        _ => "AUTH",
    };

    /// <summary>Tells a packet's fields.</summary>
    public static void Write(Packet packet, IPacketFieldSink sink)
    {
        switch (packet)
        {
            case ConnectPacket connect: Connect(connect, sink); break;
            case ConnAckPacket connAck: ConnAck(connAck, sink); break;
            case PublishPacket publish: Publish(publish, sink); break;
            case AcknowledgementPacket acknowledgement:
                sink.Number("id", acknowledgement.PacketIdentifier.Value);
                if (acknowledgement.ReasonCode != ReasonCode.Success) Reason(acknowledgement.ReasonCode, sink);
                Extras(acknowledgement.ReasonString, acknowledgement.UserProperties, sink);
                break;
            case SubscribePacket subscribe:
                sink.Number("id", subscribe.PacketIdentifier.Value);
                sink.List("filters", [.. subscribe.Subscriptions.Select(Describe)]);
                if (subscribe.SubscriptionIdentifier is { } identifier) sink.Number("subscription_identifier", identifier);
                Extras(null, subscribe.UserProperties, sink);
                break;
            case SubAckPacket subAck:
                sink.Number("id", subAck.PacketIdentifier.Value);
                sink.List("reasons", [.. subAck.ReasonCodes.Select(DescribeGranted)]);
                Extras(subAck.ReasonString, subAck.UserProperties, sink);
                break;
            case UnsubscribePacket unsubscribe:
                sink.Number("id", unsubscribe.PacketIdentifier.Value);
                sink.List("filters", [.. unsubscribe.Filters.Select(filter => filter.ToString())]);
                Extras(null, unsubscribe.UserProperties, sink);
                break;
            case UnsubAckPacket unsubAck:
                sink.Number("id", unsubAck.PacketIdentifier.Value);
                if (unsubAck.ReasonCodes.Count > 0) sink.List("reasons", [.. unsubAck.ReasonCodes.Select(Describe)]);
                Extras(unsubAck.ReasonString, unsubAck.UserProperties, sink);
                break;
            case DisconnectPacket disconnect:
                if (disconnect.ReasonCode != ReasonCode.Success) Reason(disconnect.ReasonCode, sink);
                if (disconnect.SessionExpiryIntervalSeconds is { } expiry) sink.Seconds("session_expiry", expiry);
                if (disconnect.ServerReference is { } reference) sink.Text("server_reference", reference);
                Extras(disconnect.ReasonString, disconnect.UserProperties, sink);
                break;
            case AuthPacket auth:
                Reason(auth.ReasonCode, sink);
                if (auth.AuthenticationMethod is { } method) sink.Text("authentication_method", method);
                Extras(auth.ReasonString, auth.UserProperties, sink);
                break;
        }
    }

    /// <summary>A Reason Code by name and number.</summary>
    public static string Describe(ReasonCode code) => string.Create(CultureInfo.InvariantCulture, $"{code} 0x{(byte)code:x2}");

    private static void Connect(ConnectPacket packet, IPacketFieldSink sink)
    {
        sink.Text("protocol", packet.Version switch { MqttVersion.V31 => "3.1", MqttVersion.V311 => "3.1.1", _ => "5.0" });
        sink.Text("client_id", packet.ClientId.Length == 0 ? "(none)" : packet.ClientId);
        if (packet.CleanStart) sink.Flag("clean_start");
        if (packet.KeepAliveSeconds > 0) sink.Seconds("keep_alive", packet.KeepAliveSeconds);
        if (packet.SessionExpiryIntervalSeconds is { } expiry) sink.Seconds("session_expiry", expiry);
        if (packet.ReceiveMaximum is { } receive) sink.Number("receive_maximum", receive);
        if (packet.MaximumPacketSize is { } size) sink.Number("maximum_packet_size", size);
        if (packet.TopicAliasMaximum is { } aliases) sink.Number("topic_alias_maximum", aliases);
        if (packet.Will is { } will)
        {
            sink.Text("will_topic", will.Message.Topic.ToString());
            sink.Bytes("will_payload", will.Message.Payload);
            sink.Number("will_qos", (int)will.Message.QoS);
            if (will.Message.Retain) sink.Flag("will_retain");
            if (will.DelayIntervalSeconds > 0) sink.Seconds("will_delay", will.DelayIntervalSeconds);
        }
        if (packet.UserName is { } user) sink.Text("user_name", user);
        if (packet.Password is not null) sink.Flag("has_password");
        if (packet.AuthenticationMethod is { } method) sink.Text("authentication_method", method);
        Extras(null, packet.UserProperties, sink);
    }

    private static void ConnAck(ConnAckPacket packet, IPacketFieldSink sink)
    {
        Reason(packet.ReasonCode, sink);
        if (packet.SessionPresent) sink.Flag("session_present");
        if (packet.AssignedClientIdentifier is { } name) sink.Text("assigned_client_id", name);
        if (packet.SessionExpiryIntervalSeconds is { } expiry) sink.Seconds("session_expiry", expiry);
        if (packet.ServerKeepAliveSeconds is { } keepAlive) sink.Seconds("server_keep_alive", keepAlive);
        if (packet.ReceiveMaximum is { } receive) sink.Number("receive_maximum", receive);
        if (packet.MaximumQoS is { } qos) sink.Number("maximum_qos", (int)qos);
        if (packet.MaximumPacketSize is { } size) sink.Number("maximum_packet_size", size);
        if (packet.TopicAliasMaximum is { } aliases) sink.Number("topic_alias_maximum", aliases);
        if (packet.RetainAvailable == false) sink.Flag("no_retain");
        if (packet.WildcardSubscriptionAvailable == false) sink.Flag("no_wildcards");
        if (packet.SubscriptionIdentifiersAvailable == false) sink.Flag("no_subscription_identifiers");
        if (packet.SharedSubscriptionAvailable == false) sink.Flag("no_shared_subscriptions");
        if (packet.ResponseInformation is { } information) sink.Text("response_information", information);
        if (packet.ServerReference is { } reference) sink.Text("server_reference", reference);
        if (packet.AuthenticationMethod is { } method) sink.Text("authentication_method", method);
        Extras(packet.ReasonString, packet.UserProperties, sink);
    }

    private static void Publish(PublishPacket packet, IPacketFieldSink sink)
    {
        var message = packet.Message;
        if (!packet.PacketIdentifier.IsNone) sink.Number("id", packet.PacketIdentifier.Value);
        sink.Number("qos", (int)message.QoS);
        if (packet.Duplicate) sink.Flag("dup");
        if (message.Retain) sink.Flag("retain");
        sink.Text("topic", message.Topic.ToString());
        if (packet.TopicAlias > 0) sink.Number("topic_alias", packet.TopicAlias);
        sink.Bytes("payload", message.Payload);
        if (packet.SubscriptionIdentifiers.Count > 0)
            sink.List("subscription_identifiers", [.. packet.SubscriptionIdentifiers.Select(identifier => identifier.ToString(CultureInfo.InvariantCulture))]);
        if (message.Properties is not { } properties) return;

        if (properties.MessageExpiryIntervalSeconds is { } expiry) sink.Seconds("message_expiry", expiry);
        if (properties.PayloadIsUtf8 == true) sink.Flag("payload_is_text");
        if (properties.ContentType is { } contentType) sink.Text("content_type", contentType);
        if (properties.ResponseTopic is { } response) sink.Text("response_topic", response);
        if (properties.CorrelationData is { } correlation) sink.Bytes("correlation_data", correlation);
        Extras(null, properties.UserProperties, sink);
    }

    private static void Reason(ReasonCode code, IPacketFieldSink sink) => sink.Text("reason", Describe(code));

    private static void Extras(string? reason, IReadOnlyList<UserProperty> pairs, IPacketFieldSink sink)
    {
        if (reason is not null) sink.Text("reason_string", reason);
        if (pairs.Count > 0) sink.List("user_properties", [.. pairs.Select(pair => $"{pair.Name}={pair.Value}")]);
    }

    private static string DescribeGranted(ReasonCode code) =>
        code <= ReasonCode.GrantedQoS2 ? string.Create(CultureInfo.InvariantCulture, $"QoS {(int)code}") : Describe(code);

    private static string Describe(Subscription subscription)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{subscription.Filter} QoS {(int)subscription.MaximumQoS}");
        if (subscription.NoLocal) text += " no-local";
        if (subscription.RetainAsPublished) text += " retain-as-published";
        return subscription.RetainHandling switch
        {
            RetainHandling.SendIfNewSubscription => text + " retained-if-new",
            RetainHandling.DoNotSend => text + " no-retained",
            _ => text,
        };
    }
}
