using Orrery.Mqtt;

namespace Orrery.Client;

/// <summary>A connection that could not be made, or that ended while something was expected of it.</summary>
public sealed class MqttClientException : Exception
{
    /// <summary>Makes an exception without details.</summary>
    public MqttClientException()
        : this("the connection ended")
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public MqttClientException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and what it came from.</summary>
    public MqttClientException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal MqttClientException(ClientEvent.Disconnected ended)
        : base(ended.Detail)
    {
        Cause = ended.Cause;
        ReasonCode = ended.ReasonCode;
    }

    /// <summary>Who ended the connection.</summary>
    public DisconnectCause Cause { get; } = DisconnectCause.TransportLost;

    /// <summary>The code in CONNACK or DISCONNECT; null where there was none. A refusal in MQTT 3 is given in the names of MQTT 5.</summary>
    public ReasonCode? ReasonCode { get; }
}
