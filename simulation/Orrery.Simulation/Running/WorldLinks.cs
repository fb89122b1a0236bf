using Orrery.Simulation.Scenarios.Model;
using Direction = Orrery.Simulation.Network.Direction;

namespace Orrery.Simulation.Running;

/// <summary>The links of a run, by the names that the file uses.</summary>
internal sealed class WorldLinks(RunWorld world, Topology topology)
{
    private const string DefaultName = "default";
    private const string ClientName = "client";

    private readonly List<WorldLink> _all = [];

    /// <summary>All of them, in the order they were made.</summary>
    public IReadOnlyList<WorldLink> All => _all;

    /// <summary>Makes a client's link to its broker.</summary>
    /// <param name="client">The client.</param>
    /// <param name="address">Where else it comes from; null for home.</param>
    public WorldLink Add(SimulatedClient client, string? address = null)
    {
        var options = WorldOptions.Of(Named(client));
        var from = address is null ? client.Name : $"{client.Name}@{address}";
        var link = new Network.Link(world.Kernel, $"{from}->{client.Broker.Name}", options, client.Broker.Process);
        var made = new WorldLink(client, client.Broker, link);
        _all.Add(made);
        return made;
    }

    /// <summary>The links that a text stands for, and which of their directions.</summary>
    public IReadOnlyList<(WorldLink Link, IReadOnlyList<Direction> Directions)> Find(string text)
    {
        Direction[] both = [Direction.ToListener, Direction.ToCaller];
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0) return [.. _all.Where(link => NameFor(link.Client) == text || text is ClientName).Select(link => (link, (IReadOnlyList<Direction>)both))];

        var isBoth = text[arrow - 1] == '<';
        var (from, to) = (text[..arrow].TrimEnd('<'), text[(arrow + 2)..]);
        var found = new List<(WorldLink, IReadOnlyList<Direction>)>();
        foreach (var link in _all.Where(link => link == link.Client.Home))
        {
            if (Is(link.Client, from) && Is(link.Broker, to)) found.Add((link, isBoth ? both : [Direction.ToListener]));
            else if (Is(link.Client, to) && Is(link.Broker, from)) found.Add((link, isBoth ? both : [Direction.ToCaller]));
        }

        return found;
    }

    /// <summary>Whether a text names a client or its group.</summary>
    public static bool Is(SimulatedClient client, string text) => text == client.Name || text == client.Group;

    /// <summary>Whether a text names a broker or its kind.</summary>
    public static bool Is(SimulatedBroker broker, string text) => text == broker.Name || text == broker.Kind;

    private Scenarios.Model.Link? Named(SimulatedClient client) => topology.Links.GetValueOrDefault(NameFor(client) ?? "");

    /// <summary>The key that says how a client's link behaves: its own ends before its group's, before its kind, before the default.</summary>
    private string? NameFor(SimulatedClient client)
    {
        string[] clients = [client.Name, client.Group];
        string[] brokers = [client.Broker.Name, client.Broker.Kind];
        var ends =
            from c in clients
            from b in brokers
            from name in new[] { $"{c}->{b}", $"{c}<->{b}", $"{b}->{c}", $"{b}<->{c}" }
            select name;
        return ends.Append(ClientName).Append(DefaultName).FirstOrDefault(topology.Links.ContainsKey);
    }
}
