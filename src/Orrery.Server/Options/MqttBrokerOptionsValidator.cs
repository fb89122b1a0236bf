using Microsoft.Extensions.Options;
using Orrery.Server.Hosting;

namespace Orrery.Server.Options;

/// <summary>Checks <see cref="MqttBrokerOptions"/>: each message names the key, its value, what it takes and how to mend it.</summary>
internal sealed class MqttBrokerOptionsValidator : IValidateOptions<MqttBrokerOptions>
{
    public ValidateOptionsResult Validate(string? name, MqttBrokerOptions options)
    {
        var section = BrokerRegistration.SectionOf(name ?? Microsoft.Extensions.Options.Options.DefaultName);
        var faults = new List<string>();
        for (var i = 0; i < options.Listeners.Count; i++)
        {
            Check(options.Listeners[i], $"{section}:Listeners:{i}", faults);
        }

        if (options.Persistence is { } mode && !Enum.IsDefined(mode))
        {
            faults.Add($"{section}:{nameof(options.Persistence)} is {mode}; it takes memory, os, group or fsync.");
        }

        if (options.EffectivePersistence != PersistenceMode.Memory && string.IsNullOrEmpty(options.DataFolder))
        {
            faults.Add($"{section}:{nameof(options.Persistence)} is {options.Persistence}, and there is no {section}:{nameof(options.DataFolder)}: "
                + "name the folder to keep it in, or choose memory.");
        }

        foreach (var fault in options.Limits.Validate())
        {
            faults.Add($"{section}:{fault} Set it within that range, or leave it out for its default.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check(MqttListenerOptions listener, string path, List<string> faults)
    {
        if (listener.Port is < 0 or > 65_535)
        {
            faults.Add($"{path}:Port is {listener.Port}; it takes 0 to 65535, where 0 is any free port. "
                + $"MQTT's own port is {MqttListenerOptions.DefaultPort}.");
        }

        if (!ListenAddress.TryParse(listener.Address, out _))
        {
            faults.Add($"{path}:Address is \"{listener.Address}\"; it takes an IP address of this machine, "
                + $"\"{MqttListenerOptions.Loopback}\" for this machine only, or \"{MqttListenerOptions.Any}\" for every address.");
        }
    }
}
