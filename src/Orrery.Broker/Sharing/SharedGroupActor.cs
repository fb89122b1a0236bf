using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using static Orrery.Broker.Sharing.SharedProtocol;

namespace Orrery.Broker.Sharing;

/// <summary>One shared subscription (MQTT 5 §4.8.2): a subscriber of its own, which gives each message to one member.</summary>
/// <remarks>
/// A member is given no more than it has room for, so a full or vanished one never blocks the group; what no member has
/// room for waits here. What a member could not begin to send comes back and goes to another.
/// </remarks>
internal sealed partial class SharedGroupActor : UntypedActor
{
    private readonly SharedGroupContext _groups;
    private readonly TopicFilter _filter;               // with "$share/NAME/"
    private readonly TopicFilter _topicFilter;          // without
    private readonly MemberChooser _chooser;
    private readonly List<SharedMember> _members = [];
    private readonly LinkedList<Waiting> _queue = [];
    private readonly List<SharedMember> _chosen = [];
    private readonly List<(IActorRef Session, object Answer)> _owed = [];   // answers that wait for the topic tree
    private Tally _tally;
    private int _countedMessages;                       // what the tally was told of the queue
    private long _countedBytes;
    private LossCount _lost;
    private long _queuedBytes;
    private long _sequence;
    private long _handled;
    private bool _isSubscribed;
    private int _subscribesSent;                        // that the topic tree has not answered

    public SharedGroupActor(SharedGroupContext groups, string filter)
    {
        _groups = groups;
        _filter = TopicFilter.Parse(filter);
        _topicFilter = TopicFilter.Parse(filter[(filter.IndexOf('/', "$share/".Length) + 1)..]);
        _chooser = new MemberChooser(groups.Options.SharedSubscriptionStrategy, Context.System.GetRandomStream($"{Self.Path}/members"));
    }

    private bool IsSubscribing => _subscribesSent > 0;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SessionProtocol.Deliver deliver:
                OnDeliver(deliver);
                break;
            case Done done:
                OnDone(done);
                break;
            case Join join:
                _handled++;
                OnJoin(join);
                break;
            case Leave leave:
                _handled++;
                OnLeave(leave);
                break;
            case Room room:
                _handled++;
                OnRoom(room);
                break;
            case GiveBack back:
                OnGiveBack(back);
                break;
            case TopicProtocol.Subscribed:
            case TopicProtocol.SubscribeRefused:
                OnSubscribed(message is TopicProtocol.Subscribed);
                break;
            case TopicProtocol.Unsubscribed:
                break;
            case Recover recover:
                OnRecover(recover.Queue);
                break;
            case StoreProtocol.Page page:
                OnPage(page);
                break;
            case Serve:
                _isRecovering = false;
                break;
            case StatisticsActor.Collect:
                _tally.Report(_groups.Statistics, Self);
                break;
            case Terminated terminated:
                Remove(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }

        if (_members.Count == 0 && !IsSubscribing && !_isRecovering)
        {
            End();
        }

        TellStore();
        Dispatch();
        CountStored();
        _tally.Announce(_groups.Statistics, Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _tally.Add(Counter.StoredMessages, -_countedMessages);
        _tally.Add(Counter.StoredBytes, -_countedBytes);
        _tally.Report(_groups.Statistics, Self);
    }

    private void CountStored()
    {
        if (_queue.Count != _countedMessages || _queuedBytes != _countedBytes)
        {
            _tally.Add(Counter.StoredMessages, _queue.Count - _countedMessages);
            _tally.Add(Counter.StoredBytes, _queuedBytes - _countedBytes);
            (_countedMessages, _countedBytes) = (_queue.Count, _queuedBytes);
        }
    }

    private void OnJoin(Join join)
    {
        var member = Find(join.Entry.Session);
        var existed = member is not null;
        if (member is null)
        {
            member = new SharedMember(join.Entry, join.RoomMax);
            _members.Add(member);
            Context.Watch(member.Session);
        }

        member.Entry = join.Entry;
        member.RoomMax = join.RoomMax;
        var begins = join.Entry.Queue is not null && BeginKeeping();
        var answer = new TopicProtocol.Subscribed(join.Entry.SubscriptionId, existed);
        if (_isSubscribed && !IsSubscribing && !begins)
        {
            member.Session.Tell(answer, Self);
            return;
        }

        _owed.Add((member.Session, answer));
        if (begins || !IsSubscribing)
        {
            Subscribe();                                // publishers know of the group, and of its queue, before the member is told
        }
    }

    private void Subscribe()
    {
        _subscribesSent++;
        TellStore();                                    // the queue begins before anybody adds to it
        _groups.Topics.Root.Tell(new TopicProtocol.Subscribe(OwnEntry(), _topicFilter), Self);
    }

    /// <summary>The group's own subscription takes every QoS and flag: each member's options apply when it is given a message.</summary>
    private SubscriberEntry OwnEntry() => new(
        Self, _filter.ToString(), 1,
        new Subscription(_topicFilter, QoS.ExactlyOnce, NoLocal: false, RetainAsPublished: true, RetainHandling.DoNotSend), null)
    { Queue = _kept };

    private void OnSubscribed(bool granted)
    {
        _subscribesSent--;
        _isSubscribed = granted;
        FinishRecovery();
        if (IsSubscribing)
        {
            return;                                     // the latest entry is still on its way
        }

        foreach (var (session, answer) in _owed)
        {
            if (granted)
            {
                session.Tell(answer, Self);
                continue;
            }

            session.Tell(new TopicProtocol.SubscribeRefused(((TopicProtocol.Subscribed)answer).SubscriptionId), Self);
            Remove(session);
        }

        _owed.Clear();
    }

    private void OnLeave(Leave leave)
    {
        var existed = Remove(leave.Session);
        leave.Session.Tell(new TopicProtocol.Unsubscribed(leave.SubscriptionId, existed), Self);
    }

    private void OnRoom(Room room)
    {
        if (Find(Sender) is { } member)
        {
            member.RoomMax = room.RoomMax;
        }
    }

    private void OnDone(Done done)
    {
        if (FindMembership(done.SubscriptionId) is { } member)
        {
            member.InFlight -= done.Messages;
            Invariant.That(member.InFlight >= 0);
        }
    }

    private void OnGiveBack(GiveBack back)
    {
        if (FindMembership(back.SubscriptionId) is { } member)
        {
            member.RoomMax = back.RoomMax;
            member.InFlight -= back.Messages.Length;
            Invariant.That(member.InFlight >= 0);
        }

        // They go where they were: what waits may have been given back too, by another member.
        var next = _queue.First;
        foreach (var message in back.Messages.OrderBy(m => m.Sequence))
        {
            while (next is not null && next.Value.Shared.Sequence < message.Sequence)
            {
                next = next.Next;
            }

            var waiting = new Waiting(message, ActorRefs.Nobody);
            _ = next is null ? _queue.AddLast(waiting) : _queue.AddBefore(next, waiting);
            _queuedBytes += QueuedMessage.SizeOf(message.Message);
        }
    }

    private void OnDeliver(SessionProtocol.Deliver deliver)
    {
        if (deliver.Confirm)
        {
            Sender.Tell(SessionProtocol.Accepted.Instance, Self);
        }

        foreach (var run in deliver.Runs)
        {
            var isKept = run.Grant.Queue is not null && ReferenceEquals(run.Grant.Queue, _kept);
            for (var i = 0; i < run.Count; i++)
            {
                Offer(run.Span[i], isKept ? run.StoredAt(i) : null);
            }
        }
    }

    private void Offer(ApplicationMessage message, StoredMessage? stored)
    {
        var shared = new SharedMessage(message, ++_sequence, stored, stored is null ? null : _kept);
        if (_queue.Count == 0 && _chooser.Choose(_members, Sender) is { } member)
        {
            Give(member, shared);
            return;
        }

        var options = _groups.Options;
        if (message.QoS == QoS.AtMostOnce && _members.TrueForAll(m => m.IsAway))
        {
            Drop(Counter.QoS0Offline, shared);
            return;
        }

        while (_queue.Count >= options.QueuedMessagesMax || _queuedBytes + QueuedMessage.SizeOf(message) > options.QueuedBytesMax)
        {
            if (_lost.Add(1))
            {
                SharedLog.QueueFull(_groups.Logger, _filter, _lost.Total, _queue.Count, _queuedBytes);
            }

            if (options.QueueFullPolicy == QueueFullPolicy.DropNewest || _queue.Count == 0)
            {
                Drop(Counter.QueueFull, shared);
                return;
            }

            Drop(Counter.QueueFull, TakeFirst());
        }

        _queue.AddLast(new Waiting(shared, Sender));
        _queuedBytes += QueuedMessage.SizeOf(message);
        _groups.Explain?.Queued(_filter.ToString(), message, _queue.Count);
    }

    private void Drop(Counter reason, SharedMessage shared)
    {
        _tally.Add(reason);
        _groups.Explain?.Dropped(_filter.ToString(), shared.Message, reason);
        Unkeep(shared);
    }

    /// <summary>Gives out what waits, and tells each member at once what this turn chose it for.</summary>
    private void Dispatch()
    {
        while (_queue.First is { } first && _chooser.Choose(_members, first.Value.Publisher) is { } member)
        {
            Give(member, TakeFirst());
        }

        foreach (var member in _chosen)
        {
            member.Session.Tell(new Share(member.Entry.SubscriptionId, member.Chosen.ToArray()), Self);
            member.Chosen.Clear();
        }

        _chosen.Clear();
    }

    private SharedMessage TakeFirst()
    {
        var shared = _queue.First!.Value.Shared;
        _queue.RemoveFirst();
        _queuedBytes -= QueuedMessage.SizeOf(shared.Message);
        return shared;
    }

    private void Give(SharedMember member, SharedMessage message)
    {
        if (member.Chosen.Count == 0)
        {
            _chosen.Add(member);
        }

        _groups.Explain?.Shared(message.Message, _filter, member.Entry.ClientId);
        member.InFlight++;
        member.Chosen.Add(message);
    }

    private SharedMember? Find(IActorRef session) => _members.Find(m => m.Session.Equals(session));

    /// <summary>The sender as the member that it was then: it may have left meanwhile, and perhaps joined again.</summary>
    private SharedMember? FindMembership(long subscriptionId) =>
        Find(Sender) is { } member && member.Entry.SubscriptionId == subscriptionId ? member : null;

    private bool Remove(IActorRef session)
    {
        if (Find(session) is not { } member)
        {
            return false;
        }

        Context.Unwatch(session);
        _members.Remove(member);
        EndKeepingWhenAlone();
        return true;
    }

    private void End()
    {
        EndKeepingWhenAlone();

        // Nobody is left for what waits. A member that joins now subscribes anew.
        if (_queue.Count > 0)
        {
            SharedLog.Ended(_groups.Logger, _filter, _queue.Count);
        }

        while (_queue.First is not null)
        {
            Drop(Counter.SharedGroupEnded, TakeFirst());
        }

        if (_isSubscribed)
        {
            _isSubscribed = false;
            _groups.Topics.Root.Tell(new TopicProtocol.Unsubscribe(Self, 1, _topicFilter), Self);
        }

        Context.Parent.Tell(new Empty(_filter, _handled), Self);
    }

    private readonly record struct Waiting(SharedMessage Shared, IActorRef Publisher);
}
