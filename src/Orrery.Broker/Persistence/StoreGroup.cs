using Orrery.Actors;

namespace Orrery.Broker.Persistence;

/// <summary>The writes that one commit makes durable, and who waits for it.</summary>
internal sealed class StoreGroup
{
    private readonly Dictionary<IActorRef, int> _places = [];
    private readonly List<(IActorRef Writer, long Token)> _writers = [];

    /// <summary>What changes, in the order in which it was told.</summary>
    public List<StoreMutation> Mutations { get; } = [];

    /// <summary>Who wants an answer, with its largest token, in the order of the first writes.</summary>
    public IReadOnlyList<(IActorRef Writer, long Token)> Writers => _writers;

    /// <summary>True when there is nothing to do for it.</summary>
    public bool IsEmpty => Mutations.Count == 0 && _writers.Count == 0;

    /// <summary>Notes that a writer waits for the group. Its tokens grow.</summary>
    public void Add(IActorRef writer, long token)
    {
        if (_places.TryGetValue(writer, out var place))
        {
            _writers[place] = (writer, token);
            return;
        }

        _places.Add(writer, _writers.Count);
        _writers.Add((writer, token));
    }
}
