using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;

namespace Orrery.Broker;

/// <summary>What the actors of one broker share: values and references, no state but what the broker's root publishes.</summary>
internal sealed record BrokerContext(
    Published<BrokerOptions> CurrentOptions, TopicTree Topics, IActorRef Sessions, IActorRef Shared, IActorRef Statistics, ILogger Logger,
    Explanation? Explain, StoreHandle? Store)
{
    /// <summary>The limits as they are now: they may change while the broker runs.</summary>
    public BrokerOptions Options => CurrentOptions.Value;

    /// <summary>What the wall clock read, in UTC ticks, when the monotonic clock read 0: the two together date what outlives a
    /// restart, and a wall clock that is set meanwhile moves nothing.</summary>
    public long ClockOriginTicks { get; init; }
}
