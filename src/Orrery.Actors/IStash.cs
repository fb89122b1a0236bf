namespace Orrery.Actors;

/// <summary>Messages put aside until the actor is in a state to handle them.</summary>
public interface IStash
{
    /// <summary>Messages put aside.</summary>
    int Count { get; }

    /// <summary>Whether nothing is put aside.</summary>
    bool IsEmpty { get; }

    /// <summary>Puts the message in hand aside, behind those put aside before.</summary>
    /// <exception cref="IllegalActorStateException">It has been put aside already.</exception>
    void Stash();

    /// <summary>Puts the oldest message back, before all others in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages back, in the order in which they were put aside, before all others in the mailbox.</summary>
    void UnstashAll();

    /// <summary>Puts back those for which a predicate holds, in order; the rest is dropped.</summary>
    /// <param name="predicate">Called with each, oldest first.</param>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Takes all messages out without putting them back.</summary>
    /// <returns>Oldest first.</returns>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages aside, before those put aside so far.</summary>
    /// <param name="envelopes">Oldest first.</param>
    void Prepend(IEnumerable<Envelope> envelopes);
}

/// <summary>An actor that puts messages aside.</summary>
public interface IWithStash
{
    /// <summary>Set by the runtime after the constructor and before <c>PreStart</c>.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor whose stash has no limit.</summary>
public interface IWithUnboundedStash : IWithStash;
