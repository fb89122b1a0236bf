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

    /// <summary>The limits and policies of the broker.</summary>
    /// <value>Default: those of <see cref="BrokerOptions"/>. Change with <c>options.Limits = options.Limits with { … }</c>.</value>
    public BrokerOptions Limits { get; set; } = new();
}
