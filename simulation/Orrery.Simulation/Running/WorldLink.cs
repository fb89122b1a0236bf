using Orrery.Simulation.Network;

namespace Orrery.Simulation.Running;

/// <summary>A link of a run, with the changes that faults lay over what the file says of it.</summary>
internal sealed class WorldLink
{
    private readonly LinkOptions _basis;
    private readonly List<Func<LinkOptions, LinkOptions>> _changes = [];
    private readonly List<ListenerMode> _modes = [];

    /// <summary>Makes a link of a client.</summary>
    public WorldLink(SimulatedClient client, SimulatedBroker broker, Network.Link link)
    {
        (Client, Broker, Link, _basis) = (client, broker, link, link.Options);
    }

    /// <summary>Who asks for connections on it.</summary>
    public SimulatedClient Client { get; }

    /// <summary>Who takes them.</summary>
    public SimulatedBroker Broker { get; }

    /// <summary>The link.</summary>
    public Network.Link Link { get; }

    /// <summary>Lays a change over what is there.</summary>
    /// <returns>Undoes it, whatever else has changed meanwhile.</returns>
    public Action Change(Func<LinkOptions, LinkOptions> change)
    {
        _changes.Add(change);
        Apply();
        return () =>
        {
            _changes.Remove(change);
            Apply();
        };
    }

    /// <summary>Lets requests for connections be answered otherwise.</summary>
    /// <returns>Undoes it.</returns>
    public Action Answer(ListenerMode mode)
    {
        _modes.Add(mode);
        Link.RequestMode = mode;
        return () =>
        {
            _modes.Remove(mode);
            Link.RequestMode = _modes.Count == 0 ? null : _modes[^1];
        };
    }

    /// <summary>Lets nothing pass in one direction.</summary>
    /// <returns>Undoes it.</returns>
    public Action Block(Direction direction)
    {
        Link.Block(direction);
        return () => Link.Unblock(direction);
    }

    private void Apply() => Link.Options = _changes.Aggregate(_basis, (options, change) => change(options));
}
