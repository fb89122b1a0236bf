using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Sharing;

/// <summary>What the shared subscriptions of one broker share: values and references, no state but what the broker's root publishes.</summary>
internal sealed record SharedGroupContext(
    Published<BrokerOptions> CurrentOptions, TopicTree Topics, IActorRef Statistics, ILogger Logger, Explanation? Explain, StoreHandle? Store)
{
    /// <summary>The limits as they are now: they may change while the broker runs.</summary>
    public BrokerOptions Options => CurrentOptions.Value;
}
