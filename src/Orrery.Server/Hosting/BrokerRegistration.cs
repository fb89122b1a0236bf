using Orrery.Server.Options;

namespace Orrery.Server.Hosting;

/// <summary>Says that a host runs a broker of this name; made by AddMqttBroker.</summary>
/// <param name="OptionsName">The name of its options; empty for the unnamed broker.</param>
internal sealed record BrokerRegistration(string OptionsName)
{
    /// <summary>What the unnamed broker is called in logs and actor paths.</summary>
    public const string Unnamed = "broker";

    /// <summary>The name in logs and actor paths.</summary>
    public string Name => OptionsName.Length == 0 ? Unnamed : OptionsName;

    /// <summary>Why a broker can't have this name, in words that follow it; null when it can.</summary>
    public static string? FaultOf(string name) =>
        name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? "can't name a broker: letters, digits, '-' and '_' can"
        : name.Equals(Unnamed, StringComparison.OrdinalIgnoreCase) ? "can't name a broker: it is what the unnamed one is called"
        : null;

    /// <summary>The configuration section that the options of this name are bound from.</summary>
    public static string SectionOf(string optionsName) => optionsName.Length == 0
        ? MqttServerOptions.Section
        : $"{MqttServerOptions.Section}:Brokers:{optionsName}";
}
