using Orrery.Server.Options;

namespace Orrery;

/// <summary>What `orrery serve` was given.</summary>
/// <param name="Port">Null if not given.</param>
/// <param name="Addresses">Empty if not given.</param>
/// <param name="ConfigurationFile">Null if not given.</param>
/// <param name="IsVerbose">Whether to log more.</param>
/// <param name="Explains">Whether to log what becomes of each message.</param>
internal sealed record ServeArguments(
    int? Port, IReadOnlyList<string> Addresses, string? ConfigurationFile, bool IsVerbose, bool Explains = false)
{
    /// <summary>Whether the command line says where to listen, which then replaces the listeners of the file.</summary>
    public bool NamesListener => Port is not null || Addresses.Count > 0;

    /// <summary>Puts the command line's listeners into the options.</summary>
    public void Apply(MqttBrokerOptions options)
    {
        if (!NamesListener) return;
        options.Listeners.Clear();
        foreach (var address in Addresses.DefaultIfEmpty(MqttListenerOptions.Loopback))
        {
            options.Listeners.Add(new MqttListenerOptions { Address = address, Port = Port ?? MqttListenerOptions.DefaultPort });
        }
    }
}
