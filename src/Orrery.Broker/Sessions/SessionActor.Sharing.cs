using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Publishing;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;

namespace Orrery.Broker.Sessions;

/// <summary>This session as a member of shared subscriptions: what it is given, what it finished, what it gives back.</summary>
internal sealed partial class SessionActor
{
    private const string ShareTimer = "share";

    // Half of what a message may wait for a member with room while there is one.
    private static readonly TimeSpan ShareWaitMax = TimeSpan.FromMilliseconds(500);

    private List<(IActorRef Group, long SubscriptionId, int Messages)>? _done;
    private ShortQueue<(SharedProtocol.Share Share, IActorRef Group)> _heldShares;     // arrived between SUBSCRIBE and SUBACK
    private bool _isShareTimed;
    private bool _isBehind;                             // gave back what it could not begin in time

    /// <summary>How many messages of one group this session takes at a time.</summary>
    private int RoomMax => _attached is null ? SharedProtocol.Away
        : _isBehind ? 0
        : Math.Min(_attached.ReceiveMaximum, _broker.Options.SharedInFlightMax);

    private void OnShare(SharedProtocol.Share share, IActorRef group)
    {
        if (_attached is not null && _subscribing is not null)
        {
            _heldShares.Enqueue((share, group));        // SUBACK first
            return;
        }

        // The client went, or unsubscribed, while the messages were on their way.
        var isMember = _subscriptions.TryGet(share.SubscriptionId, out var entry)
            && (_unsubscribing is null || !Expects(share.SubscriptionId));
        if (_attached is null || !isMember)
        {
            group.Tell(new SharedProtocol.GiveBack(share.SubscriptionId, share.Messages, _attached is null ? RoomMax : 0), Self);
            return;
        }

        var grant = Router.GrantOf(entry!);
        foreach (var (message, sequence, stored, queue) in share.Messages)
        {
            Offer(
                message, grant, message.Retain && grant.RetainAsPublished, stored, queue,
                new ShareOrigin(group, share.SubscriptionId, sequence, queue));
        }
    }

    private void ReleaseHeldShares()
    {
        while (_heldShares.TryDequeue(out var held))
        {
            OnShare(held.Share, held.Group);
        }
    }

    /// <summary>Notes that a message needs no more of this session. Told to its group at the end of the turn.</summary>
    private void Done(QueuedMessage? message)
    {
        if (message is not null)
        {
            Unkeep(message);
        }

        if (message?.Share is not { } share)
        {
            return;
        }

        for (var i = 0; i < _done?.Count; i++)
        {
            if (_done[i].Group.Equals(share.Group) && _done[i].SubscriptionId == share.SubscriptionId)
            {
                _done[i] = (share.Group, share.SubscriptionId, _done[i].Messages + 1);
                return;
            }
        }

        (_done ??= []).Add((share.Group, share.SubscriptionId, 1));
    }

    private void ReportDone()
    {
        if (_done is null || _done.Count == 0)
        {
            return;
        }

        foreach (var (group, subscriptionId, messages) in _done)
        {
            group.Tell(new SharedProtocol.Done(subscriptionId, messages), Self);
        }

        _done.Clear();
    }

    /// <summary>Tells every group how much it may give this session from now on.</summary>
    private void TellRoom()
    {
        var roomMax = RoomMax;
        foreach (var entry in _subscriptions.Entries)
        {
            if (entry.Subscription.Filter.IsShared)
            {
                _broker.Shared.Tell(new SharedProtocol.Room(entry.Subscription.Filter, roomMax), Self);
            }
        }
    }

    /// <summary>Sees to it that what waits here goes to another member soon, if there is one with room.</summary>
    private void WatchShares()
    {
        if (_attached is not null && !_isShareTimed && _queue.Count > 0)
        {
            _isShareTimed = true;
            Timers.StartSingleTimer(ShareTimer, ShareWaited.Instance, ShareWaitMax);
        }
    }

    private void OnShareWaited()
    {
        _isShareTimed = false;
        var messages = new List<QueuedMessage>();
        _queue.TakeShared(null, messages);
        if (messages.Count > 0)
        {
            HoldShares(messages);
        }
    }

    /// <summary>Returns what this session cannot begin, and takes no more before it has caught up.</summary>
    private void HoldShares(List<QueuedMessage> messages)
    {
        GiveBack(messages, roomMax: 0);
        if (!_isBehind)
        {
            _isBehind = true;
            TellRoom();
        }
    }

    private void ResumeShares()
    {
        if (_isBehind && _queue.Count == 0 && !IsCongested && _outbound.CanStart)
        {
            _isBehind = false;
            TellRoom();
        }
    }

    /// <summary>The client went: what was not begun goes to other members.</summary>
    private void StopShares()
    {
        Timers.Cancel(ShareTimer);
        _isShareTimed = _isBehind = false;
        GiveBackQueued(null, RoomMax);
        ReleaseHeldShares();
    }

    /// <summary>Returns what was not begun: another member may be there for it.</summary>
    /// <param name="subscriptionId">Only what came through this subscription; null for all.</param>
    /// <param name="roomMax">What the group may give this session from now on.</param>
    private void GiveBackQueued(long? subscriptionId, int roomMax)
    {
        var messages = new List<QueuedMessage>();
        _queue.TakeShared(subscriptionId, messages);
        GiveBack(messages, roomMax);
    }

    /// <summary>The session ends: QoS 1 in flight goes to another member, QoS 2 to nobody [MQTT-4.8.2-5].</summary>
    private void GiveBackAll()
    {
        var messages = new List<QueuedMessage>();
        foreach (var owed in _outbound.InFlight())
        {
            if (owed.Message.Share is null)
            {
                continue;
            }

            if (owed.QoS == QoS.AtLeastOnce)
            {
                KeepGivenBack(owed.Message);
                messages.Add(owed.Message);
            }
            else
            {
                Drop(Counter.SharedInFlightEnded, owed.Message.Message);
                Done(owed.Message);
            }
        }

        _queue.TakeShared(null, messages);
        GiveBack(messages, RoomMax);
    }

    private static SharedMessage BackOf(QueuedMessage message) => ReferenceEquals(message.Holder, message.Share!.Queue)
        ? new SharedMessage(message.Message, message.Share.Sequence, message.Stored, message.Holder)
        : new SharedMessage(message.Message, message.Share.Sequence);

    /// <summary>What this session had begun is the group's again.</summary>
    private void KeepGivenBack(QueuedMessage message)
    {
        if (message.Holder is not { } holder || message.Share!.Queue is not { } queue || ReferenceEquals(holder, queue))
        {
            return;
        }

        Keep(new StoreMutation.MoveMessage(message.Stored!, holder, new QueueTarget(queue, message.Message.QoS, message.Message.Retain, null)));
        message.Holder = queue;
    }

    private void GiveBack(List<QueuedMessage> messages, int roomMax)
    {
        foreach (var share in messages.GroupBy(message => (message.Share!.Group, message.Share.SubscriptionId)))
        {
            var back = share.Select(message => BackOf(message)).ToArray();
            share.Key.Group.Tell(new SharedProtocol.GiveBack(share.Key.SubscriptionId, back, roomMax), Self);
        }
    }

    private sealed record ShareWaited
    {
        public static ShareWaited Instance { get; } = new();
    }
}
