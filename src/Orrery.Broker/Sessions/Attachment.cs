using Orrery.Actors;
using Orrery.Mqtt;

namespace Orrery.Broker.Sessions;

/// <summary>What a session knows of the live connection it is bound to.</summary>
internal sealed class Attachment
{
    public Attachment(IActorRef connection, MqttVersion version, uint maximumPacketSize, int receiveMaximum, uint sessionExpiryIntervalSeconds)
    {
        ReceiveMaximum = receiveMaximum;
        Connection = connection;
        Version = version;
        MaximumPacketSize = maximumPacketSize;
        SessionExpiryIntervalSeconds = sessionExpiryIntervalSeconds;
    }

    public IActorRef Connection { get; }

    public MqttVersion Version { get; }

    /// <summary>The largest packet the client takes, in bytes [MQTT-3.1.2-24].</summary>
    public uint MaximumPacketSize { get; }

    /// <summary>QoS 1 and 2 publications that may be in flight to the client [MQTT-3.3.4-9].</summary>
    public int ReceiveMaximum { get; }

    /// <summary>QoS 1 and 2 publications that the client may have unanswered, as its CONNACK said [MQTT-3.3.4-7].</summary>
    public required int InboundMaximum { get; init; }

    /// <summary>Whether the session was there before this connection.</summary>
    public required bool HasResumed { get; init; }

    /// <summary>How long the session outlives this connection; DISCONNECT may change it.</summary>
    public uint SessionExpiryIntervalSeconds { get; set; }

    /// <summary>Bytes that were given to the connection and not yet reported as encoded.</summary>
    public long InTransitBytes { get; set; }

    /// <summary>The part of <see cref="InTransitBytes"/> for which no report was asked yet.</summary>
    public int UnreportedBytes { get; set; }
}
