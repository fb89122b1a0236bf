using Orrery.Mqtt.Text;
using static Orrery.Mqtt.ReasonCode;

namespace Orrery.Mqtt.Codec;

/// <summary>The rules about topic names and filters, and the way to the one that bytes break.</summary>
internal static class TopicRules
{
    public static Rule NameHasWildcard { get; } = new(TopicNameInvalid, "MQTT-3.3.2-2", "MQTT-3.3.2-2",
        "A topic name holds a wildcard.");

    public static Rule NameIsEmpty { get; } = new(TopicNameInvalid, "MQTT-4.7.3-1", "MQTT-4.7.3-1",
        "A topic name has no character.");

    public static Rule NoNameAndNoAlias { get; } = new(ProtocolError, "MQTT 5 §3.3.2.1", null,
        "The topic name is empty and there is no Topic Alias.");

    public static Rule TooManyLevels { get; } = new(TopicNameInvalid, "TopicLevelsMax", null,
        "A topic name has more levels than the receiver takes.");

    public static Rule FilterHasTooManyLevels { get; } = new(TopicFilterInvalid, "TopicLevelsMax", null,
        "A topic filter has more levels than the receiver takes.");

    public static Rule FilterIsEmpty { get; } = new(TopicFilterInvalid, "MQTT-4.7.3-1", "MQTT-4.7.3-1",
        "A topic filter has no character.");

    public static Rule MultiLevelWildcard { get; } = new(TopicFilterInvalid, "MQTT-4.7.1-1", "MQTT-4.7.1-2",
        "A '#' is not alone in the last level.");

    public static Rule SingleLevelWildcard { get; } = new(TopicFilterInvalid, "MQTT-4.7.1-2", "MQTT-4.7.1-3",
        "A '+' is not alone in its level.");

    public static Rule ShareNameIsEmpty { get; } = new(TopicFilterInvalid, "MQTT-4.8.2-1", null,
        "The share name of a shared subscription has no character.");

    public static Rule ShareNameOrFilter { get; } = new(TopicFilterInvalid, "MQTT-4.8.2-2", null,
        "The share name of a shared subscription holds a wildcard or is followed by no filter.");

    /// <summary>Why bytes are no topic name.</summary>
    public static Rule WhyNoName(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return NameIsEmpty;
        if (!MqttUtf8.IsValid(utf8)) return utf8.Contains((byte)0) ? Rules.NullCharacter : Rules.IllFormedString;
        return NameHasWildcard;
    }

    /// <summary>Why valid UTF-8 is no topic filter.</summary>
    /// <param name="reason">What the filter's parser said: it starts with the statement.</param>
    public static Rule WhyNoFilter(string reason) => reason.AsSpan(0, reason.IndexOf(':', StringComparison.Ordinal)) switch
    {
        "MQTT-4.7.1-1" => MultiLevelWildcard,
        "MQTT-4.7.1-2" => SingleLevelWildcard,
        "MQTT-4.8.2-1" => ShareNameIsEmpty,
        "MQTT-4.8.2-2" => ShareNameOrFilter,
        _ => FilterIsEmpty,
    };
}
