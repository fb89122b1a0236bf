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
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<Node> _all = [];

    private HtmlNodes()
    {
    }

    /// <summary>The lanes.</summary>
    public IReadOnlyList<Node> All => _all;

    /// <summary>The lanes that the events name, and one for the link of every connection.</summary>
    public static HtmlNodes Of(IReadOnlyList<HistoryEvent> events)
    {
        var nodes = new HtmlNodes();
        foreach (var happened in events)
        {
            nodes.Add(happened.Node, KindOf(happened));
            if (happened.Peer is null) continue;

            var (fromNode, toNode) = ($"{happened.Node}->{happened.Peer}", $"{happened.Peer}->{happened.Node}");
            var takes = TakesConnection(happened)
                ?? (nodes._indices.ContainsKey(toNode) || (!nodes._indices.ContainsKey(fromNode) && nodes.KindOf(happened.Node) == HtmlNodeKind.Broker));
            nodes.Add(happened.Peer, takes ? HtmlNodeKind.Client : HtmlNodeKind.Broker);
            if (happened.Connection is not null) nodes.Add(takes ? toNode : fromNode, HtmlNodeKind.Link);
        }

        // A link that no connection uses may name ends that nothing else does.
        foreach (var node in nodes._all.ToArray())
        {
            if (node.Kind != HtmlNodeKind.Link || Ends(node.Name) is not var (client, broker)) continue;
            nodes.Add(client, HtmlNodeKind.Client);
            nodes.Add(broker, HtmlNodeKind.Broker);
            var index = nodes._indices[node.Name];
            nodes._all[index] = node with { Client = nodes._indices[client], Broker = nodes._indices[broker] };
        }
        return nodes;
    }

    /// <summary>The number of a lane that an event names.</summary>
    public int IndexOf(string name) => _indices[name];

    /// <summary>What an event says about its node; <see cref="HtmlNodeKind.Client"/> where it says nothing.</summary>
    private static HtmlNodeKind KindOf(HistoryEvent happened)
    {
        if (happened.Node == "script") return HtmlNodeKind.Script;
        if (Ends(happened.Node) is not null) return HtmlNodeKind.Link;
        if (TakesConnection(happened) is { } takes) return takes ? HtmlNodeKind.Broker : HtmlNodeKind.Client;
        return happened.Kind is HistoryKind.Decision or HistoryKind.ProcessStarted or HistoryKind.ProcessEnded
            or HistoryKind.ProcessPaused or HistoryKind.ProcessResumed or HistoryKind.DiskSubmitted or HistoryKind.DiskDone
            ? HtmlNodeKind.Broker
            : HtmlNodeKind.Client;
    }

    /// <summary>Whether the event's node is the end that takes connections; null where the event does not tell.</summary>
    private static bool? TakesConnection(HistoryEvent happened) => happened.Kind switch
    {
        HistoryKind.ConnectionRequested or HistoryKind.ConnectionOpened => false,
        HistoryKind.ConnectionAccepted => true,
        HistoryKind.PacketSent when happened.Packet is { } packet => !packet.IsToBroker,
        HistoryKind.PacketReceived when happened.Packet is { } packet => packet.IsToBroker,
        _ => null,
    };

    private HtmlNodeKind KindOf(string name) => _all[_indices[name]].Kind;

    private static (string Client, string Broker)? Ends(string name)
    {
        var arrow = name.IndexOf("->", StringComparison.Ordinal);
        return arrow <= 0 || arrow + 2 == name.Length ? null : (name[..arrow], name[(arrow + 2)..]);
    }

    private void Add(string name, HtmlNodeKind kind)
    {
        if (_indices.TryGetValue(name, out var index))
        {
            // A node that was only asked to do something so far is known better once it acts as a broker.
            if (kind == HtmlNodeKind.Broker && _all[index].Kind == HtmlNodeKind.Client) _all[index] = _all[index] with { Kind = kind };
            return;
        }
        _indices.Add(name, _all.Count);
        _all.Add(new Node(name, kind));
    }

    /// <summary>One lane.</summary>
    /// <param name="Name">As the scenario has it.</param>
    /// <param name="Kind">What it stands for.</param>
    /// <param name="Client">Of a link: the lane of the end that opens connections; -1 elsewhere.</param>
    /// <param name="Broker">Of a link: the lane of the end that takes them; -1 elsewhere.</param>
    internal sealed record Node(string Name, HtmlNodeKind Kind, int Client = -1, int Broker = -1);
}
