namespace Orrery.Broker.Statistics;

/// <summary>What a broker counts by reason code.</summary>
public enum ReasonCounter
{
    /// <summary>CONNECTs refused; the code of CONNACK in the words of MQTT 5, whatever the client's version.</summary>
    ConnectRefused,

    /// <summary>Connections that the broker closed; the code of DISCONNECT, also where the version has none.</summary>
    ClosedByBroker,

    /// <summary>Connections that the client ended with DISCONNECT.</summary>
    ClosedByClient,
}
