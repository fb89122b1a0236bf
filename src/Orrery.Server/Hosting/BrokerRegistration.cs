using Orrery.Server.Options;

namespace Orrery.Server.Hosting;

/// <summary>Says that a host runs a broker of this name; made by AddMqttBroker.</summary>
/// <param name="OptionsName">The name of its options; empty for the unnamed broker.</param>
internal sealed record BrokerRegistration(string OptionsName)
{
    /// <summary>The name in logs and actor paths.</summary>
    public string Name => OptionsName.Length == 0 ? "broker" : OptionsName;

    /// <summary>The configuration section that the options of this name are bound from.</summary>
    public static string SectionOf(string optionsName) => optionsName.Length == 0
        ? MqttServerOptions.Section
        : $"{MqttServerOptions.Section}:Brokers:{optionsName}";
}
