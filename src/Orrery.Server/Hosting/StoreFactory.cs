using Orrery.Broker.Persistence;
using Orrery.Server.Options;

namespace Orrery.Server.Hosting;

/// <summary>Makes what a broker keeps its state in. Added to the services, it takes the place of the files below
/// <see cref="MqttBrokerOptions.DataFolder"/>.</summary>
/// <param name="broker">The broker's name, as in logs.</param>
/// <param name="options">Its options.</param>
/// <returns>A store that is not open; null keeps nothing. The host disposes of it when it stops, if it can be.</returns>
public delegate IMessageStore? StoreFactory(string broker, MqttBrokerOptions options);
