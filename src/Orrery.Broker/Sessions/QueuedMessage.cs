using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sessions;

/// <summary>A message that waits for a session, or is in flight to its client.</summary>
internal sealed class QueuedMessage
{
    /// <summary>The share of a message that is neither topic nor payload, in bytes.</summary>
    public const int OverheadBytes = 16;

    public QueuedMessage(ApplicationMessage message, QoS qos, bool retain, uint[]? identifiers, long sequence, ShareOrigin? share = null)
    {
        Share = share;
        Message = message;
        QoS = qos;
        Retain = retain;
        Identifiers = identifiers;
        Sequence = sequence;
    }

    public ApplicationMessage Message { get; }

    /// <summary>The lower of what was published and what was granted.</summary>
    public QoS QoS { get; }

    /// <summary>The RETAIN flag that this subscriber sees.</summary>
    public bool Retain { get; }

    public uint[]? Identifiers { get; }

    /// <summary>The shared subscription that gave it to this session; null for a message of its own.</summary>
    public ShareOrigin? Share { get; }

    /// <summary>The message as the store knows it; null while it does not.</summary>
    public StoredMessage? Stored { get; set; }

    /// <summary>The queue of the store that holds it now: this session's, or a shared subscription's until it is begun; null for none.</summary>
    public StoredQueue? Holder { get; set; }

    /// <summary>True where it can be read again from this session's queue in the store.</summary>
    public bool IsPaged => Holder is not null && Share is null;

    /// <summary>The order of arrival in this session.</summary>
    public long Sequence { get; }

    /// <summary>What the limits count: topic, payload and a share for the rest, in bytes.</summary>
    public int Bytes => SizeOf(Message);

    public static int SizeOf(ApplicationMessage message) => message.Topic.Utf8.Length + message.Payload.Length + OverheadBytes;
}

/// <summary>Which shared subscription a message came through.</summary>
/// <param name="Group">Its actor, which wants to know what became of the message.</param>
/// <param name="SubscriptionId">This session's membership.</param>
/// <param name="Sequence">The message's place in the group's order.</param>
/// <param name="Queue">The group's queue in the store; null for none.</param>
internal sealed record ShareOrigin(IActorRef Group, long SubscriptionId, long Sequence, StoredQueue? Queue = null);
