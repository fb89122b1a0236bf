using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

/// <summary>How a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With its connection.</summary>
    WithConnection,

    /// <summary>When its time without a connection was up.</summary>
    Expired,

    /// <summary>A new connection asked for a new one.</summary>
    CleanStart,

    /// <summary>With the broker's process.</summary>
    ProcessEnded,
}

/// <summary>One session of a client identifier, from the CONNACK that began it to its end.</summary>
internal sealed class SessionView(string broker, string clientId, HistoryEvent started)
{
    /// <summary>The broker.</summary>
    public string Broker { get; } = broker;

    /// <summary>Its name.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>The CONNACK that the broker sent first.</summary>
    public HistoryEvent Started { get; } = started;

    /// <summary>Whether it is, or may be, one of before a rollback, of which the history does not say what it holds.</summary>
    public bool IsRestored { get; init; }

    /// <summary>Its connections in the order in which they were accepted.</summary>
    public List<ConnectionView> Connections { get; } = [];

    /// <summary>Its subscriptions in the order in which the broker read them.</summary>
    public List<SubscriptionView> Subscriptions { get; } = [];

    /// <summary>What the broker sent to it by PUBLISH, in order.</summary>
    public List<Transmission> Transmissions { get; } = [];

    /// <summary>The exchanges at QoS 1 and 2 toward the client, in order of their first PUBLISH.</summary>
    public List<OutboundExchange> Exchanges { get; } = [];

    /// <summary>How it ended.</summary>
    public SessionEnd End { get; set; }

    /// <summary>The earliest instant at which it may have ended; <see cref="long.MaxValue"/> when it has not.</summary>
    public long EndEarliest { get; set; } = long.MaxValue;

    /// <summary>The latest instant at which it may have ended; <see cref="long.MaxValue"/> when it has not.</summary>
    public long EndLatest { get; set; } = long.MaxValue;

    /// <summary>From when on what goes by this session is perhaps another one; long.MaxValue for never.</summary>
    public long PerhapsEndedFrom { get; set; } = long.MaxValue;

    /// <summary>The index of the first event at or after <see cref="EndEarliest"/>.</summary>
    public int EndIndex { get; set; } = int.MaxValue;

    /// <summary>The connection it had last.</summary>
    public ConnectionView Last => Connections[^1];

    /// <summary>The connection that an event of it belongs to.</summary>
    public ConnectionView Of(HistoryEvent happened) => Connections.Find(connection => connection.Name == happened.Connection)!;

    /// <inheritdoc/>
    public override string ToString() => ClientId;
}

/// <summary>One filter that a session subscribed to, until it was ended or replaced.</summary>
internal sealed class SubscriptionView(SessionView session, ConnectionView connection, HistoryEvent read, Subscription options, uint? identifier)
{
    /// <summary>Whose.</summary>
    public SessionView Session { get; } = session;

    /// <summary>Where it was asked for.</summary>
    public ConnectionView Connection { get; } = connection;

    /// <summary>The SUBSCRIBE that the broker read: from here on it may act.</summary>
    public HistoryEvent Read { get; } = read;

    /// <summary>The filter and its options.</summary>
    public Subscription Options { get; } = options;

    /// <summary>The Subscription Identifier; null for none.</summary>
    public uint? Identifier { get; } = identifier;

    /// <summary>The SUBACK: from here on it must act. Null when none was sent.</summary>
    public HistoryEvent? Acknowledged { get; set; }

    /// <summary>What was granted; null when nothing was, or nothing was said.</summary>
    public Mqtt.QoS? Granted { get; set; }

    /// <summary>Whether the broker refused it.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The subscription of the same filter that it took the place of; null when it is a new one.</summary>
    public SubscriptionView? Replaces { get; set; }

    /// <summary>The subscription that took its place; null while none has.</summary>
    public SubscriptionView? ReplacedBy { get; set; }

    /// <summary>The UNSUBSCRIBE that the broker read: from here on it need not act.</summary>
    public HistoryEvent? Ended { get; set; }

    /// <summary>The UNSUBACK: from here on it must not act.</summary>
    public HistoryEvent? EndAcknowledged { get; set; }

    /// <summary>The first index at which it may act.</summary>
    public int MayFrom => Read.Index;

    /// <summary>The first index at which it surely acts; <see cref="int.MaxValue"/> for never.</summary>
    public int MustFrom => Granted is not null && Acknowledged is not null ? Acknowledged.Index : int.MaxValue;

    /// <summary>The last index at which it surely acts.</summary>
    public int MustTo => Math.Min(Session.EndIndex, ReplacedBy?.Read.Index ?? Ended?.Index ?? int.MaxValue);

    /// <summary>The last index at which it may act.</summary>
    public int MayTo
    {
        get
        {
            if (IsRefused && Replaces is null) return Acknowledged!.Index;
            if (ReplacedBy is { Acknowledged: { } replaced, IsRefused: false }) return replaced.Index;
            return EndAcknowledged?.Index ?? int.MaxValue;
        }
    }

    /// <summary>Whether it is one of a group's members.</summary>
    public bool IsShared => Options.Filter.IsShared;

    /// <inheritdoc/>
    public override string ToString() => Options.Filter.ToString();
}
