using System.Globalization;
using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>The children of an actor, by name and in order of birth.</summary>
/// <remarks>
/// Only the parent's turn changes it, except for the guardian, whose children are made by any thread. So each access
/// goes through a gate, which costs a few nanoseconds where nobody else is there.
/// </remarks>
internal sealed class ChildTable
{
    private readonly OrderedTable<string, ActorCell, ByName> _cells = new();
    private SpinGate _gate;
    private int _named;
    private bool _closed;

    /// <summary>Children that have been told to stop by this parent and have not stopped yet. For the parent's turn.</summary>
    public int StoppingCount { get; set; }

    /// <summary>Adds a child.</summary>
    /// <exception cref="InvalidOperationException">The parent is stopping.</exception>
    /// <exception cref="InvalidActorNameException">The name is taken.</exception>
    public void Add(ActorCell child)
    {
        _gate.Enter();
        var taken = _cells.TryGet(child.Name, out _);
        var closed = _closed;
        if (!taken && !closed) _cells.Add(child);
        _gate.Exit();
        if (closed) throw new InvalidOperationException("Cannot create child while terminating or terminated.");
        if (taken) throw new InvalidActorNameException($"Actor name \"{child.Name}\" is not unique!");
    }

    /// <summary>Makes up a name that no child has.</summary>
    public string NextName()
    {
        _gate.Enter();
        var number = _named++;
        _gate.Exit();
        return string.Create(CultureInfo.InvariantCulture, $"${number}");
    }

    /// <summary>Lets no more children in.</summary>
    public void Close()
    {
        _gate.Enter();
        _closed = true;
        _gate.Exit();
    }

    public bool TryGet(string name, out ActorCell child)
    {
        _gate.Enter();
        var found = _cells.TryGet(name, out child);
        _gate.Exit();
        return found;
    }

    /// <summary>Whether this very child is there, not only one of its name.</summary>
    public bool Contains(ActorCell child) => TryGet(child.Name, out var found) && ReferenceEquals(found, child);

    public bool Remove(ActorCell child)
    {
        _gate.Enter();
        var removed = _cells.TryGet(child.Name, out var found) && ReferenceEquals(found, child)
            && _cells.Remove(child.Name, out _);
        _gate.Exit();
        return removed;
    }

    /// <summary>A snapshot, oldest first.</summary>
    public List<ActorCell> ToList()
    {
        _gate.Enter();
        var list = new List<ActorCell>(_cells.Count);
        _cells.CopyTo(list);
        _gate.Exit();
        return list;
    }
}
