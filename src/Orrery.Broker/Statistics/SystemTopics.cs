using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Statistics;

/// <summary>The part of the topics that only the broker writes: "$SYS" and all below it.</summary>
internal static class SystemTopics
{
    /// <summary>Whether a topic is the broker's own.</summary>
    public static bool Contains(TopicName topic)
    {
        var text = topic.Utf8;
        return text.StartsWith("$SYS"u8) && (text.Length == 4 || text[4] == TopicLevels.Separator);
    }
}
