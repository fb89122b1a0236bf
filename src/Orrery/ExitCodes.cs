using Orrery.Client;
using Orrery.Mqtt;

namespace Orrery;

/// <summary>What `orrery pub`, `sub` and `rr` exit with, in the numbers of mosquitto's clients.</summary>
internal static class ExitCodes
{
    /// <summary>It did what it was asked to.</summary>
    public const int Success = 0;

    /// <summary>The arguments make no sense, or the server cannot be reached.</summary>
    public const int Failure = 1;

    /// <summary>The server broke the protocol.</summary>
    public const int ProtocolViolation = 2;

    /// <summary>The connection was lost.</summary>
    public const int ConnectionLost = 7;

    /// <summary>The server did not answer a PINGREQ.</summary>
    public const int KeepAlive = 19;

    /// <summary>The time of -W is over.</summary>
    public const int TimedOut = 27;

    /// <summary>The code for a connection that was refused or that ended.</summary>
    public static int Of(MqttClientException failure, MqttVersion version) => failure.Cause switch
    {
        DisconnectCause.Refused => OfRefusal(failure.ReasonCode!.Value, version),
        DisconnectCause.ByServer => (int)(failure.ReasonCode ?? ReasonCode.UnspecifiedError),
        DisconnectCause.ProtocolViolation => ProtocolViolation,
        DisconnectCause.Timeout => KeepAlive,
        _ => ConnectionLost,
    };

    // The number that was in CONNACK: MQTT 3 counts from 1 to 5.
    private static int OfRefusal(ReasonCode code, MqttVersion version) => (version, code) switch
    {
        (MqttVersion.V5, _) => (int)code,
        (_, ReasonCode.UnsupportedProtocolVersion) => 1,
        (_, ReasonCode.ClientIdentifierNotValid) => 2,
        (_, ReasonCode.BadUserNameOrPassword) => 4,
        (_, ReasonCode.NotAuthorized) => 5,
        _ => 3,
    };
}
