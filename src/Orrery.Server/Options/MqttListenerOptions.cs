namespace Orrery.Server.Options;

/// <summary>One address and port that a broker listens on, over TCP.</summary>
public sealed class MqttListenerOptions
{
    /// <summary>Both loopback addresses, 127.0.0.1 and, where the machine has IPv6, ::1.</summary>
    public const string Loopback = "localhost";

    /// <summary>Every address of the machine.</summary>
    public const string Any = "*";

    /// <summary>The port registered for MQTT over TCP.</summary>
    public const int DefaultPort = 1883;

    /// <summary>Where to listen.</summary>
    /// <value>An IPv4 or IPv6 address of this machine, <see cref="Loopback"/> (the default) or <see cref="Any"/>. Nothing but the
    /// loopback is open unless it is named here.</value>
    public string Address { get; set; } = Loopback;

    /// <summary>The TCP port.</summary>
    /// <value>0 to 65,535. Default: 1883. 0 takes a free port, which <see cref="Hosting.BrokerHost.EndPoints"/> tells.</value>
    public int Port { get; set; } = DefaultPort;
}
