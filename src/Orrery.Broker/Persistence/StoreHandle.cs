using Orrery.Actors;
using Orrery.Actors.Extensions;

namespace Orrery.Broker.Persistence;

/// <summary>What the actors of a broker hold of its store; a broker without one has none of these.</summary>
internal sealed class StoreHandle
{
    private readonly Published<StoreHealth> _health = new(new StoreHealth(StoreState.Opening, ""));

    /// <summary>Where the messages of <see cref="StoreProtocol"/> go.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    /// <summary>How the store is. New durable work is refused unless it works.</summary>
    public StoreHealth Health => _health.Value;

    /// <summary>For the store's actor alone.</summary>
    public void Publish(StoreHealth health) => _health.Publish(health);
}
