using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Persistence;

/// <summary>One application message of the store, which is kept once however many queues and topics refer to it.</summary>
public sealed class StoredMessage
{
    /// <summary>A message that the store does not know yet.</summary>
    public StoredMessage(ApplicationMessage message) => Message = message;

    /// <summary>The message.</summary>
    public ApplicationMessage Message { get; }

    /// <summary>Its number in the store, which grows in the order in which the store is told of messages; 0 while it was not told.</summary>
    public long Id { get; set; }
}
