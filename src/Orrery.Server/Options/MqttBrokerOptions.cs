using Orrery.Broker;

namespace Orrery.Server.Options;

/// <summary>One broker of a host: where it listens, and its limits. Several brokers of one host share nothing but code.</summary>
/// <remarks>Bound from the configuration section "Mqtt", or "Mqtt:Brokers:NAME" for a named broker, in which the keys of
/// <see cref="BrokerOptions"/> stand beside <see cref="Listeners"/>; then code given to AddMqttBroker has the last word.</remarks>
public sealed class MqttBrokerOptions
{
    /// <summary>Where the broker listens.</summary>
    /// <value>Default: empty, which means the loopback addresses at port 1883.</value>
    public IList<MqttListenerOptions> Listeners { get; } = [];

    /// <summary>The folder for what the broker keeps beyond its process; made if it is not there. The file is named after the broker.</summary>
    /// <value>Default: null, and then the broker keeps nothing.</value>
    public string? DataFolder { get; set; }

    /// <summary>What the broker keeps beyond its process. All but memory need <see cref="DataFolder"/>.</summary>
    /// <value>Default: null, which means <see cref="PersistenceMode.Group"/> with a folder and <see cref="PersistenceMode.Memory"/> without.</value>
    public PersistenceMode? Persistence { get; set; }

    internal PersistenceMode EffectivePersistence =>
        Persistence ?? (string.IsNullOrEmpty(DataFolder) ? PersistenceMode.Memory : PersistenceMode.Group);

    /// <summary>The limits and policies of the broker.</summary>
    /// <value>Default: those of <see cref="BrokerOptions"/>. Change with <c>options.Limits = options.Limits with { … }</c>.</value>
    public BrokerOptions Limits { get; set; } = new();
}
