using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Output;

/// <summary>A message as the JSON object of mosquitto's %j and %J.</summary>
/// <remarks>
/// The members are mosquitto's. Two values differ from version 2.0.11 on purpose: "tst" has no stray "Z" before the
/// offset, as in its manual; and a payload that is not UTF-8 is given as "payload_base64", where mosquitto prints
/// bytes that no JSON parser takes.
/// </remarks>
internal static class MessageJson
{
    /// <summary>The object with its payload as text.</summary>
    public static string WithText(PublishPacket packet, DateTimeOffset time, bool isPretty)
    {
        var json = Begin(packet, time, isPretty);
        var payload = packet.Message.Payload.Span;
        if (IsText(payload)) json.Text("payload", Encoding.UTF8.GetString(payload));
        else json.Text("payload_base64", Convert.ToBase64String(payload));
        json.Close();
        return json.ToString();
    }

    /// <summary>The object with its payload as JSON; null for a payload that is none.</summary>
    public static string? WithJson(PublishPacket packet, DateTimeOffset time, bool isPretty)
    {
        try
        {
            using var payload = JsonDocument.Parse(packet.Message.Payload);
            var json = Begin(packet, time, isPretty);
            json.Name("payload");
            json.Value(payload.RootElement);
            json.Close();
            return json.ToString();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)    // the second for half a surrogate pair
        {
            return null;
        }
    }

    private static JsonText Begin(PublishPacket packet, DateTimeOffset time, bool isPretty)
    {
        var message = packet.Message;
        var json = new JsonText(isPretty);
        json.Open();
        json.Text("tst", time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + StrfTime.Of('z', time));
        json.Text("topic", message.Topic.ToString());
        json.Number("qos", (int)message.QoS);
        json.Number("retain", message.Retain ? 1 : 0);
        json.Number("payloadlen", message.Payload.Length);
        if (message.QoS > QoS.AtMostOnce) json.Number("mid", packet.PacketIdentifier.Value);
        WriteProperties(json, packet);
        return json;
    }

    private static void WriteProperties(JsonText json, PublishPacket packet)
    {
        var properties = packet.Message.Properties;
        if (properties is null && packet.TopicAlias == 0 && packet.SubscriptionIdentifiers.Count == 0) return;
        json.Name("properties");
        json.Open();
        if (packet.TopicAlias != 0) json.Number("topic-alias", packet.TopicAlias);
        foreach (var identifier in packet.SubscriptionIdentifiers) json.Number("subscription-identifier", identifier);
        if (properties?.ContentType is { } contentType) json.Text("content-type", contentType);
        if (properties?.CorrelationData is { } correlation) json.Text("correlation-data", Encoding.UTF8.GetString(correlation.Span));
        if (properties?.ResponseTopic is { } responseTopic) json.Text("response-topic", responseTopic);
        if (properties?.PayloadIsUtf8 is { } isUtf8) json.Number("payload-format-indicator", isUtf8 ? 1 : 0);
        if (properties?.UserProperties is { Count: > 0 } pairs)
        {
            json.Name("user-properties");
            json.Open();
            foreach (var pair in pairs) json.Text(pair.Name, pair.Value);
            json.Close();
        }
        if (properties?.MessageExpiryIntervalSeconds is { } expiry) json.Number("message-expiry-interval", expiry);
        json.Close();
    }

    // A U+0000 is no text for MQTT, but it is for JSON.
    private static bool IsText(ReadOnlySpan<byte> payload) => System.Text.Unicode.Utf8.IsValid(payload);
}
