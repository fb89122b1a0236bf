using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

/// <summary>One thing that happened in a run, as whoever watches all of the world sees it. Immutable.</summary>
public sealed record HistoryEvent
{
    /// <summary>The place in the one order of the history, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Virtual time since the start of the run.</summary>
    public required long Nanoseconds { get; init; }

    /// <summary>What it is about.</summary>
    public required HistoryKind Kind { get; init; }

    /// <summary>Whose lane it belongs to: the name of a client, a broker, a link, or "script".</summary>
    public required string Node { get; init; }

    /// <summary>The connection, `client#n`; null where there is none.</summary>
    public string? Connection { get; init; }

    /// <summary>The other end of the connection or link; null where there is none.</summary>
    public string? Peer { get; init; }

    /// <summary>The name of a decision, fault, timer, phase, disk operation or step; null elsewhere.</summary>
    public string? Name { get; init; }

    /// <summary>One clause for people; null where the rest says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>The packet that was sent or received, or the PUBLISH that was delivered; null elsewhere.</summary>
    public WirePacket? Packet { get; init; }

    /// <summary>What <see cref="HistoryKind.Malformed"/> sent, byte for byte; empty where bytes were read, and elsewhere.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The index of the event that led to this one: of a packet received its sending, of a packet sent what its sender
    /// received or decided before; -1 where nothing did.</summary>
    public int Cause { get; init; } = -1;
}

/// <summary>One packet of a connection, as bytes and decoded.</summary>
/// <param name="IsToBroker">Which way it goes.</param>
/// <param name="Number">Its number among the packets of that way of its connection, from 0.</param>
/// <param name="Version">The connection's version of MQTT.</param>
/// <param name="Packet">The packet.</param>
/// <param name="Bytes">Its bytes on the wire; never written to.</param>
public sealed record WirePacket(bool IsToBroker, int Number, MqttVersion Version, Packet Packet, ReadOnlyMemory<byte> Bytes);
