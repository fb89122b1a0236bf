using Orrery.Server.Options;

namespace Orrery;

/// <summary>What `orrery serve` was given.</summary>
/// <param name="Port">Null if not given.</param>
/// <param name="Addresses">Empty if not given.</param>
/// <param name="ConfigurationFile">Null if not given.</param>
/// <param name="IsVerbose">Whether to log more.</param>
/// <param name="Explains">Whether to log what becomes of each message.</param>
/// <param name="DataFolder">Null if not given.</param>
/// <param name="Persistence">Null if not given.</param>
internal sealed record ServeArguments(
    int? Port, IReadOnlyList<string> Addresses, string? ConfigurationFile, bool IsVerbose, bool Explains = false,
    string? DataFolder = null, PersistenceMode? Persistence = null)
{
    /// <summary>Whether the command line says where to listen, which then replaces the listeners of the file.</summary>
    public bool NamesListener => Port is not null || Addresses.Count > 0;

    /// <summary>Puts what the command line says about keeping into the options of any broker.</summary>
    public void ApplyPersistence(MqttBrokerOptions options)
    {
        options.DataFolder = DataFolder ?? options.DataFolder;
        options.Persistence = Persistence ?? options.Persistence;
    }

    /// <summary>Puts the command line's words into the options of the unnamed broker.</summary>
    public void Apply(MqttBrokerOptions options)
    {
        ApplyPersistence(options);
        if (!NamesListener) return;
        options.Listeners.Clear();
        foreach (var address in Addresses.DefaultIfEmpty(MqttListenerOptions.Loopback))
        {
            options.Listeners.Add(new MqttListenerOptions { Address = address, Port = Port ?? MqttListenerOptions.DefaultPort });
        }
    }
}
