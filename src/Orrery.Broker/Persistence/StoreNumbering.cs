namespace Orrery.Broker.Persistence;

/// <summary>Gives queues and messages their numbers, and leaves out what is about a queue that has ended. The store's actor's own.</summary>
/// <remarks>Actors name queues and messages by reference and know nothing of each other's order: a publisher may add to the queue
/// of a session that has just ended. What the store is told holds together.</remarks>
internal sealed class StoreNumbering
{
    private long _lastQueueId;
    private long _lastMessageId;

    /// <summary>Continues after what an opened store has.</summary>
    public void Start(long largestQueueId, long largestMessageId) => (_lastQueueId, _lastMessageId) = (largestQueueId, largestMessageId);

    /// <summary>Numbers what a change brings, and makes it true of the queues there are.</summary>
    /// <returns>What to tell the store; null when nothing is left of the change.</returns>
    public StoreMutation? Admit(StoreMutation mutation)
    {
        switch (mutation)
        {
            case StoreMutation.BeginQueue begin:
                Invariant.That(begin.Queue.Id == 0);
                begin.Queue.Id = ++_lastQueueId;
                return begin;
            case StoreMutation.EndQueue end:
                if (!IsOpen(end.Queue)) return null;
                end.Queue.IsEnded = true;
                return end;
            case StoreMutation.AddMessage add:
                return Admit(add);
            case StoreMutation.MoveMessage move:
                return Admit(move);
            case StoreMutation.RemoveMessage remove:
                return IsOpen(remove.Queue) && remove.Message.Id != 0 ? remove : null;
            case StoreMutation.SetRetained set:
                Number(set.Message);
                return set;
            case StoreMutation.ClearRetained:
                return mutation;
            default:
                return IsOpen(QueueOf(mutation)) ? mutation : null;
        }
    }

    private StoreMutation.AddMessage? Admit(StoreMutation.AddMessage add)
    {
        var open = 0;
        for (var i = 0; i < add.Targets.Count; i++)
        {
            open += IsOpen(add.Targets[i].Queue) ? 1 : 0;
        }

        if (open == 0)
        {
            return null;
        }

        Number(add.Message);
        return open == add.Targets.Count ? add : add with { Targets = [.. add.Targets.Where(target => IsOpen(target.Queue))] };
    }

    /// <summary>A message that moves stays where the one queue is gone, and is new where the other is.</summary>
    private StoreMutation? Admit(StoreMutation.MoveMessage move)
    {
        var isKept = move.Message.Id != 0 && IsOpen(move.From);
        return !IsOpen(move.To.Queue) ? (isKept ? new StoreMutation.RemoveMessage(move.From, move.Message) : null)
            : isKept ? move
            : Admit(new StoreMutation.AddMessage(move.Message, [move.To]));
    }

    private void Number(StoredMessage message)
    {
        if (message.Id == 0)
        {
            message.Id = ++_lastMessageId;
        }
    }

    // A queue is told of before anything else about it: one without a number belongs to a life that is over.
    private static bool IsOpen(StoredQueue queue) => queue.Id != 0 && !queue.IsEnded;

    private static StoredQueue QueueOf(StoreMutation mutation) => mutation switch
    {
        StoreMutation.Attach attach => attach.Queue,
        StoreMutation.Detach detach => detach.Queue,
        StoreMutation.ClearWill clear => clear.Queue,
        StoreMutation.PutSubscription put => put.Queue,
        StoreMutation.RemoveSubscription remove => remove.Queue,
        StoreMutation.StartExchange start => start.Queue,
        StoreMutation.AdvanceExchange advance => advance.Queue,
        StoreMutation.AddInbound add => add.Queue,
        StoreMutation.RemoveInbound remove => remove.Queue,
        _ => throw new InvariantViolationException($"no queue in {mutation.GetType()}"),
    };
}
