using Orrery.Broker.Persistence;
using Orrery.Server.Options;
using Orrery.Storage;

namespace Orrery.Server.Hosting;

/// <summary>The files that brokers keep their state in: one a broker, named after it.</summary>
internal static class BrokerStores
{
    /// <summary>Makes the store that the options ask for; null for none.</summary>
    /// <exception cref="StoreUnavailableException">The folder can't be made.</exception>
    public static ThreadedStore? Create(string broker, MqttBrokerOptions options)
    {
        if (options.EffectivePersistence == PersistenceMode.Memory) return null;
        var folder = options.DataFolder!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"the data folder {folder} can't be made: {failure.Message} Choose one that this user may write to.");
        }

        return new ThreadedStore(new StorageOptions
        {
            Path = Path.Combine(folder, $"{broker}.db"),
            Mode = options.EffectivePersistence switch
            {
                PersistenceMode.Os => DurabilityMode.OperatingSystem,
                PersistenceMode.Fsync => DurabilityMode.EachWrite,
                _ => DurabilityMode.Group,
            },
        });
    }

    /// <summary>What to tell the operator of a store that can't be opened.</summary>
    public static StoreUnavailableException Unavailable(string broker, StoreFailure failure) =>
        new($"broker {broker} can't open its store: {failure.Message}");
}
