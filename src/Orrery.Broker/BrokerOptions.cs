using System.Globalization;
using Orrery.Broker.Sharing;
using Orrery.Mqtt;

namespace Orrery.Broker;

/// <summary>The limits and policies of one broker. Every queue, buffer and map of the engine has its bound here.</summary>
public sealed record BrokerOptions
{
    internal const uint LargestPacket = 268_435_460;    // 256 MiB of remaining length and its header

    /// <summary>How many connections may be open at once; one more is closed at once and counted.</summary>
    /// <value>1 to 10,000,000. Default: 100,000.</value>
    public int ConnectionsMax { get; init; } = 100_000;

    /// <summary>How many sessions, connected or not, are kept; a CONNECT that needs one more is refused with 0x97.</summary>
    /// <value>1 to 10,000,000. Default: 1,000,000.</value>
    public int SessionsMax { get; init; } = 1_000_000;

    /// <summary>The time a new connection has to deliver a whole CONNECT.</summary>
    /// <value>Seconds, 1 to 3,600. Default: 10.</value>
    public int ConnectTimeoutSeconds { get; init; } = 10;

    /// <summary>The longest Keep Alive; a longer one, or none, is replaced by this and CONNACK says so [MQTT-3.2.2-21].</summary>
    /// <value>Seconds, 1 to 65,535; 0 sets no limit. Default: 0. MQTT 3 clients can't be told, so it binds version 5 only.</value>
    public int KeepAliveMaxSeconds { get; init; }

    /// <summary>The longest that a session may outlive its connection.</summary>
    /// <value>Seconds, 0 to 4,294,967,295. 0 ends each session with its connection; the largest value, the default, sets no limit.</value>
    /// <remarks>MQTT 5 §3.1.2.11.2. A longer request is lowered to this, and CONNACK says so. Sessions of MQTT 3 clients with
    /// Clean Session 0 last this long.</remarks>
    public uint SessionExpiryIntervalMaxSeconds { get; init; } = uint.MaxValue;

    /// <summary>The largest packet taken from a client, in bytes with its fixed header; a larger one ends the connection with 0x95.</summary>
    /// <value>Bytes, 128 to 268,435,460. Default: 268,435,460, the largest packet there is.</value>
    public uint MaximumPacketSize { get; init; } = 268_435_460;

    /// <summary>QoS 1 and 2 publications that a client may have unanswered; told to version 5 clients.</summary>
    /// <value>1 to 65,535. Default: 1,024. More from a version 5 client ends the connection with 0x93.</value>
    public int ReceiveMaximum { get; init; } = 1_024;

    /// <summary>Topic aliases that a client may use toward the broker, and the broker toward a client.</summary>
    /// <value>0 to 65,535. Default: 10.</value>
    public int TopicAliasMaximum { get; init; } = 10;

    /// <summary>The levels that a topic name or filter may have; more is refused as invalid.</summary>
    /// <value>1 to 1,024. Default: 128.</value>
    public int TopicLevelsMax { get; init; } = 128;

    /// <summary>The highest QoS a client may publish with, and be granted.</summary>
    /// <value>Default: exactly once.</value>
    public QoS MaximumQoS { get; init; } = QoS.ExactlyOnce;

    /// <summary>Whether retained messages are kept.</summary>
    /// <value>Default: true.</value>
    public bool RetainAvailable { get; init; } = true;

    /// <summary>Whether filters may have wildcards; else SUBACK says 0xA2 to version 5, and failure to version 3.1.1.</summary>
    /// <value>Default: true.</value>
    public bool WildcardSubscriptionAvailable { get; init; } = true;

    /// <summary>Whether SUBSCRIBE may have a Subscription Identifier; else it ends the connection with 0xA1.</summary>
    /// <value>Default: true.</value>
    public bool SubscriptionIdentifiersAvailable { get; init; } = true;

    /// <summary>Whether shared subscriptions are granted; else SUBACK says 0x9E to version 5, and failure to version 3.1.1.</summary>
    /// <value>Default: true.</value>
    public bool SharedSubscriptionAvailable { get; init; } = true;

    /// <summary>Whether a payload that is said to be UTF-8 is checked; one that is not is refused with 0x99.</summary>
    /// <value>Default: false: a check reads every byte, and the receivers may check as well (MQTT 5 §3.3.2.3.2).</value>
    public bool PayloadFormatChecked { get; init; }

    /// <summary>QoS 1 and 2 publications that may be in flight to one client, whatever more it allows.</summary>
    /// <value>1 to 65,535. Default: 1,024.</value>
    public int InFlightMax { get; init; } = 1_024;

    /// <summary>Messages that wait for one session, connected or not.</summary>
    /// <value>1 to 100,000,000. Default: 10,000. When full, <see cref="QueueFullPolicy"/> applies.</value>
    public int QueuedMessagesMax { get; init; } = 10_000;

    /// <summary>Bytes of topics and payloads that wait for one session.</summary>
    /// <value>1,024 and up. Default: 64 MiB. When full, <see cref="QueueFullPolicy"/> applies.</value>
    public long QueuedBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>What gives way when a session's queue is full. Each loss is counted and logged.</summary>
    /// <value>Default: <see cref="QueueFullPolicy.DropNewest"/>, as mosquitto does.</value>
    public QueueFullPolicy QueueFullPolicy { get; init; } = QueueFullPolicy.DropNewest;

    /// <summary>Which member of a shared subscription gets a message.</summary>
    /// <value>Default: <see cref="SharedSubscriptionStrategy.RoundRobin"/>.</value>
    public SharedSubscriptionStrategy SharedSubscriptionStrategy { get; init; } = SharedSubscriptionStrategy.RoundRobin;

    /// <summary>Messages of one shared subscription that a member may hold unfinished, whatever more its client allows.</summary>
    /// <value>1 to 65,535. Default: 128: what a member that vanished can hold back until its connection is given up.</value>
    public int SharedInFlightMax { get; init; } = 128;

    /// <summary>Subscriptions of one session; one more is answered with 0x97 in SUBACK.</summary>
    /// <value>1 to 1,000,000. Default: 10,000.</value>
    public int SubscriptionsPerSessionMax { get; init; } = 10_000;

    /// <summary>Retained messages in all; one more is delivered but not kept.</summary>
    /// <value>0 and up. Default: 1,000,000.</value>
    public int RetainedMessagesMax { get; init; } = 1_000_000;

    /// <summary>Bytes of retained topics and payloads in all; what would go over is delivered but not kept.</summary>
    /// <value>Bytes. Default: 1 GiB.</value>
    public long RetainedBytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes on their way from a session to its connection before the session holds further ones back in its queue.</summary>
    /// <value>Bytes, 4,096 and up. Default: 1 MiB.</value>
    public int InTransitBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Whether an MQTT 3.1 client's identifier may be longer than 23 characters.</summary>
    /// <value>Default: true; MQTT 3.1 itself allows 1 to 23.</value>
    public bool LongClientIdentifiersInMqtt31 { get; init; } = true;

    /// <summary>How often the figures below "$SYS/broker/" are published, those that changed, while anybody is connected.</summary>
    /// <value>Seconds, 0 to 86,400. Default: 10, as mosquitto's <c>sys_interval</c>. 0 switches them off.</value>
    public int SysIntervalSeconds { get; init; } = 10;

    /// <summary>Failures of the broker's own parts (its store, its topics, its register of sessions) within a minute that it begins
    /// anew from; one more, and it stops. A connection, a session or a shared subscription that fails ends alone, and does not count.</summary>
    /// <value>0 to 1,000. Default: 3. 0 stops at the first.</value>
    public int RestartsMax { get; init; } = 3;

    /// <summary>The limits that may change and differ from others, each with its value and the one before.</summary>
    internal string DifferencesFrom(BrokerOptions before)
    {
        var differences = new List<string>();
        Note(nameof(ConnectionsMax), before.ConnectionsMax, ConnectionsMax);
        Note(nameof(SessionsMax), before.SessionsMax, SessionsMax);
        Note(nameof(ConnectTimeoutSeconds), before.ConnectTimeoutSeconds, ConnectTimeoutSeconds);
        Note(nameof(KeepAliveMaxSeconds), before.KeepAliveMaxSeconds, KeepAliveMaxSeconds);
        Note(nameof(SessionExpiryIntervalMaxSeconds), before.SessionExpiryIntervalMaxSeconds, SessionExpiryIntervalMaxSeconds);
        Note(nameof(ReceiveMaximum), before.ReceiveMaximum, ReceiveMaximum);
        Note(nameof(PayloadFormatChecked), before.PayloadFormatChecked, PayloadFormatChecked);
        Note(nameof(InFlightMax), before.InFlightMax, InFlightMax);
        Note(nameof(QueuedMessagesMax), before.QueuedMessagesMax, QueuedMessagesMax);
        Note(nameof(QueuedBytesMax), before.QueuedBytesMax, QueuedBytesMax);
        Note(nameof(QueueFullPolicy), before.QueueFullPolicy, QueueFullPolicy);
        Note(nameof(SharedInFlightMax), before.SharedInFlightMax, SharedInFlightMax);
        Note(nameof(SubscriptionsPerSessionMax), before.SubscriptionsPerSessionMax, SubscriptionsPerSessionMax);
        Note(nameof(RetainedMessagesMax), before.RetainedMessagesMax, RetainedMessagesMax);
        Note(nameof(RetainedBytesMax), before.RetainedBytesMax, RetainedBytesMax);
        Note(nameof(InTransitBytesMax), before.InTransitBytesMax, InTransitBytesMax);
        Note(nameof(LongClientIdentifiersInMqtt31), before.LongClientIdentifiersInMqtt31, LongClientIdentifiersInMqtt31);
        Note(nameof(RestartsMax), before.RestartsMax, RestartsMax);
        return differences.Count == 0 ? "none" : string.Join(", ", differences);

        void Note<T>(string option, T was, T value)
        {
            if (!Equals(was, value))
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{option} {value} (was {was})"));
            }
        }
    }

    /// <summary>Says what differs in other options and can't be changed while a broker runs.</summary>
    /// <param name="next">The options to be.</param>
    /// <returns>One sentence an option; empty when all that differs can be changed.</returns>
    /// <remarks>Fixed is what hosts set up their readers with, and what clients were told is available; and the figures below "$SYS/".</remarks>
    public IReadOnlyList<string> FixedDifferences(BrokerOptions next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var faults = new List<string>();
        Check(nameof(MaximumPacketSize), MaximumPacketSize, next.MaximumPacketSize);
        Check(nameof(TopicAliasMaximum), TopicAliasMaximum, next.TopicAliasMaximum);
        Check(nameof(TopicLevelsMax), TopicLevelsMax, next.TopicLevelsMax);
        Check(nameof(MaximumQoS), MaximumQoS, next.MaximumQoS);
        Check(nameof(RetainAvailable), RetainAvailable, next.RetainAvailable);
        Check(nameof(WildcardSubscriptionAvailable), WildcardSubscriptionAvailable, next.WildcardSubscriptionAvailable);
        Check(nameof(SubscriptionIdentifiersAvailable), SubscriptionIdentifiersAvailable, next.SubscriptionIdentifiersAvailable);
        Check(nameof(SharedSubscriptionAvailable), SharedSubscriptionAvailable, next.SharedSubscriptionAvailable);
        Check(nameof(SharedSubscriptionStrategy), SharedSubscriptionStrategy, next.SharedSubscriptionStrategy);
        Check(nameof(SysIntervalSeconds), SysIntervalSeconds, next.SysIntervalSeconds);
        return faults;

        void Check<T>(string option, T before, T after)
        {
            if (!Equals(before, after))
            {
                faults.Add($"{option} is {before} and can't be changed while the broker runs.");
            }
        }
    }

    /// <summary>Checks every value against its range.</summary>
    /// <returns>One sentence a fault, with the option's name, its value and the range; empty when all is well.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        Check(nameof(ConnectionsMax), ConnectionsMax, 1, 10_000_000);
        Check(nameof(SessionsMax), SessionsMax, 1, 10_000_000);
        Check(nameof(ConnectTimeoutSeconds), ConnectTimeoutSeconds, 1, 3_600);
        Check(nameof(KeepAliveMaxSeconds), KeepAliveMaxSeconds, 0, 65_535);
        Check(nameof(MaximumPacketSize), MaximumPacketSize, 128, 268_435_460);
        Check(nameof(ReceiveMaximum), ReceiveMaximum, 1, 65_535);
        Check(nameof(TopicAliasMaximum), TopicAliasMaximum, 0, 65_535);
        Check(nameof(TopicLevelsMax), TopicLevelsMax, 1, 1_024);
        Check(nameof(MaximumQoS), (int)MaximumQoS, 0, 2);
        Check(nameof(InFlightMax), InFlightMax, 1, 65_535);
        Check(nameof(QueuedMessagesMax), QueuedMessagesMax, 1, 100_000_000);
        Check(nameof(QueuedBytesMax), QueuedBytesMax, 1_024, long.MaxValue);
        Check(nameof(QueueFullPolicy), (int)QueueFullPolicy, 0, 1);
        Check(nameof(SharedSubscriptionStrategy), (int)SharedSubscriptionStrategy, 0, 3);
        Check(nameof(SharedInFlightMax), SharedInFlightMax, 1, 65_535);
        Check(nameof(SubscriptionsPerSessionMax), SubscriptionsPerSessionMax, 1, 1_000_000);
        Check(nameof(RetainedMessagesMax), RetainedMessagesMax, 0, int.MaxValue);
        Check(nameof(RetainedBytesMax), RetainedBytesMax, 0, long.MaxValue);
        Check(nameof(InTransitBytesMax), InTransitBytesMax, 4_096, int.MaxValue);
        Check(nameof(SysIntervalSeconds), SysIntervalSeconds, 0, 86_400);
        Check(nameof(RestartsMax), RestartsMax, 0, 1_000);
        return faults;

        void Check(string option, long value, long least, long most)
        {
            if (value < least || value > most)
            {
                faults.Add($"{option} is {value}; it takes {least} to {most}.");
            }
        }
    }
}

/// <summary>What a full session queue does with one message more.</summary>
public enum QueueFullPolicy
{
    /// <summary>The message that does not fit is dropped.</summary>
    DropNewest,

    /// <summary>The oldest waiting messages make room.</summary>
    DropOldest,
}
