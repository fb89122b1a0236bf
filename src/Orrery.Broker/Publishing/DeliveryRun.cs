using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Publishing;

/// <summary>Messages in a row, of one publisher and one topic, that one grant lets through.</summary>
/// <param name="Messages">The publisher's batch, shared by every subscriber; never written after it was sent.</param>
/// <param name="Offset">The first message of the run.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Bytes">Their topics and payloads together, in bytes.</param>
/// <param name="HighestQoS">The highest QoS that one of them was published with.</param>
/// <param name="CanExpire">True when one of them has an expiry.</param>
/// <param name="Frames">Their packets as they arrived, where a subscriber of the same version gets those very bytes; else empty.</param>
/// <param name="FramesVersion">The version that <paramref name="Frames"/> are in.</param>
/// <param name="Grant">What the subscriber asked for.</param>
/// <param name="Stored">What the subscriber's queue in the store has of <paramref name="Messages"/>, at the same places; null for nothing.</param>
internal readonly record struct DeliveryRun(
    ApplicationMessage[] Messages, int Offset, int Count, int Bytes, QoS HighestQoS, bool CanExpire,
    ReadOnlyMemory<byte> Frames, MqttVersion FramesVersion, Grant Grant, StoredMessage?[]? Stored = null)
{
    /// <summary>True when nothing about these messages needs a session's decision: QoS 0, and no expiry.</summary>
    public bool IsPlain => !CanExpire && (HighestQoS == QoS.AtMostOnce || Grant.MaximumQoS == QoS.AtMostOnce);

    /// <summary>Whether a subscriber that speaks this version can be sent <see cref="Frames"/> as they are.</summary>
    public bool HasFramesFor(MqttVersion version) =>
        !Frames.IsEmpty && Grant.Identifiers is null && (version == MqttVersion.V5) == (FramesVersion == MqttVersion.V5);

    /// <summary>The bytes of the payloads alone: the topic is the same throughout.</summary>
    public int PayloadBytes => Bytes - (Count * (Messages[Offset].Topic.Utf8.Length + QueuedMessage.OverheadBytes));

    /// <summary>What the subscriber's queue has of one message of the run; null for nothing, as at QoS 0.</summary>
    public StoredMessage? StoredAt(int index) => Stored?[Offset + index];

    public ReadOnlySpan<ApplicationMessage> Span => Messages.AsSpan(Offset, Count);
}
