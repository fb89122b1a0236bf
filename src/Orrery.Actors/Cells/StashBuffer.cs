using System.Runtime.InteropServices;
using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>The stash of one actor; it outlives the instances, as the mailbox does.</summary>
internal sealed class StashBuffer(ActorCell cell) : IStash
{
    private readonly List<Envelope> _envelopes = [];

    public int Count => _envelopes.Count;

    public bool IsEmpty => _envelopes.Count == 0;

    public void Stash()
    {
        var thread = ActorThread.Current;
        if (!ReferenceEquals(thread.Cell, cell) || thread.Message is not { } message)
        {
            throw new IllegalActorStateException("There is no message in hand to stash.");
        }

        if (thread.IsStashed)
        {
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once.");
        }

        thread.IsStashed = true;
        _envelopes.Add(new Envelope(message, thread.Sender));
    }

    public void Unstash()
    {
        if (_envelopes.Count == 0) return;
        cell.PrependToMailbox([_envelopes[0]]);
        _envelopes.RemoveAt(0);
    }

    public void UnstashAll()
    {
        if (_envelopes.Count == 0) return;
        cell.PrependToMailbox(CollectionsMarshal.AsSpan(_envelopes));
        _envelopes.Clear();
    }

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        _envelopes.RemoveAll(envelope => !predicate(envelope));
        UnstashAll();
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var envelopes = _envelopes.ToArray();
        _envelopes.Clear();
        return envelopes;
    }

    public void Prepend(IEnumerable<Envelope> envelopes) => _envelopes.InsertRange(0, envelopes);
}
