namespace Orrery.Mqtt.Codec;

/// <summary>What a <see cref="PacketReader"/> accepts.</summary>
public sealed record PacketReaderOptions
{
    /// <summary>Who sends. Default: a client.</summary>
    public PeerRole Sender { get; init; } = PeerRole.Client;

    /// <summary>The version of the connection. Null, the default, learns it from CONNECT, so it fits a client's bytes only.</summary>
    public MqttVersion? Version { get; init; }

    /// <summary>The largest packet, in bytes with its fixed header. Default: 268,435,460, the protocol's own limit.</summary>
    /// <remarks>Checked as soon as the length has arrived, before anything is kept or allocated for the packet.</remarks>
    public uint MaximumPacketSize { get; init; } = PacketReader.PacketSizeMax;

    /// <summary>The highest topic alias, 0 to 65,535. Default: 0, so that every alias is refused [MQTT-3.3.2-9].</summary>
    /// <remarks>The reader keeps that many topic names at most.</remarks>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>How many levels a topic name or filter may have, 1 or more. Default: 128, more than any sane topic has.</summary>
    public int TopicLevelsMax { get; init; } = 128;

    /// <summary>How many filters, and how many user properties, one packet may hold, 1 or more. Default: 8,192.</summary>
    /// <remarks>A filter of one byte takes 4 bytes in a packet and some 200 in memory: this bounds the product.</remarks>
    public int ItemsPerPacketMax { get; init; } = 8_192;
}
