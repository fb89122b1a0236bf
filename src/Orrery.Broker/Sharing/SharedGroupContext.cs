using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Sharing;

/// <summary>What the shared subscriptions of one broker share: values and references, no state.</summary>
internal sealed record SharedGroupContext(
    BrokerOptions Options, TopicTree Topics, IActorRef Statistics, ILogger Logger, Explanation? Explain, StoreHandle? Store);
