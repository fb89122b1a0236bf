using System.Text.Json;
using System.Text.Unicode;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Storage.Transfer;

/// <summary>An application message as members of a JSON object.</summary>
internal static class MessageJson
{
    /// <summary>Writes the members.</summary>
    public static void Write(Utf8JsonWriter writer, ApplicationMessage message)
    {
        writer.WriteString("topic", message.Topic.Utf8);
        if (Utf8.IsValid(message.Payload.Span)) writer.WriteString("payload", message.Payload.Span);
        else writer.WriteBase64String("payload_base64", message.Payload.Span);
        writer.WriteNumber("publish_qos", (int)message.QoS);
        writer.WriteBoolean("publish_retain", message.Retain);
        if (message.ExpiresAtTicks != 0) writer.WriteNumber("message_expires_at", message.ExpiresAtTicks);
        if (message.Properties is not { } set) return;
        writer.WriteStartObject("properties");
        if (set.PayloadIsUtf8 is { } isUtf8) writer.WriteBoolean("payload_is_utf8", isUtf8);
        if (set.MessageExpiryIntervalSeconds is { } expiry) writer.WriteNumber("expiry_seconds", expiry);
        if (set.ContentType is { } contentType) writer.WriteString("content_type", contentType);
        if (set.ResponseTopic is { } responseTopic) writer.WriteString("response_topic", responseTopic);
        if (set.CorrelationData is { } correlation) writer.WriteBase64String("correlation_base64", correlation.Span);
        writer.WriteStartArray("user");
        foreach (var pair in set.UserProperties)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(pair.Name);
            writer.WriteStringValue(pair.Value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null for an object without a topic: it names a message that came before.</returns>
    /// <exception cref="FormatException">A member is wrong.</exception>
    public static ApplicationMessage? Read(JsonElement json)
    {
        if (!json.TryGetProperty("topic", out var topic)) return null;
        if (!TopicName.TryParse(topic.GetString()!, out var name)) throw new FormatException($"'{topic}' is no topic");
        return new ApplicationMessage
        {
            Topic = name,
            Payload = json.TryGetProperty("payload_base64", out var bytes)
                ? bytes.GetBytesFromBase64()
                : System.Text.Encoding.UTF8.GetBytes(json.GetProperty("payload").GetString()!),
            QoS = (QoS)json.GetProperty("publish_qos").GetByte(),
            Retain = json.GetProperty("publish_retain").GetBoolean(),
            ExpiresAtTicks = json.TryGetProperty("message_expires_at", out var expires) ? expires.GetInt64() : 0,
            Properties = json.TryGetProperty("properties", out var properties) ? ReadProperties(properties) : null,
        };
    }

    private static MessageProperties ReadProperties(JsonElement json)
    {
        ReadOnlyMemory<byte>? correlation = null;           // not by a conditional: null would become no bytes
        if (json.TryGetProperty("correlation_base64", out var bytes)) correlation = bytes.GetBytesFromBase64();
        return new MessageProperties(
            json.TryGetProperty("payload_is_utf8", out var isUtf8) ? isUtf8.GetBoolean() : null,
            json.TryGetProperty("expiry_seconds", out var expiry) ? expiry.GetUInt32() : null,
            json.TryGetProperty("content_type", out var contentType) ? contentType.GetString() : null,
            json.TryGetProperty("response_topic", out var responseTopic) ? responseTopic.GetString() : null,
            correlation,
            [.. json.GetProperty("user").EnumerateArray().Select(pair => new UserProperty(pair[0].GetString()!, pair[1].GetString()!))]);
    }
}
