using Orrery.Broker.Persistence;
using Orrery.Broker.Topics;
using Orrery.Mqtt;

namespace Orrery.Broker.Statistics;

/// <summary>The counters of one broker at one instant. Immutable.</summary>
public sealed class BrokerStatistics
{
    private static ReadOnlySpan<Counter> Losses =>
    [
        Counter.QueueFull, Counter.QoS0Offline, Counter.QoS0ConnectionEnded, Counter.Expired, Counter.TooLargeForClient,
        Counter.Unsubscribed, Counter.SessionEnded, Counter.RetainedUnsent, Counter.SharedGroupEnded,
        Counter.SharedInFlightEnded, Counter.PublishRefused, Counter.PublishVoid,
    ];

    private readonly long[] _totals;
    private readonly long[] _packets;
    private readonly long[] _reasons;

    internal BrokerStatistics(long[] totals, long[] packets, long[] reasons, TopicTreeCounters topics, StoreHealth store)
    {
        Store = store;
        _totals = totals;
        _packets = packets;
        _reasons = reasons;
        Topics = topics;
    }

    /// <summary>How often it happened since the broker started, or for what falls again, how much there is now.</summary>
    public long this[Counter counter] => _totals[(int)counter];

    /// <summary>What the topic tree holds.</summary>
    public TopicTreeCounters Topics { get; }

    /// <summary>How the store is.</summary>
    public StoreHealth Store { get; }

    /// <summary>Connections that are open.</summary>
    public long ConnectionsOpen => this[Counter.ConnectionsOpened] - this[Counter.ConnectionsClosed];

    /// <summary>Clients that are connected.</summary>
    public long ClientsConnected => this[Counter.ConnectsAccepted] - this[Counter.ClientsDisconnected];

    /// <summary>Sessions that there are, with and without a connection.</summary>
    public long Sessions => this[Counter.SessionsStarted] - this[Counter.SessionsEnded] - this[Counter.SessionsFailed];

    /// <summary>Packets of all types received.</summary>
    public long PacketsReceived => Sum(PacketTally.Received);

    /// <summary>Packets of all types sent.</summary>
    public long PacketsSent => Sum(PacketTally.Sent);

    /// <summary>Messages lost for one subscriber, or not taken from a publisher, for whatever reason but that nobody subscribed.</summary>
    public long MessagesDropped
    {
        get
        {
            var sum = 0L;
            foreach (var loss in Losses)
            {
                sum += this[loss];
            }

            return sum;
        }
    }

    /// <summary>Packets of one type received.</summary>
    public long Received(ControlPacketType type) => _packets[PacketTally.Received + (int)type];

    /// <summary>Packets of one type sent.</summary>
    public long Sent(ControlPacketType type) => _packets[PacketTally.Sent + (int)type];

    /// <summary>How often it happened for one reason.</summary>
    public long Count(ReasonCounter counter, ReasonCode reasonCode) => _reasons[ReasonCount.PlaceOf(counter, reasonCode)];

    private long Sum(int first)
    {
        var sum = 0L;
        for (var i = first; i < first + PacketTally.Types; i++)
        {
            sum += _packets[i];
        }

        return sum;
    }
}
