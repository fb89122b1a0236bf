using Orrery.Mqtt;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Testing;

/// <summary>What a client of the world asks of its broker. Times are rounded down to whole seconds where the protocol has seconds.</summary>
public sealed record TestClientOptions
{
    /// <summary>The version of MQTT. Default: 5.0.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>The client identifier. Default: null, the client's name.</summary>
    public string? ClientId { get; init; }

    /// <summary>Clean Start, which MQTT 3 calls Clean Session. Default: true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the session outlives a connection; MQTT 5 only. Default: zero.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Keep Alive; zero for none. Default: 60 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The will; null for none.</summary>
    public TestWill? Will { get; init; }

    /// <summary>Receive Maximum, 1 to 65,535; MQTT 5 only. Default: 65,535.</summary>
    public int ReceiveMaximum { get; init; } = 65_535;

    /// <summary>How long after the loss of a connection it connects again. Default: null, never.</summary>
    public TimeSpan? Reconnect { get; init; }

    /// <summary>Whether it remembers its session when it crashes. Default: true.</summary>
    public bool KeepsState { get; init; } = true;

    internal ClientNode ToNode() => new()
    {
        Protocol = new ProtocolChoice
        {
            Version = Version switch { MqttVersion.V5 => ProtocolVersion.V5, MqttVersion.V311 => ProtocolVersion.V311, _ => ProtocolVersion.V31 },
        },
        ClientId = ClientId,
        CleanStart = CleanStart,
        SessionExpiry = SessionExpiry == TimeSpan.Zero ? null : Of(SessionExpiry),
        KeepAlive = Of(KeepAlive),
        Will = Will is null ? null : new WillMessage
        {
            Topic = Will.Topic,
            Payload = Will.Text,
            QoS = (int)Will.QoS,
            Retain = Will.Retain,
            Delay = Will.Delay == TimeSpan.Zero ? null : Of(Will.Delay),
        },
        ReceiveMaximum = ReceiveMaximum,
        Reconnect = Reconnect is { } time ? Of(time) : null,
        KeepState = KeepsState,
    };

    internal static Duration Of(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new Duration(checked(time.Ticks * TimeSpan.NanosecondsPerTick));
    }
}

/// <summary>A will.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Text">Its payload, as UTF-8.</param>
/// <param name="QoS">Its QoS.</param>
/// <param name="Retain">Whether it is retained.</param>
/// <param name="Delay">Will Delay Interval; MQTT 5 only.</param>
public sealed record TestWill(string Topic, string Text, QoS QoS = QoS.AtLeastOnce, bool Retain = false, TimeSpan Delay = default);
