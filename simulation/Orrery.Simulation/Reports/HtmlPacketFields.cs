using System.Globalization;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Reports;

/// <summary>What a packet says beyond type, identifier, flags, topic and reason: a line `name: value` for each field.</summary>
internal static class HtmlPacketFields
{
    /// <summary>The lines; empty where there is nothing more to say.</summary>
    public static string Of(Packet packet)
    {
        var lines = new Lines();
        switch (packet)
        {
            case ConnectPacket connect: Connect(lines, connect); break;
            case ConnAckPacket connAck: ConnAck(lines, connAck); break;
            case PublishPacket publish: Publish(lines, publish); break;
            case AcknowledgementPacket acknowledgement:
                lines.Add("Reason string", acknowledgement.ReasonString);
                lines.Add(acknowledgement.UserProperties);
                break;
            case SubscribePacket subscribe:
                foreach (var subscription in subscribe.Subscriptions) lines.Add("Filter", Describe(subscription));
                lines.Add("Subscription identifier", subscribe.SubscriptionIdentifier);
                lines.Add(subscribe.UserProperties);
                break;
            case SubAckPacket subAck:
                foreach (var code in subAck.ReasonCodes) lines.Add("Answer", NameOf(code));
                lines.Add("Reason string", subAck.ReasonString);
                lines.Add(subAck.UserProperties);
                break;
            case UnsubscribePacket unsubscribe:
                foreach (var filter in unsubscribe.Filters) lines.Add("Filter", filter.ToString());
                lines.Add(unsubscribe.UserProperties);
                break;
            case UnsubAckPacket unsubAck:
                foreach (var code in unsubAck.ReasonCodes) lines.Add("Answer", NameOf(code));
                lines.Add("Reason string", unsubAck.ReasonString);
                lines.Add(unsubAck.UserProperties);
                break;
            case DisconnectPacket disconnect:
                lines.Add("Session expiry interval", disconnect.SessionExpiryIntervalSeconds, "s");
                lines.Add("Reason string", disconnect.ReasonString);
                lines.Add("Server reference", disconnect.ServerReference);
                lines.Add(disconnect.UserProperties);
                break;
            case AuthPacket auth:
                lines.Add("Authentication method", auth.AuthenticationMethod);
                lines.Add("Authentication data", auth.AuthenticationData);
                lines.Add("Reason string", auth.ReasonString);
                lines.Add(auth.UserProperties);
                break;
        }
        return lines.ToString();
    }

    /// <summary>A code's name and number.</summary>
    public static string NameOf(ReasonCode code) => string.Create(CultureInfo.InvariantCulture, $"{code} (0x{(int)code:x2})");

    private static void Connect(Lines lines, ConnectPacket connect)
    {
        lines.Add("Protocol", connect.Version switch { MqttVersion.V31 => "MQTT 3.1", MqttVersion.V311 => "MQTT 3.1.1", _ => "MQTT 5.0" });
        lines.Add("Client identifier", connect.ClientId.Length == 0 ? "(empty: the broker chooses)" : connect.ClientId);
        lines.Add(connect.Version == MqttVersion.V5 ? "Clean start" : "Clean session", connect.CleanStart);
        lines.Add("Keep alive", connect.KeepAliveSeconds, "s");
        lines.Add("Session expiry interval", connect.SessionExpiryIntervalSeconds, "s");
        lines.Add("Receive maximum", connect.ReceiveMaximum);
        lines.Add("Maximum packet size", connect.MaximumPacketSize);
        lines.Add("Topic alias maximum", connect.TopicAliasMaximum);
        lines.Add("Request response information", connect.RequestResponseInformation);
        lines.Add("Request problem information", connect.RequestProblemInformation);
        lines.Add("User name", connect.UserName);
        lines.Add("Password", connect.Password);
        lines.Add("Authentication method", connect.AuthenticationMethod);
        lines.Add("Authentication data", connect.AuthenticationData);
        if (connect.Will is { } will)
        {
            lines.Add("Will topic", will.Message.Topic.ToString());
            lines.Add("Will payload", TextOf(will.Message.Payload));
            lines.Add("Will QoS", (int)will.Message.QoS);
            lines.Add("Will retain", will.Message.Retain);
            lines.Add("Will delay interval", will.DelayIntervalSeconds, "s");
            Properties(lines, "Will ", will.Message.Properties);
        }
        lines.Add(connect.UserProperties);
    }

    private static void ConnAck(Lines lines, ConnAckPacket connAck)
    {
        lines.Add("Session present", connAck.SessionPresent);
        lines.Add("Session expiry interval", connAck.SessionExpiryIntervalSeconds, "s");
        lines.Add("Server keep alive", connAck.ServerKeepAliveSeconds, "s");
        lines.Add("Receive maximum", connAck.ReceiveMaximum);
        lines.Add("Maximum QoS", connAck.MaximumQoS is { } qos ? (int)qos : null);
        lines.Add("Retain available", connAck.RetainAvailable);
        lines.Add("Maximum packet size", connAck.MaximumPacketSize);
        lines.Add("Assigned client identifier", connAck.AssignedClientIdentifier);
        lines.Add("Topic alias maximum", connAck.TopicAliasMaximum);
        lines.Add("Wildcard subscription available", connAck.WildcardSubscriptionAvailable);
        lines.Add("Subscription identifiers available", connAck.SubscriptionIdentifiersAvailable);
        lines.Add("Shared subscription available", connAck.SharedSubscriptionAvailable);
        lines.Add("Response information", connAck.ResponseInformation);
        lines.Add("Server reference", connAck.ServerReference);
        lines.Add("Authentication method", connAck.AuthenticationMethod);
        lines.Add("Authentication data", connAck.AuthenticationData);
        lines.Add("Reason string", connAck.ReasonString);
        lines.Add(connAck.UserProperties);
    }

    private static void Publish(Lines lines, PublishPacket publish)
    {
        if (publish.TopicAlias != 0) lines.Add("Topic alias", publish.TopicAlias);
        foreach (var identifier in publish.SubscriptionIdentifiers) lines.Add("Subscription identifier", identifier);
        Properties(lines, "", publish.Message.Properties);
    }

    private static void Properties(Lines lines, string prefix, MessageProperties? properties)
    {
        if (properties is null) return;
        lines.Add(prefix + "Payload is UTF-8", properties.PayloadIsUtf8);
        lines.Add(prefix + "Message expiry interval", properties.MessageExpiryIntervalSeconds, "s");
        lines.Add(prefix + "Content type", properties.ContentType);
        lines.Add(prefix + "Response topic", properties.ResponseTopic);
        lines.Add(prefix + "Correlation data", properties.CorrelationData);
        lines.Add(properties.UserProperties);
    }

    private static string Describe(Subscription subscription)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{subscription.Filter}, QoS {(int)subscription.MaximumQoS}");
        if (subscription.NoLocal) text.Append(", no local");
        if (subscription.RetainAsPublished) text.Append(", retain as published");
        if (subscription.RetainHandling != RetainHandling.SendAtSubscribe) text.Append(CultureInfo.InvariantCulture, $", retain handling {(int)subscription.RetainHandling}");
        return text.ToString();
    }

    private static string TextOf(ReadOnlyMemory<byte> bytes) => bytes.Length == 0 ? "(empty)" : Encoding.UTF8.GetString(bytes.Span);

    private sealed class Lines
    {
        private readonly StringBuilder _text = new();

        public void Add(string name, string? value)
        {
            if (value is null) return;
            if (_text.Length > 0) _text.Append('\n');
            _text.Append(name).Append(": ").Append(HtmlText.Clean(value));
        }

        public void Add(string name, bool? value)
        {
            if (value is { } known) Add(name, known ? "yes" : "no");
        }

        public void Add(string name, long? value, string unit = "")
        {
            if (value is { } known) Add(name, string.Create(CultureInfo.InvariantCulture, $"{known}{(unit.Length > 0 ? " " : "")}{unit}"));
        }

        public void Add(string name, ReadOnlyMemory<byte>? value)
        {
            if (value is { } known) Add(name, Convert.ToHexStringLower(known.Span[..Math.Min(known.Length, 64)]) + (known.Length > 64 ? "\u2026" : ""));
        }

        public void Add(IReadOnlyList<UserProperty> properties)
        {
            foreach (var (name, value) in properties) Add("User property", $"{name} = {value}");
        }

        public override string ToString() => _text.ToString();
    }
}
