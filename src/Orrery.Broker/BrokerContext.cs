using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;

namespace Orrery.Broker;

/// <summary>What the actors of one broker share: values and references, no state.</summary>
internal sealed record BrokerContext(
    BrokerOptions Options, TopicTree Topics, IActorRef Sessions, IActorRef Shared, IActorRef Statistics, ILogger Logger,
    Explanation? Explain, StoreHandle? Store)
{
    /// <summary>What the wall clock read, in UTC ticks, when the monotonic clock read 0: the two together date what outlives a
    /// restart, and a wall clock that is set meanwhile moves nothing.</summary>
    public long ClockOriginTicks { get; init; }
}
