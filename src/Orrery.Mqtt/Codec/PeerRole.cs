namespace Orrery.Mqtt.Codec;

/// <summary>Who sent the bytes, which decides what packets and values they may hold.</summary>
public enum PeerRole
{
    /// <summary>Bytes on their way to a broker.</summary>
    Client,

    /// <summary>Bytes on their way to a client.</summary>
    Server,
}
