using Microsoft.Extensions.Options;

namespace Orrery.Server.Options;

/// <summary>Checks <see cref="MqttServerOptions"/>: each message names the key, its value, what it takes and how to mend it.</summary>
internal sealed class MqttServerOptionsValidator : IValidateOptions<MqttServerOptions>
{
    public ValidateOptionsResult Validate(string? name, MqttServerOptions options)
    {
        var faults = new List<string>();
        Check(nameof(options.ShutdownTimeoutSeconds), options.ShutdownTimeoutSeconds, 0, 3_600, "seconds");
        Check(nameof(options.CloseTimeoutSeconds), options.CloseTimeoutSeconds, 1, 3_600, "seconds");
        Check(nameof(options.Backlog), options.Backlog, 1, 65_535, "connections");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Check(string option, int value, int least, int most, string unit)
        {
            if (value >= least && value <= most) return;
            faults.Add($"{MqttServerOptions.Section}:{option} is {value}; it takes {least} to {most} {unit}. "
                + $"Set it within that range, or leave it out for {Default(option)}.");
        }
    }

    private static object? Default(string option) => typeof(MqttServerOptions).GetProperty(option)!.GetValue(new MqttServerOptions());
}
