namespace Orrery.Server.Options;

/// <summary>What all brokers of a host share: its sockets and its way of stopping. Bound from the configuration section "Mqtt".</summary>
public sealed class MqttServerOptions
{
    /// <summary>The configuration section that <see cref="MqttServerOptions"/> and <see cref="MqttBrokerOptions"/> are bound from.</summary>
    public const string Section = "Mqtt";

    /// <summary>How long a stopping host waits for goodbyes to be sent before it drops the connections that are left.</summary>
    /// <value>Seconds, 0 to 3,600. Default: 5. 0 drops them at once.</value>
    public int ShutdownTimeoutSeconds { get; set; } = 5;

    /// <summary>How long a connection that the broker closes may take to accept what was already written to it.</summary>
    /// <value>Seconds, 1 to 3,600. Default: 5. A peer that reads nothing is then dropped.</value>
    public int CloseTimeoutSeconds { get; set; } = 5;

    /// <summary>Connections that the operating system keeps waiting while the host is busy accepting others.</summary>
    /// <value>1 to 65,535. Default: 4,096; the system may have a lower limit of its own.</value>
    public int Backlog { get; set; } = 4_096;
}
