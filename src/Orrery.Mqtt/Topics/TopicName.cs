using System.Diagnostics.CodeAnalysis;
using Orrery.Mqtt.Text;

namespace Orrery.Mqtt.Topics;

/// <summary>What a message is published to (MQTT 5 §4.7). Immutable, so any thread may read it.</summary>
/// <remarks>Two names are equal if their bytes are: nothing is normalised [MQTT-4.7.3-4].</remarks>
public sealed class TopicName : IEquatable<TopicName>
{
    private readonly byte[] _utf8;

    // Made when first asked for. Two threads may both make it, which costs a string and harms nothing.
    private string? _text;

    private TopicName(byte[] utf8, string? text)
    {
        _utf8 = utf8;
        _text = text;
        Hash = Hashing.Hash(utf8);
        LevelCount = utf8.AsSpan().Count(TopicLevels.Separator) + 1;
    }

    /// <summary>The bytes as they stand in a packet, without the length.</summary>
    /// <value>1 to 65,535 bytes of valid UTF-8.</value>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The same bytes as <see cref="Utf8"/>.</summary>
    public ReadOnlyMemory<byte> Utf8Memory => _utf8;

    /// <summary><see cref="Hashing.Hash"/> of the bytes.</summary>
    public ulong Hash { get; }

    /// <summary>The levels from left to right.</summary>
    public TopicLevels Levels => new(_utf8);

    /// <summary>How many levels there are, empty ones included: 1 to 65,536.</summary>
    public int LevelCount { get; }

    /// <summary>True if the name starts with '$', which no filter that starts with a wildcard matches [MQTT-4.7.2-1].</summary>
    public bool IsSystem => _utf8[0] == (byte)'$';

    /// <summary>Accepts the bytes of a valid topic name and copies them.</summary>
    /// <returns>
    /// False if there is no byte or more than 65,535 of them [MQTT-4.7.3-1, MQTT-4.7.3-3], if they are not valid
    /// UTF-8 or hold U+0000 [MQTT-3.3.2-1, MQTT-4.7.3-2], or if there is a wildcard [MQTT-3.3.2-2].
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TopicName? topic)
    {
        topic = IsValid(utf8) ? new TopicName(utf8.ToArray(), null) : null;
        return topic is not null;
    }

    /// <summary>Accepts the text of a valid topic name.</summary>
    /// <returns>False for what <see cref="TryParse(ReadOnlySpan{byte}, out TopicName?)"/> refuses, and for a lone surrogate.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicName? topic)
    {
        topic = MqttUtf8.TryGetBytes(text, out var utf8) && IsValid(utf8) ? new TopicName(utf8, text) : null;
        return topic is not null;
    }

    /// <summary>Accepts text that is known to be valid, such as a literal.</summary>
    /// <exception cref="ArgumentException">It is no valid topic name.</exception>
    public static TopicName Parse(string text) => TryParse(text, out var topic)
        ? topic
        : throw new ArgumentException($"'{text}' is no topic name", nameof(text));

    /// <summary>True if the bytes are a valid topic name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MqttUtf8.BytesMax && !utf8.ContainsAny("+#"u8) && MqttUtf8.IsValid(utf8);

    /// <inheritdoc/>
    public bool Equals(TopicName? other) =>
        other is not null && (ReferenceEquals(this, other) || (Hash == other.Hash && Utf8.SequenceEqual(other.Utf8)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TopicName);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash;

    /// <summary>The name as text.</summary>
    public override string ToString() => _text ??= MqttUtf8.GetString(_utf8);
}
