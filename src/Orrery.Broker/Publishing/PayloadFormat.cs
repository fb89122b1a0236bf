using System.Text.Unicode;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Publishing;

/// <summary>The Payload Format Indicator (MQTT 5 §3.3.2.3.2).</summary>
internal static class PayloadFormat
{
    /// <summary>True if the message is said to be UTF-8, and its payload is not.</summary>
    public static bool IsBroken(ApplicationMessage message) =>
        message.Properties?.PayloadIsUtf8 == true && !Utf8.IsValid(message.Payload.Span);
}
