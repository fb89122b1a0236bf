using System.Runtime.CompilerServices;
using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>The messages that wait for one actor, and whether the actor is waiting for a thread.</summary>
/// <remarks>
/// Many senders, one owner (whoever runs the actor's turn). A gate of a few instructions guards both the queue and the
/// scheduled flag, so that telling is one atomic operation and a wake-up is never lost. A single waiting message lives in
/// the mailbox itself; more need a <see cref="Backlog"/>, which is given back when the actor comes to rest.
/// </remarks>
internal struct Mailbox
{
    private object? _firstMessage;
    private IActorRef? _firstSender;
    private Backlog? _backlog;
    private SpinGate _gate;
    private SharedFlag _systemPending;
    private bool _scheduled;
    private bool _closed;

    /// <summary>What became of a message.</summary>
    public enum Outcome
    {
        /// <summary>It waits; the actor runs already or is about to.</summary>
        Accepted,

        /// <summary>It waits, and the caller must hand the actor to its dispatcher.</summary>
        AcceptedAndReady,

        /// <summary>A bounded mailbox has no room.</summary>
        Full,

        /// <summary>The actor has stopped.</summary>
        Closed,
    }

    /// <summary>What the owner found.</summary>
    public enum Found
    {
        /// <summary>A message was taken.</summary>
        Message,

        /// <summary>Messages of the runtime wait and come first.</summary>
        SystemMessages,

        /// <summary>Nothing: the actor is at rest, and the owner must not touch it any more.</summary>
        Nothing,
    }

    /// <summary>Whether messages of the runtime wait.</summary>
    public readonly bool HasSystemMessages
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _systemPending.Value;
    }

    /// <summary>Whether anything waits. For the owner, between turns.</summary>
    public readonly bool HasMessages => _systemPending.Value || Waiting() > 0;

    /// <summary>Whether the actor has stopped. For the owner.</summary>
    public readonly bool IsClosed => _closed;

    /// <summary>Takes in a message; from any thread.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">Its sender.</param>
    /// <param name="capacity">Messages that may wait; 0 for no limit.</param>
    public Outcome Enqueue(object message, IActorRef? sender, int capacity)
    {
        _gate.Enter();
        if (_closed)
        {
            _gate.Exit();
            return Outcome.Closed;
        }

        if (capacity != 0 && Waiting() >= capacity)
        {
            _gate.Exit();
            return Outcome.Full;
        }

        // What waits in the backlog came later than the first message, or is being drained already: the owner takes the
        // first message and swaps the backlog's arrays in one step. So a free first place means that nothing else came in.
        if (_firstMessage is null)
        {
            _firstMessage = message;
            _firstSender = sender;
        }
        else
        {
            (_backlog ??= ActorThread.Current.RentBacklog()).Append(message, sender);
        }

        var wake = !_scheduled;
        _scheduled = true;
        _gate.Exit();
        return wake ? Outcome.AcceptedAndReady : Outcome.Accepted;
    }

    /// <summary>Takes in a message of the runtime; from any thread.</summary>
    public Outcome EnqueueSystem(SystemMessage message)
    {
        _gate.Enter();
        if (_closed)
        {
            _gate.Exit();
            return Outcome.Closed;
        }

        (_backlog ??= ActorThread.Current.RentBacklog()).Append(message);
        _systemPending.Value = true;
        var wake = !_scheduled;
        _scheduled = true;
        _gate.Exit();
        return wake ? Outcome.AcceptedAndReady : Outcome.Accepted;
    }

    /// <summary>Marks a new mailbox as waiting for its first turn, on which the actor is made.</summary>
    public void Start()
    {
        _systemPending.Value = true;
        _scheduled = true;
    }

    /// <summary>Takes the next message, or else comes to rest. For the owner.</summary>
    /// <param name="thread">The owner's thread.</param>
    /// <param name="suspended">Whether plain messages must wait.</param>
    /// <param name="envelope">The message taken.</param>
    public Found Take(ActorThread thread, bool suspended, out Envelope envelope)
    {
        var backlog = _backlog;
        if (backlog is not null && backlog.DrainIndex < backlog.DrainCount && !suspended)
        {
            ref var slot = ref backlog.Draining[backlog.DrainIndex++];
            envelope = slot;
            slot = default;
            return Found.Message;
        }

        _gate.Enter();
        if (_systemPending.Value)
        {
            _gate.Exit();
            envelope = default;
            return Found.SystemMessages;
        }

        if (_firstMessage is { } first && !suspended)
        {
            envelope = new Envelope(first, _firstSender);
            _firstMessage = null;
            _firstSender = null;
            backlog = _backlog;
            if (backlog is not null && backlog.IncomingCount != 0) backlog.Swap();
            _gate.Exit();
            return Found.Message;
        }

        envelope = default;
        Rest(thread);
        return Found.Nothing;
    }

    /// <summary>Comes to rest if nothing waits. For the owner, at the end of a turn of full length.</summary>
    /// <returns>False if the actor must run again.</returns>
    public bool TryRest(ActorThread thread, bool suspended)
    {
        var backlog = _backlog;
        if (!suspended && backlog is not null && backlog.DrainIndex < backlog.DrainCount) return false;
        _gate.Enter();
        if (_systemPending.Value || (_firstMessage is not null && !suspended))
        {
            _gate.Exit();
            return false;
        }

        Rest(thread);
        return true;
    }

    /// <summary>Takes all waiting messages of the runtime, linked in order. For the owner.</summary>
    public SystemMessage? TakeSystemMessages()
    {
        _gate.Enter();
        var head = _backlog?.SystemHead;
        if (head is not null)
        {
            _backlog!.SystemHead = null;
            _backlog.SystemTail = null;
        }

        _systemPending.Value = false;
        _gate.Exit();
        return head;
    }

    /// <summary>Puts messages before all that wait. For the owner.</summary>
    public void Prepend(ActorThread thread, ReadOnlySpan<Envelope> envelopes)
    {
        if (_backlog is null)
        {
            _gate.Enter();
            _backlog ??= thread.RentBacklog();
            _gate.Exit();
        }

        _backlog.Prepend(envelopes);
    }

    /// <summary>Lets no more messages in, and hands over those that wait. For the owner.</summary>
    /// <param name="rest">Receives plain messages, oldest first.</param>
    /// <returns>Messages of the runtime, linked in order.</returns>
    public SystemMessage? Close(List<Envelope> rest)
    {
        _gate.Enter();
        _closed = true;
        var backlog = _backlog;
        _backlog = null;
        if (backlog is not null) rest.AddRange(backlog.Draining.AsSpan(backlog.DrainIndex, backlog.DrainCount - backlog.DrainIndex));
        if (_firstMessage is not null) rest.Add(new Envelope(_firstMessage, _firstSender));
        if (backlog is not null) rest.AddRange(backlog.Incoming.AsSpan(0, backlog.IncomingCount));
        _firstMessage = null;
        _firstSender = null;
        _systemPending.Value = false;
        _gate.Exit();
        return backlog?.SystemHead;
    }

    /// <summary>Ends the turn; called under the gate, which it leaves.</summary>
    private void Rest(ActorThread thread)
    {
        var backlog = _backlog;
        var spare = backlog is not null && backlog.IsEmpty;
        if (spare) _backlog = null;
        _scheduled = false;
        _gate.Exit();
        if (spare) thread.ReturnBacklog(backlog!);
    }

    /// <summary>
    /// Messages waiting; called under the gate. The owner drains without the gate, so a sender may see one or two
    /// messages more than there are while the owner is at work, never fewer.
    /// </summary>
    private readonly int Waiting()
    {
        var waiting = _firstMessage is null ? 0 : 1;
        if (_backlog is { } backlog) waiting += backlog.IncomingCount + backlog.DrainCount - backlog.DrainIndex;
        return waiting;
    }
}
