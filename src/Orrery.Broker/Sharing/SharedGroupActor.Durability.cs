using Orrery.Actors;
using Orrery.Broker.Persistence;

namespace Orrery.Broker.Sharing;

/// <summary>What of the group outlives the process: what waits in it, while one of its members is durable.</summary>
/// <remarks>A message is in the group's queue until a member has begun to send it, or is done with it: what is given and comes back
/// costs no write. What waits is in memory too, within the limits of a queue.</remarks>
internal sealed partial class SharedGroupActor
{
    private const int PageMessagesMax = 256;
    private const long PageBytesMax = 256 * 1024;

    private StoredQueue? _kept;                         // null while no member is durable
    private List<StoreMutation>? _mutations;
    private bool _isRecovering;
    private bool _isRead = true;

    /// <summary>Begins the queue with the first durable member.</summary>
    /// <returns>False if it has begun, or there is no store.</returns>
    private bool BeginKeeping()
    {
        if (_kept is not null || _groups.Store is null)
        {
            return false;
        }

        _kept = new StoredQueue(StoredQueueKind.SharedGroup, _filter.ToString());
        (_mutations ??= []).Add(new StoreMutation.BeginQueue(_kept));
        return true;
    }

    /// <summary>Nobody is left to whom the messages would be given after a restart.</summary>
    private void EndKeepingWhenAlone()
    {
        if (_kept is null || _isRecovering || _members.Exists(member => member.Entry.Queue is not null))
        {
            return;
        }

        (_mutations ??= []).Add(new StoreMutation.EndQueue(_kept));
        _kept = null;
        if (_members.Count > 0)
        {
            Subscribe();                                // publishers write to it no more
        }
    }

    private void Unkeep(SharedMessage shared)
    {
        if (shared.Stored is { } stored)
        {
            (_mutations ??= []).Add(new StoreMutation.RemoveMessage(shared.Queue!, stored));
        }
    }

    private void TellStore()
    {
        if (_mutations is not null)
        {
            _groups.Store!.Actor.Tell(new StoreProtocol.Write(_mutations, 0), Self);
            _mutations = null;
        }
    }

    private void OnRecover(StoredQueue queue)
    {
        (_kept, _isRecovering, _isRead) = (queue, true, false);
        Subscribe();
        ReadPage(0);
    }

    private void ReadPage(long after) =>
        _groups.Store!.Actor.Tell(new StoreProtocol.ReadPage(_kept!, after, PageMessagesMax, PageBytesMax, 0), Self);

    private void OnPage(StoreProtocol.Page page)
    {
        foreach (var entry in page.Entries)
        {
            var shared = new SharedMessage(entry.Message.Message, ++_sequence, entry.Message, _kept);
            _queue.AddLast(new Waiting(shared, ActorRefs.Nobody));
            _queuedBytes += Sessions.QueuedMessage.SizeOf(shared.Message);
        }

        if (page.Entries.Count > 0)
        {
            ReadPage(page.Entries[^1].Message.Id);
            return;
        }

        _isRead = true;
        FinishRecovery();
    }

    private void FinishRecovery()
    {
        if (_isRecovering && _isRead && !IsSubscribing)
        {
            Context.Parent.Tell(SharedProtocol.Recovered.Instance, Self);
        }
    }
}
