using System.Diagnostics.CodeAnalysis;
using Orrery.Mqtt.Text;

namespace Orrery.Mqtt.Topics;

/// <summary>What a client subscribes to: a topic that may hold wildcards (MQTT 5 §4.7). Immutable.</summary>
/// <remarks>
/// "$share/NAME/FILTER" is a shared subscription (§4.8.2). MQTT 3.1.1 has none, but its clients use the same form, so
/// it means the same in every version. Two filters are equal if their whole text is [MQTT-4.7.3-4].
/// </remarks>
public sealed class TopicFilter : IEquatable<TopicFilter>
{
    private const byte SingleLevelWildcard = (byte)'+';
    private const byte MultiLevelWildcard = (byte)'#';

    private readonly byte[] _utf8;
    private readonly int _matchedFrom;                      // where the part after "$share/NAME/" starts, else 0
    private readonly ReadOnlyMemory<byte>[] _levels;
    private readonly string _text;

    private TopicFilter(byte[] utf8, int matchedFrom)
    {
        _utf8 = utf8;
        _text = MqttUtf8.GetString(utf8);
        _matchedFrom = matchedFrom;
        _levels = Split(utf8.AsMemory(matchedFrom));
        Hash = Hashing.Hash(utf8);
        HasWildcards = Matched.ContainsAny(SingleLevelWildcard, MultiLevelWildcard);
        ShareName = matchedFrom == 0
            ? null
            : MqttUtf8.GetString(utf8.AsSpan(SharePrefix.Length, matchedFrom - SharePrefix.Length - 1));
    }

    private static ReadOnlySpan<byte> SharePrefix => "$share/"u8;

    /// <summary>The bytes of the whole filter, "$share/NAME/" included: 1 to 65,535 of them.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The same bytes as <see cref="Utf8"/>.</summary>
    public ReadOnlyMemory<byte> Utf8Memory => _utf8;

    /// <summary><see cref="Hashing.Hash"/> of <see cref="Utf8"/>.</summary>
    public ulong Hash { get; }

    /// <summary>True for a shared subscription.</summary>
    [MemberNotNullWhen(true, nameof(ShareName))]
    public bool IsShared => ShareName is not null;

    /// <summary>Which group shares the messages; null without one.</summary>
    public string? ShareName { get; }

    /// <summary>The levels of the part that topics are matched against, so without "$share/NAME/". At least one.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Levels => _levels;

    /// <summary>True if the part that topics are matched against holds '+' or '#'.</summary>
    public bool HasWildcards { get; }

    private ReadOnlySpan<byte> Matched => _utf8.AsSpan(_matchedFrom);

    /// <summary>Accepts the bytes of a valid topic filter and copies them.</summary>
    /// <param name="utf8">The bytes as they stand in a packet, without the length.</param>
    /// <param name="filter">The filter, or null.</param>
    /// <param name="reason">Why it is none, as a clause that starts with the statement it breaks; or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out TopicFilter? filter,
        [NotNullWhen(false)] out string? reason)
    {
        filter = null;
        reason = Refuse(utf8, out var matchedFrom);
        if (reason is not null) return false;
        filter = new TopicFilter(utf8.ToArray(), matchedFrom);
        return true;
    }

    /// <summary>Accepts the text of a valid topic filter.</summary>
    /// <param name="text">The whole filter.</param>
    /// <param name="filter">The filter, or null.</param>
    /// <param name="reason">Why it is none, as a clause that starts with the statement it breaks; or null.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out TopicFilter? filter,
        [NotNullWhen(false)] out string? reason)
    {
        if (MqttUtf8.TryGetBytes(text, out var utf8)) return TryParse(utf8, out filter, out reason);
        filter = null;
        reason = "MQTT-1.5.4-1: it is not text that UTF-8 can hold in 65,535 bytes";
        return false;
    }

    /// <summary>Accepts text that is known to be valid, such as a literal.</summary>
    /// <exception cref="ArgumentException">It is no valid topic filter.</exception>
    public static TopicFilter Parse(string text) => TryParse(text, out var filter, out var reason)
        ? filter
        : throw new ArgumentException($"'{text}' is no topic filter: {reason}", nameof(text));

    /// <summary>True if a message published to the topic belongs to this subscription.</summary>
    /// <remarks>A filter that starts with a wildcard leaves out topics that start with '$' [MQTT-4.7.2-1].</remarks>
    public bool Matches(TopicName topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!HasWildcards) return Matched.SequenceEqual(topic.Utf8);
        if (topic.IsSystem && IsWildcard(_levels[0].Span)) return false;

        var depth = 0;
        foreach (var level in topic.Levels)
        {
            if (depth == _levels.Length) return false;
            var wanted = _levels[depth].Span;
            if (wanted is [MultiLevelWildcard]) return true;
            if (wanted is not [SingleLevelWildcard] && !wanted.SequenceEqual(level)) return false;
            depth++;
        }

        // "sport/#" also matches "sport", the parent of all that '#' stands for (§4.7.1.2).
        return depth == _levels.Length || (depth == _levels.Length - 1 && _levels[depth].Span is [MultiLevelWildcard]);
    }

    /// <inheritdoc/>
    public bool Equals(TopicFilter? other) =>
        other is not null && (ReferenceEquals(this, other) || (Hash == other.Hash && Utf8.SequenceEqual(other.Utf8)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TopicFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash;

    /// <summary>The whole filter as text, "$share/NAME/" included.</summary>
    public override string ToString() => _text;

    private static string? Refuse(ReadOnlySpan<byte> utf8, out int matchedFrom)
    {
        matchedFrom = 0;
        if (utf8.IsEmpty) return "MQTT-4.7.3-1: it has no character";
        if (utf8.Length > MqttUtf8.BytesMax) return "MQTT-4.7.3-3: it is longer than 65,535 bytes";
        if (utf8.Contains((byte)0)) return "MQTT-4.7.3-2: it holds U+0000";
        if (!MqttUtf8.IsValid(utf8)) return "MQTT-1.5.4-1: it is not valid UTF-8";
        if (utf8.StartsWith(SharePrefix))
        {
            var name = utf8[SharePrefix.Length..];
            var end = name.IndexOf(TopicLevels.Separator);
            if (end == 0 || name.IsEmpty) return "MQTT-4.8.2-1: its share name is empty";
            if (end < 0 || end == name.Length - 1) return "MQTT-4.8.2-2: no filter follows its share name";
            if (name[..end].ContainsAny(SingleLevelWildcard, MultiLevelWildcard)) return "MQTT-4.8.2-2: its share name holds a wildcard";
            matchedFrom = SharePrefix.Length + end + 1;
        }
        return RefuseWildcards(utf8[matchedFrom..]);
    }

    private static string? RefuseWildcards(ReadOnlySpan<byte> matched)
    {
        var hashSeen = false;
        foreach (var level in new TopicLevels(matched))
        {
            if (hashSeen) return "MQTT-4.7.1-1: '#' is not its last level";
            if (IsWildcard(level))
            {
                hashSeen = level[0] == MultiLevelWildcard;
                continue;
            }
            if (level.Contains(MultiLevelWildcard)) return "MQTT-4.7.1-1: '#' shares a level with other characters";
            if (level.Contains(SingleLevelWildcard)) return "MQTT-4.7.1-2: '+' shares a level with other characters";
        }
        return null;
    }

    private static bool IsWildcard(ReadOnlySpan<byte> level) => level is [SingleLevelWildcard or MultiLevelWildcard];

    private static ReadOnlyMemory<byte>[] Split(ReadOnlyMemory<byte> matched)
    {
        var levels = new ReadOnlyMemory<byte>[matched.Span.Count(TopicLevels.Separator) + 1];
        var start = 0;
        for (var index = 0; index < levels.Length; index++)
        {
            var length = matched.Span[start..].IndexOf(TopicLevels.Separator);
            levels[index] = length < 0 ? matched[start..] : matched.Slice(start, length);
            start += length + 1;
        }
        return levels;
    }
}
