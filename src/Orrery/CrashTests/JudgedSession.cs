using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.CrashTests;

/// <summary>Whether the broker has a session of a client.</summary>
internal enum Existence
{
    No,
    Maybe,
    Yes,
}

/// <summary>One subscription from its SUBSCRIBE to its UNSUBSCRIBE. Events are null where they have not come.</summary>
internal sealed class SubscriptionPeriod(Subscription subscription, uint? identifier, long asked)
{
    public Subscription Subscription { get; } = subscription;

    public uint? Identifier { get; } = identifier;

    public long Asked { get; } = asked;

    public long? Granted { get; set; }

    public long? EndAsked { get; set; }

    public long? Ended { get; set; }

    /// <summary>Whether it was granted, and its end not asked for.</summary>
    public bool IsThere => Granted is not null && EndAsked is null;

    public bool Matches(TopicName topic) => Subscription.Filter.Matches(topic);

    /// <summary>A message that was first sent after the SUBACK, and acknowledged before the UNSUBSCRIBE.</summary>
    public bool Must(JudgedMessage message) =>
        Granted < message.FirstSent && message.Acknowledged is { } acknowledged && (EndAsked is not { } end || end > acknowledged) && Matches(message.Message.Topic);

    /// <summary>A message that may have been there between SUBSCRIBE and UNSUBACK.</summary>
    public bool May(JudgedMessage message) =>
        (message.Acknowledged is not { } acknowledged || acknowledged > Asked) && (Ended is not { } ended || ended > message.FirstSent) && Matches(message.Message.Topic);
}

/// <summary>A message that the broker sends and that is not finished.</summary>
internal sealed class InboundExchange(JudgedMessage? message, long ordinal)
{
    public JudgedMessage? Message { get; } = message;

    /// <summary>Its place among the exchanges of the session.</summary>
    public long Ordinal { get; } = ordinal;

    /// <summary>The last connection on which its PUBLISH came.</summary>
    public int SeenOn { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>The last connection on which its PUBREL came; 0 for none.</summary>
    public int ReleasedOn { get; set; }
}

/// <summary>A message that the client sends and that is not finished.</summary>
internal sealed class OutboundExchange(JudgedMessage? message)
{
    /// <summary>Null for an empty retained message, which has no tag.</summary>
    public JudgedMessage? Message { get; } = message;

    /// <summary>The connection on which a PUBLISH waits for its answer; 0 for none.</summary>
    public int AwaitsAnswerOn { get; set; }

    /// <summary>The connection on which a PUBREL waits for its answer; 0 for none.</summary>
    public int AwaitsCompletionOn { get; set; }

    public int Releases { get; set; }

    /// <summary>The last write of a retained value that it was; 0 for none.</summary>
    public long RetainedWrite { get; set; }
}

/// <summary>What the judge knows of one client and its session.</summary>
internal sealed class JudgedSession(string client)
{
    private long _ordinal;

    public string Client { get; } = client;

    public Existence Existence { get; set; }

    /// <summary>The last CONNECT.</summary>
    public ConnectPacket? Connect { get; set; }

    public int Connection { get; set; }

    public bool IsConnected { get; set; }

    /// <summary>What there was before the last CONNECT.</summary>
    public Existence Before { get; private set; }

    public bool OutlivesConnection { get; private set; }

    /// <summary>The event at which the last connection ended.</summary>
    public long LastEnd { get; set; }

    public List<SubscriptionPeriod> Subscriptions { get; } = [];

    /// <summary>SUBSCRIBE and UNSUBSCRIBE of this connection that wait for their answer.</summary>
    public Dictionary<ushort, Packet> Requests { get; } = [];

    public Dictionary<ushort, InboundExchange> Inbound { get; } = [];

    /// <summary>The connection on which an identifier was last completed with PUBCOMP.</summary>
    public Dictionary<ushort, int> Completed { get; } = [];

    public Dictionary<ushort, OutboundExchange> Outbound { get; } = [];

    public Dictionary<MessageTag, Delivery> Deliveries { get; } = [];

    /// <summary>The last sequence that came first from a publisher at a topic.</summary>
    public Dictionary<(string Publisher, string Topic), long> LastOf { get; } = [];

    /// <summary>Retained values that came on this connection.</summary>
    public Dictionary<string, string> RetainedSeen { get; } = [];

    /// <summary>Messages of the broker that use up the Receive Maximum of this connection.</summary>
    public int Unanswered { get; set; }

    /// <summary>By QoS: whether something new has come on this connection.</summary>
    public bool[] HasNew { get; } = new bool[3];

    public long LastRepeated { get; set; }

    public bool IsShared => Subscriptions.Count > 0 && Subscriptions[0].Subscription.Filter.IsShared;

    public long NextOrdinal() => ++_ordinal;

    public void BeginConnection(ConnectPacket connect, int connection)
    {
        (Connect, Connection, IsConnected, Before, Unanswered, LastRepeated) = (connect, connection, true, Existence, 0, 0);
        OutlivesConnection = connect.Version == MqttVersion.V5 ? connect.SessionExpiryIntervalSeconds > 0 : !connect.CleanStart;
        Requests.Clear();
        RetainedSeen.Clear();
        HasNew.AsSpan().Clear();
    }

    /// <summary>The state is gone on both sides.</summary>
    public void Forget()
    {
        Subscriptions.Clear();
        Inbound.Clear();
        Completed.Clear();
        Outbound.Clear();
        Deliveries.Clear();
        LastOf.Clear();
    }
}
