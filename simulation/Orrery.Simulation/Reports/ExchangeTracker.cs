using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Reports;

/// <summary>Knows which message an acknowledgement is about, and how far its exchange is. Follows a history in its order.</summary>
/// <remarks>An exchange outlives its connection, so it goes by the client, who sends, and the packet identifier.</remarks>
internal sealed class ExchangeTracker
{
    private readonly Dictionary<(string Client, bool IsToBroker, ushort Identifier), PublishPacket> _publishes = [];

    /// <summary>Where in its exchange a packet stands, such as `2 of 4 for a/b`; null for packets that belong to none.</summary>
    public string? Follow(HistoryEvent happened)
    {
        if (happened is not { Packet: { } wire, Connection: { } connection }) return null;
        if (StageOf(wire.Packet) is not { } stage) return null;

        // A PUBLISH and its PUBREL go one way, what answers them the other.
        var isForward = wire.Packet is PublishPacket or PubRelPacket;
        var key = (ClientOf(connection), isForward == wire.IsToBroker, stage.Identifier);
        if (wire.Packet is PublishPacket publish) _publishes[key] = publish;
        var topic = _publishes.GetValueOrDefault(key)?.Message.Topic.ToString();
        return wire.Packet is PublishPacket || topic is null ? stage.Text : $"{stage.Text} for {topic}";
    }

    /// <summary>The client of a connection, `sensor` of `sensor#2`.</summary>
    public static string ClientOf(string connection) => connection.LastIndexOf('#') is var end and > 0 ? connection[..end] : connection;

    private static (ushort Identifier, string Text)? StageOf(Packet packet) => packet switch
    {
        PublishPacket { Message.QoS: QoS.AtLeastOnce } publish => (publish.PacketIdentifier.Value, "1 of 2"),
        PublishPacket { Message.QoS: QoS.ExactlyOnce } publish => (publish.PacketIdentifier.Value, "1 of 4"),
        PubAckPacket acknowledgement => (acknowledgement.PacketIdentifier.Value, "2 of 2"),
        PubRecPacket acknowledgement => (acknowledgement.PacketIdentifier.Value, "2 of 4"),
        PubRelPacket acknowledgement => (acknowledgement.PacketIdentifier.Value, "3 of 4"),
        PubCompPacket acknowledgement => (acknowledgement.PacketIdentifier.Value, "4 of 4"),
        _ => null,
    };
}
