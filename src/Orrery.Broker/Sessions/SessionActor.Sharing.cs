using Orrery.Actors;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sessions;

/// <summary>This session as a member of shared subscriptions: what it is given, what it finished, what it gives back.</summary>
internal sealed partial class SessionActor
{
    private readonly List<(IActorRef Group, int Messages)> _done = [];
    private ShareOrigin? _lastShare;

    /// <summary>How many messages of one group this session takes at a time.</summary>
    private int RoomMax => _attached is null ? 0 : Math.Min(_attached.ReceiveMaximum, _broker.Options.SharedInFlightMax);

    private void OnShare(SharedProtocol.Share share)
    {
        // The client went, or unsubscribed, while the messages were on their way.
        if (_attached is null || !_subscriptionsById.TryGetValue(share.SubscriptionId, out var entry))
        {
            Sender.Tell(new SharedProtocol.GiveBack(share.Messages, RoomMax), Self);
            return;
        }

        if (_lastShare is null || _lastShare.SubscriptionId != share.SubscriptionId || !_lastShare.Group.Equals(Sender))
        {
            _lastShare = new ShareOrigin(Sender, share.SubscriptionId);
        }

        var grant = Publishing.Router.GrantOf(entry);
        foreach (var message in share.Messages)
        {
            Offer(message, grant, message.Retain && grant.RetainAsPublished, _lastShare);
        }
    }

    /// <summary>Notes that a message needs no more of this session. Told to its group at the end of the turn.</summary>
    private void Done(QueuedMessage? message)
    {
        if (message?.Share is not { } share)
        {
            return;
        }

        for (var i = 0; i < _done.Count; i++)
        {
            if (_done[i].Group.Equals(share.Group))
            {
                _done[i] = (share.Group, _done[i].Messages + 1);
                return;
            }
        }

        _done.Add((share.Group, 1));
    }

    private void ReportDone()
    {
        if (_done.Count == 0)
        {
            return;
        }

        foreach (var (group, messages) in _done)
        {
            group.Tell(new SharedProtocol.Done(messages), Self);
        }

        _done.Clear();
    }

    /// <summary>Tells every group that the client came, or went.</summary>
    private void TellRoom()
    {
        var roomMax = RoomMax;
        foreach (var entry in _subscriptions.Values)
        {
            if (entry.Subscription.Filter.IsShared)
            {
                _broker.Shared.Tell(new SharedProtocol.Room(entry.Subscription.Filter, roomMax), Self);
            }
        }
    }

    /// <summary>Returns what was not begun: another member may be there for it.</summary>
    /// <param name="subscriptionId">Only what came through this subscription; null for all.</param>
    private void GiveBackQueued(long? subscriptionId)
    {
        var messages = new List<QueuedMessage>();
        _queue.TakeShared(subscriptionId, messages);
        GiveBack(messages);
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
                messages.Add(owed.Message);
            }
            else
            {
                Count(Counter.SharedInFlightEnded);
                Done(owed.Message);
            }
        }

        _queue.TakeShared(null, messages);
        GiveBack(messages);
    }

    private void GiveBack(List<QueuedMessage> messages)
    {
        while (messages.Count > 0)
        {
            var group = messages[0].Share!.Group;
            var back = new List<ApplicationMessage>();
            messages.RemoveAll(message =>
            {
                var isOfGroup = message.Share!.Group.Equals(group);
                if (isOfGroup)
                {
                    back.Add(message.Message);
                }

                return isOfGroup;
            });
            group.Tell(new SharedProtocol.GiveBack(back.ToArray(), RoomMax), Self);
        }
    }
}
