using Orrery.Broker;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Histories;

/// <summary>A history as a judge wants it: by connection, session, subscription, publication and delivery.</summary>
/// <remarks>It is made of what the taps on the byte streams and the log saw, and of nothing that the broker or the client library
/// keeps about itself. Where the order of two things can't be told from that, it has the earliest and the latest.</remarks>
internal sealed partial class HistoryView
{
    private static readonly BrokerFacts UnknownBroker = new();

    private readonly Dictionary<string, ConnectionView> _connectionsByName = new(StringComparer.Ordinal);
    private readonly List<ConnectionView> _connections = [];
    private readonly List<HistoryEvent> _deliveries = [];
    private readonly List<HistoryEvent> _decisions = [];

    private HistoryView(History history, RunFacts facts, Scenario? scenario, bool isPart = false)
    {
        (History, Facts, Scenario, _mayHaveMore) = (history, facts, scenario, isPart);
        foreach (var happened in history.Events) Note(happened);
        foreach (var connection in _connections) FindEnd(connection);
        foreach (var connection in _connections) FindForgotten(connection);
        FindSessions();
        Sessions = Chronological(_sessions);
        FindSubscriptions();
        FindPublications();
        FindTransmissions();
        Subscriptions = new SubscriptionIndex(this);
        Drops = new DropIndex(_decisions);
    }

    /// <summary>All events.</summary>
    public History History { get; }

    /// <summary>The last thing that happened; null where nothing did.</summary>
    public HistoryEvent? LastEvent => History.Events is { Count: > 0 } events ? events[^1] : null;

    /// <summary>What the history does not show.</summary>
    public RunFacts Facts { get; }

    /// <summary>The scenario; null for a history that stands alone.</summary>
    public Scenario? Scenario { get; }

    /// <summary>Faults, pauses, crashes.</summary>
    public Disturbances World { get; } = new();

    /// <summary>All connections, in the order they came up.</summary>
    public IReadOnlyList<ConnectionView> Connections => _connections;

    /// <summary>All sessions, in the order they began.</summary>
    public IReadOnlyList<SessionView> Sessions { get; }

    /// <summary>What clients' applications got, in order.</summary>
    public IReadOnlyList<HistoryEvent> Deliveries => _deliveries;

    /// <summary>The brokers' log lines.</summary>
    public IReadOnlyList<HistoryEvent> Decisions => _decisions;

    /// <summary>All publications, in the order of their first sending.</summary>
    public IReadOnlyList<Publication> Publications => _publications;

    /// <summary>What was said, in the order of its first appearance.</summary>
    public IReadOnlyList<Content> Contents => _contents;

    /// <summary>The subscriptions of every broker.</summary>
    public SubscriptionIndex Subscriptions { get; }

    /// <summary>What brokers dropped and said so.</summary>
    public DropIndex Drops { get; }

    /// <summary>Makes the view.</summary>
    /// <param name="history">The events.</param>
    /// <param name="facts">What they do not show.</param>
    /// <param name="scenario">The scenario; null for none.</param>
    public static HistoryView Of(History history, RunFacts facts, Scenario? scenario = null) => new(history, facts, scenario);

    /// <summary>A connection by its name; null when there is none.</summary>
    public ConnectionView? Connection(string? name) => name is null ? null : _connectionsByName.GetValueOrDefault(name);

    /// <summary>What is known of a broker.</summary>
    public BrokerFacts BrokerOf(string name) => Facts.Brokers.GetValueOrDefault(name) ?? UnknownBroker;

    /// <summary>A broker's limits and policies when it started first; those that may not change count throughout.</summary>
    public BrokerOptions OptionsOf(string broker) => BrokerOf(broker).Options;

    /// <summary>A broker's limits and policies at an event.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="index">The event's index.</param>
    public BrokerOptions OptionsAt(string broker, int index) => OptionsUpTo(broker, index)[^1];

    /// <summary>All limits and policies that a broker had up to an event, in order.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="index">The event's index.</param>
    public IReadOnlyList<BrokerOptions> OptionsUpTo(string broker, int index)
    {
        var facts = BrokerOf(broker);
        if (facts.LaterOptions.Count == 0) return [facts.Options];
        var changes = _decisions.Count(decision => decision.Index < index && decision.Node == broker && JudgedDecisions.Is(decision, JudgedDecisions.OptionsChanged));
        return [facts.Options, .. facts.LaterOptions.Take(changes)];
    }

    /// <summary>What is known of a client; null for nothing.</summary>
    public ClientFacts? ClientOf(string name) => Facts.Clients.GetValueOrDefault(name);

    /// <summary>Whether a process that ends leaves its sessions to the next life.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="at">When it ended.</param>
    public bool Survives(string broker, long at)
    {
        var persistence = BrokerOf(broker).Persistence;
        if (persistence == Persistence.Memory) return false;
        var ended = History.Events.Skip(IndexAt(at)).FirstOrDefault(e => e.Kind == HistoryKind.ProcessEnded && e.Node == broker);
        return ended?.Name != "wiped_disk" && (persistence != Persistence.Os || ended?.Name != "power_loss");
    }

    /// <summary>The index of the first event at or after an instant.</summary>
    public int IndexAt(long nanoseconds)
    {
        var (low, high) = (0, History.Events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (History.Events[middle].Nanoseconds < nanoseconds) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>What is made of the view once, however many rules ask for it.</summary>
    /// <param name="make">A static method that makes it.</param>
    public T Once<T>(Func<HistoryView, T> make)
        where T : class
    {
        if (_made.TryGetValue(make, out var made)) return (T)made;
        var result = make(this);
        _made.Add(make, result);
        return result;
    }

    private readonly Dictionary<Delegate, object> _made = [];

    /// <summary>Whether a client does on the wire what no library would: then its mistakes are the scenario's.</summary>
    public bool IsScripted(string client)
    {
        _scripted ??= Scripted();
        var bracket = client.IndexOf('[');
        return _scripted.Contains(client) || (bracket > 0 && _scripted.Contains(client[..bracket]));
    }

    private HashSet<string>? _scripted;

    private HashSet<string> Scripted() =>
    [
        .. (Scenario?.Steps ?? []).OfType<ClientStep>()
            .Where(step => step is SendRawStep or AckStep or HoldAcksStep or PublishStep { PacketIdentifier: not null } or PublishStep { Duplicate: true })
            .Select(step => step.Client),
    ];

    private void Note(HistoryEvent happened)
    {
        World.Add(happened);
        switch (happened.Kind)
        {
            case HistoryKind.Delivered:
                _deliveries.Add(happened);
                break;
            case HistoryKind.Decision:
                _decisions.Add(happened);
                break;
        }

        if (happened is { Connection: { } name, Peer: not null }) Note(happened, ConnectionOf(happened, name));
    }

    private ConnectionView ConnectionOf(HistoryEvent happened, string name)
    {
        if (_connectionsByName.TryGetValue(name, out var connection)) return connection;

        // The name says whose it is, so the other end is the broker.
        var mark = name.IndexOf('#');
        var client = mark < 0 ? name : name[..mark];
        var broker = happened.Node == client ? happened.Peer! : happened.Node;
        connection = new ConnectionView(name, client, broker);
        _connectionsByName.Add(name, connection);
        _connections.Add(connection);
        return connection;
    }

    private static void Note(HistoryEvent happened, ConnectionView connection)
    {
        var isClient = happened.Node == connection.Client;
        switch (happened.Kind)
        {
            case HistoryKind.ConnectionRequested:
                connection.Requested ??= happened;
                break;
            case HistoryKind.ConnectionAccepted:
                connection.Accepted ??= happened;
                break;
            case HistoryKind.ConnectionEnded when isClient:
                connection.ClientEnded ??= happened;
                break;
            case HistoryKind.ConnectionEnded:
                connection.BrokerEnded ??= happened;
                break;
            case HistoryKind.Malformed:
                connection.Malformed.Add(happened);
                break;
            case HistoryKind.PacketSent when happened.Packet is { } sent:
                (sent.IsToBroker ? connection.ClientSent : connection.BrokerSent).Add(happened);
                if (!sent.IsToBroker) NoteFromBroker(happened, connection);
                break;
            case HistoryKind.PacketReceived when happened.Packet is { } read:
                (read.IsToBroker ? connection.BrokerRead : connection.ClientRead).Add(happened);
                if (read.IsToBroker) NoteToBroker(happened, connection);
                break;
        }
    }

    private static void NoteFromBroker(HistoryEvent sent, ConnectionView connection)
    {
        switch (sent.Packet!.Packet)
        {
            case ConnAckPacket connAck when connection.ConnAck is null:
                (connection.ConnAckSent, connection.ConnAck) = (sent, connAck);
                break;
            case DisconnectPacket:
                connection.BrokerDisconnect ??= sent;
                break;
        }
    }

    private static void NoteToBroker(HistoryEvent read, ConnectionView connection)
    {
        switch (read.Packet!.Packet)
        {
            case ConnectPacket connect when connection.Connect is null:
                (connection.ConnectRead, connection.Connect) = (read, connect);
                break;
            case DisconnectPacket:
                connection.ClientDisconnect ??= read;
                break;
        }
    }

    /// <summary>When the broker was through with a connection: the end of its socket may be later, where the peer takes nothing.</summary>
    private void FindEnd(ConnectionView connection)
    {
        var from = connection.ConnectRead?.Index ?? connection.Accepted?.Index ?? 0;
        connection.EndDecision = connection.IsAccepted ? EndDecisionOf(connection, from) : null;
        foreach (var sign in (HistoryEvent?[])[connection.BrokerEnded, connection.BrokerDisconnect, connection.ClientDisconnect, connection.EndDecision])
        {
            if (sign is null) continue;
            connection.CloseIndex = Math.Min(connection.CloseIndex, sign.Index);
            connection.CloseEarliest = Math.Min(connection.CloseEarliest ?? long.MaxValue, sign.Nanoseconds);
        }

        // A DISCONNECT that was read and not handled yet when another connection took over: both ends at that instant.
        connection.CloseLatest = connection.EndDecision?.Nanoseconds ?? connection.BrokerEnded?.Nanoseconds ?? connection.CloseEarliest;
        var started = connection.Accepted ?? connection.Requested ?? connection.ConnectRead;
        if (started is null || World.EndAfter(connection.Broker, started.Nanoseconds) is not { } ended) return;
        if (connection.CloseEarliest is null || ended <= connection.CloseEarliest)
        {
            connection.CloseEarliest = connection.CloseLatest = ended;
            connection.CloseIndex = Math.Min(connection.CloseIndex, IndexAt(ended));
        }
    }

    // The line names the connection, as its transport is named.
    private HistoryEvent? EndDecisionOf(ConnectionView connection, int from)
    {
        _ends ??= _decisions.Where(decision => JudgedDecisions.Is(decision, JudgedDecisions.Disconnected))
            .GroupBy(decision => $"{decision.Node} {Before(decision.Detail ?? "", "] ")}", StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        return _ends.GetValueOrDefault($"{connection.Broker} Client {connection.ClientId} [{connection.Name}")?.Find(decision => decision.Index > from);
    }

    private static string Before(string text, string mark) => text.IndexOf(mark, StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text;

    private Dictionary<string, List<HistoryEvent>>? _ends;

    private static SessionView[] Chronological(List<SessionView> sessions) => [.. sessions.OrderBy(session => session.Started.Index)];
}
