using Orrery.Mqtt;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Topics;

/// <summary>One walk down the tree along a topic's levels, collecting who subscribes. Lives on the stack.</summary>
internal readonly ref struct TopicMatcher
{
    private readonly ReadOnlySpan<Level> _levels;           // as many as the tree may be deep, and one
    private readonly ReadOnlySpan<byte> _topic;
    private readonly bool _isSystem;
    private readonly List<SubscriberEntry> _entries;

    private TopicMatcher(TopicName topic, ReadOnlySpan<Level> levels, List<SubscriberEntry> entries)
    {
        _topic = topic.Utf8;
        _levels = levels;
        _isSystem = topic.IsSystem;
        _entries = entries;
    }

    /// <summary>Adds every entry whose filter matches the topic.</summary>
    public static void Match(TopicNode root, TopicName topic, int levelsMax, List<SubscriberEntry> entries)
    {
        // No node is deeper than levelsMax, so of a deeper topic one level more is enough to tell that it goes on.
        Span<Level> levels = stackalloc Level[Math.Min(topic.LevelCount, levelsMax + 1)];
        Split(topic.Utf8, levels);
        new TopicMatcher(topic, levels, entries).Visit(root, 0);
    }

    private static void Split(ReadOnlySpan<byte> topic, Span<Level> levels)
    {
        var start = 0;
        foreach (ref var level in levels)
        {
            var length = topic[start..].IndexOf(TopicLevels.Separator);
            if (length < 0) length = topic.Length - start;
            level = new Level(Hashing.Hash(topic.Slice(start, length)), start, length);
            start += length + 1;
        }
    }

    private void Visit(TopicNode node, int depth)
    {
        var view = node.View.Value;

        // A filter that starts with a wildcard leaves out topics that start with '$' [MQTT-4.7.2-1].
        var wildcards = depth > 0 || !_isSystem;
        if (wildcards) view.MultiLevelSubscribers.CopyTo(_entries);
        if (depth == _levels.Length)
        {
            view.Subscribers.CopyTo(_entries);
            return;
        }

        if (view.Children is { } children)
        {
            var level = _levels[depth];
            if (children.TryGet(level.Hash, _topic.Slice(level.Start, level.Length), out var child)) Visit(child, depth + 1);
        }

        if (wildcards && view.SingleLevelChild is { } single) Visit(single, depth + 1);
    }

    private readonly record struct Level(ulong Hash, int Start, int Length);
}
