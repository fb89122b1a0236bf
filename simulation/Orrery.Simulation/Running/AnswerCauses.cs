using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Running;

/// <summary>Which packet an answer answers, by type and packet identifier.</summary>
internal sealed class AnswerCauses
{
    private readonly Dictionary<(ControlPacketType Type, ushort Identifier), int> _read = [];

    /// <summary>A packet was read.</summary>
    public void OnRead(Packet packet, int index)
    {
        if (index >= 0) _read[(packet.Type, IdentifierOf(packet))] = index;
    }

    /// <summary>The index of the packet that another one answers; -1 for none.</summary>
    public int Of(Packet answer)
    {
        ControlPacketType? answered = answer.Type switch
        {
            ControlPacketType.ConnAck => ControlPacketType.Connect,
            ControlPacketType.PubAck or ControlPacketType.PubRec => ControlPacketType.Publish,
            ControlPacketType.PubRel => ControlPacketType.PubRec,
            ControlPacketType.PubComp => ControlPacketType.PubRel,
            ControlPacketType.SubAck => ControlPacketType.Subscribe,
            ControlPacketType.UnsubAck => ControlPacketType.Unsubscribe,
            ControlPacketType.PingResp => ControlPacketType.PingReq,
            _ => null,
        };
        return answered is { } type && _read.TryGetValue((type, IdentifierOf(answer)), out var index) ? index : -1;
    }

    private static ushort IdentifierOf(Packet packet) => packet switch
    {
        PublishPacket publish => publish.PacketIdentifier.Value,
        AcknowledgementPacket acknowledgement => acknowledgement.PacketIdentifier.Value,
        SubscribePacket subscribe => subscribe.PacketIdentifier.Value,
        SubAckPacket subAck => subAck.PacketIdentifier.Value,
        UnsubscribePacket unsubscribe => unsubscribe.PacketIdentifier.Value,
        UnsubAckPacket unsubAck => unsubAck.PacketIdentifier.Value,
        _ => 0,
    };
}

/// <summary>Where the messages that a node passes on came from, by topic and payload.</summary>
internal sealed class MessageOrigins
{
    private readonly Dictionary<(ulong Topic, ulong Payload), int> _origins = [];

    /// <summary>A packet was read that may bring a message: a PUBLISH, or a CONNECT with a will.</summary>
    public void OnRead(Packet packet, int index)
    {
        var message = packet is PublishPacket publish ? publish.Message : (packet as ConnectPacket)?.Will?.Message;
        if (index >= 0 && message is not null) _origins[KeyOf(message)] = index;
    }

    /// <summary>A message comes from an event.</summary>
    public void Add(ApplicationMessage message, int index)
    {
        if (index >= 0) _origins[KeyOf(message)] = index;
    }

    /// <summary>Where a PUBLISH came from; -1 for nowhere known, and for any other packet.</summary>
    public int Of(Packet packet) => packet is PublishPacket publish && _origins.TryGetValue(KeyOf(publish.Message), out var index) ? index : -1;

    private static (ulong, ulong) KeyOf(ApplicationMessage message) => (message.Topic.Hash, Hashing.Hash(message.Payload.Span));
}
