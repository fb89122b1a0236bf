using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Reports;

/// <summary>What a lane stands for. The numbers are the page's.</summary>
internal enum HtmlNodeKind
{
    /// <summary>A client.</summary>
    Client = 0,

    /// <summary>A broker.</summary>
    Broker = 1,

    /// <summary>The way from a client, or another broker, to a broker.</summary>
    Link = 2,

    /// <summary>The scenario itself.</summary>
    Script = 3,
}

/// <summary>The lanes of a run, in the order in which they turn up.</summary>
internal sealed class HtmlNodes
{
    private const string Script = "script";
    private const string AllLinks = "client";

    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<Node> _all = [];
    private readonly Dictionary<string, int[]> _targets = new(StringComparer.Ordinal);

    private HtmlNodes()
    {
    }

    /// <summary>The lanes.</summary>
    public IReadOnlyList<Node> All => _all;

    /// <summary>The lanes that the events name, and one for the link of every connection.</summary>
    public static HtmlNodes Of(IReadOnlyList<HistoryEvent> events)
    {
        var nodes = new HtmlNodes();
        foreach (var happened in events) nodes.AddConnection(happened);
        foreach (var happened in events) nodes.AddOther(happened);
        foreach (var happened in events)
        {
            if (IsOfLinks(happened)) nodes.AddTargets(happened.Node);
        }
        return nodes;
    }

    /// <summary>The lane of an event's node. A fault of several links is the scenario's.</summary>
    public int IndexOf(HistoryEvent happened) =>
        IsOfLinks(happened) ? TargetsOf(happened.Node) is [var only] ? only : _indices[Script] : _indices[happened.Node];

    /// <summary>The number of a lane by its name.</summary>
    public int IndexOf(string name) => _indices[name];

    /// <summary>The lanes that a fault is at work on: a link, all of a group's, those between two sides, or a node.</summary>
    public IReadOnlyList<int> TargetsOf(string name) => _targets[name];

    private static bool IsOfLinks(HistoryEvent happened) =>
        happened.Kind is HistoryKind.FaultStarted or HistoryKind.FaultEnded or HistoryKind.NetworkHeld;

    /// <summary>What an event of a connection tells about both ends.</summary>
    private void AddConnection(HistoryEvent happened)
    {
        bool? takes = happened.Kind switch
        {
            HistoryKind.ConnectionRequested or HistoryKind.ConnectionOpened => false,
            HistoryKind.ConnectionAccepted => true,
            HistoryKind.PacketSent when happened.Packet is { } packet => !packet.IsToBroker,
            HistoryKind.PacketReceived when happened.Packet is { } packet => packet.IsToBroker,
            _ => null,
        };
        if (takes is not { } isBroker || happened.Peer is not { } peer) return;

        var (client, broker) = isBroker ? (peer, happened.Node) : (happened.Node, peer);
        if (_indices.ContainsKey($"{client}->{broker}")) return;
        Add(client, HtmlNodeKind.Client);
        Add(broker, HtmlNodeKind.Broker, isSure: true);
        AddLink(client, broker);
    }

    /// <summary>Nodes without a connection: what they do says what they are.</summary>
    private void AddOther(HistoryEvent happened)
    {
        if (happened.Peer is { } peer) Add(peer, HtmlNodeKind.Client);
        if (IsOfLinks(happened)) return;
        if (happened.Node == Script) Add(Script, HtmlNodeKind.Script);
        else if (EndsOf(happened.Node) is var (client, broker)) AddNamedLink(client, broker);
        else if (happened.Kind is HistoryKind.Decision or HistoryKind.ProcessStarted or HistoryKind.DiskSubmitted or HistoryKind.DiskDone) Add(happened.Node, HtmlNodeKind.Broker);
        else Add(happened.Node, HtmlNodeKind.Client);
    }

    private void AddTargets(string name)
    {
        if (_targets.ContainsKey(name)) return;
        var targets = Find(name);
        if (targets.Length == 0 && EndsOf(name) is var (client, broker))
        {
            AddNamedLink(client, broker);
            targets = [_indices[name]];
        }
        if (targets.Length != 1) Add(Script, HtmlNodeKind.Script);
        _targets.Add(name, targets);
    }

    private int[] Find(string name)
    {
        if (_indices.TryGetValue(name, out var index)) return [index];
        if (name == AllLinks) return Links((_, _) => true);
        var arrow = name.IndexOf("->", StringComparison.Ordinal);
        if (arrow > 0)
        {
            var (from, to) = (name[..arrow].TrimEnd('<'), name[(arrow + 2)..]);
            return Links((client, broker) => (Is(client, from) && Is(broker, to)) || (Is(client, to) && Is(broker, from)));
        }

        // A partition names the nodes of one side.
        var side = name.Split(", ");
        return Links((client, broker) => side.Any(one => Is(client, one)) != side.Any(one => Is(broker, one)));
    }

    private int[] Links(Func<string, string, bool> isMeant) =>
        [.. Enumerable.Range(0, _all.Count).Where(i => _all[i] is { Kind: HtmlNodeKind.Link } link && isMeant(_all[link.Client].Name, _all[link.Broker].Name))];

    /// <summary>Whether a text names a node, or the group it belongs to.</summary>
    private static bool Is(string node, string text) =>
        node == text || (node.Length > text.Length && node[text.Length] == '[' && node.StartsWith(text, StringComparison.Ordinal));

    private static (string Client, string Broker)? EndsOf(string name)
    {
        var arrow = name.IndexOf("->", StringComparison.Ordinal);
        return arrow <= 0 || arrow + 2 == name.Length ? null : (name[..arrow], name[(arrow + 2)..]);
    }

    private void AddNamedLink(string client, string broker)
    {
        Add(client, HtmlNodeKind.Client);
        Add(broker, HtmlNodeKind.Broker);
        AddLink(client, broker);
    }

    private void AddLink(string client, string broker)
    {
        var name = $"{client}->{broker}";
        if (_indices.TryAdd(name, _all.Count)) _all.Add(new Node(name, HtmlNodeKind.Link, _indices[client], _indices[broker]));
    }

    /// <summary>Adds a lane. One that is there stays what it is, but that whoever surely takes connections is a broker.</summary>
    private void Add(string name, HtmlNodeKind kind, bool isSure = false)
    {
        if (_indices.TryAdd(name, _all.Count)) _all.Add(new Node(name, kind));
        else if (isSure) _all[_indices[name]] = new Node(name, kind);
    }

    /// <summary>One lane.</summary>
    /// <param name="Name">As the scenario has it.</param>
    /// <param name="Kind">What it stands for.</param>
    /// <param name="Client">Of a link: the lane of the end that opens connections; -1 elsewhere.</param>
    /// <param name="Broker">Of a link: the lane of the end that takes them; -1 elsewhere.</param>
    internal sealed record Node(string Name, HtmlNodeKind Kind, int Client = -1, int Broker = -1);
}
