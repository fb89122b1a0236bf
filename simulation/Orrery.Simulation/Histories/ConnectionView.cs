using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

/// <summary>One connection of a history: what both ends said and read, and how it ended.</summary>
internal sealed class ConnectionView(string name, string client, string broker)
{
    /// <summary>`client#n`.</summary>
    public string Name { get; } = name;

    /// <summary>The client's node.</summary>
    public string Client { get; } = client;

    /// <summary>The broker's node.</summary>
    public string Broker { get; } = broker;

    /// <summary>The client asked for it.</summary>
    public HistoryEvent? Requested { get; set; }

    /// <summary>The broker took it.</summary>
    public HistoryEvent? Accepted { get; set; }

    /// <summary>The end of the client's side.</summary>
    public HistoryEvent? ClientEnded { get; set; }

    /// <summary>The end of the broker's side.</summary>
    public HistoryEvent? BrokerEnded { get; set; }

    /// <summary>The broker's log line of its end; null where there is none.</summary>
    public HistoryEvent? EndDecision { get; set; }

    /// <summary>What the client sent, in order.</summary>
    public List<HistoryEvent> ClientSent { get; } = [];

    /// <summary>What the broker read, in order.</summary>
    public List<HistoryEvent> BrokerRead { get; } = [];

    /// <summary>What the broker sent, in order.</summary>
    public List<HistoryEvent> BrokerSent { get; } = [];

    /// <summary>What the broker read and sent, in order; not to be asked for before the view is whole.</summary>
    public IReadOnlyList<HistoryEvent> AtBroker => _atBroker ??= [.. BrokerRead.Concat(BrokerSent).OrderBy(happened => happened.Index)];

    private HistoryEvent[]? _atBroker;

    /// <summary>What the client read, in order.</summary>
    public List<HistoryEvent> ClientRead { get; } = [];

    /// <summary>Bytes that are no packets.</summary>
    public List<HistoryEvent> Malformed { get; } = [];

    /// <summary>The CONNECT that the broker read.</summary>
    public HistoryEvent? ConnectRead { get; set; }

    /// <summary>Its content.</summary>
    public ConnectPacket? Connect { get; set; }

    /// <summary>The CONNACK that the broker sent.</summary>
    public HistoryEvent? ConnAckSent { get; set; }

    /// <summary>Its content.</summary>
    public ConnAckPacket? ConnAck { get; set; }

    /// <summary>The DISCONNECT that the broker sent.</summary>
    public HistoryEvent? BrokerDisconnect { get; set; }

    /// <summary>The DISCONNECT that the broker read.</summary>
    public HistoryEvent? ClientDisconnect { get; set; }

    /// <summary>The session that it served; null when its CONNECT was not accepted.</summary>
    public SessionView? Session { get; set; }

    /// <summary>The connection that its client identifier had before, whether or not it went on with that session; null for none.</summary>
    public ConnectionView? Earlier { get; set; }

    /// <summary>The connection that took over its client identifier while it was open; null for none.</summary>
    public ConnectionView? TakenOverBy { get; set; }

    /// <summary>Whether there should have been a session for it; null where that can't be told.</summary>
    public bool? ShouldBePresent { get; set; }

    /// <summary>How the session before it ended, or would have.</summary>
    public SessionEnd EarlierEnd { get; set; }

    /// <summary>Whether the broker accepted the CONNECT.</summary>
    public bool IsAccepted => ConnAck?.ReasonCode == ReasonCode.Success;

    /// <summary>The session's name.</summary>
    public string ClientId => ConnAck?.AssignedClientIdentifier ?? Connect?.ClientId ?? "";

    /// <summary>The version of MQTT.</summary>
    public MqttVersion Version => Connect?.Version ?? MqttVersion.V5;

    /// <summary>The earliest instant at which the broker may have been through with it; null when it never was.</summary>
    public long? CloseEarliest { get; set; }

    /// <summary>The latest such instant.</summary>
    public long? CloseLatest { get; set; }

    /// <summary>The index of the earliest event that shows the broker's end of it; <see cref="int.MaxValue"/> when nothing does.</summary>
    public int CloseIndex { get; set; } = int.MaxValue;

    /// <summary>Keep Alive in seconds as agreed; 0 for none.</summary>
    public int KeepAliveSeconds => ConnAck?.ServerKeepAliveSeconds ?? Connect?.KeepAliveSeconds ?? 0;

    /// <summary>How many QoS 1 and 2 messages the client takes at a time.</summary>
    public int ReceiveMaximum => Connect?.ReceiveMaximum ?? ushort.MaxValue;

    /// <summary>The will; null for none.</summary>
    public Will? Will => Connect?.Will;

    /// <summary>Session Expiry Interval that counts when it ends, in seconds; the largest for ever.</summary>
    /// <param name="max">The broker's limit, which is what an MQTT 3 session with Clean Session 0 gets.</param>
    public uint SessionExpirySeconds(uint max)
    {
        var agreed = AgreedExpirySeconds(max);
        if (agreed == 0 || ClientDisconnect?.Packet!.Packet is not DisconnectPacket { SessionExpiryIntervalSeconds: { } changed }) return agreed;
        return Math.Min(changed, max);
    }

    /// <summary>Session Expiry Interval that counts while it is open, whatever its DISCONNECT says, in seconds.</summary>
    /// <param name="max">The broker's limit, which is what an MQTT 3 session with Clean Session 0 gets.</param>
    public uint AgreedExpirySeconds(uint max) => Connect is not { } connect ? 0
        : connect.Version == MqttVersion.V5 ? ConnAck?.SessionExpiryIntervalSeconds ?? connect.SessionExpiryIntervalSeconds ?? 0
        : connect.CleanStart ? 0 : max;

    /// <summary>The index from which on what the broker read may be forgotten, since its process ended without having answered it;
    /// <see cref="int.MaxValue"/> for nothing.</summary>
    public int ForgottenFrom { get; set; } = int.MaxValue;

    /// <summary>Whether the broker surely worked on a packet that it read here: it neither ended the connection in that instant, nor its
    /// process before it had kept what that led to.</summary>
    public bool Handled(HistoryEvent read) => (CloseEarliest is not { } closed || closed > read.Nanoseconds) && read.Index < ForgottenFrom;

    /// <summary>The event of the peer's reading a packet that was sent; null when it never was.</summary>
    public HistoryEvent? ReadOf(HistoryEvent sent) => Find(sent.Packet!.IsToBroker ? BrokerRead : ClientRead, sent.Packet.Number);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static HistoryEvent? Find(List<HistoryEvent> events, int number)
    {
        var (low, high) = (0, events.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = events[middle].Packet!.Number;
            if (found == number) return events[middle];
            if (found < number) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }
}
