using Orrery.Actors;
using static Orrery.Broker.Sharing.SharedProtocol;

namespace Orrery.Broker.Sharing;

/// <summary>The parent of all shared subscriptions of one broker: one group a share name and filter (MQTT 5 §4.8.2).</summary>
internal sealed class SharedGroupsActor : UntypedActor
{
    private readonly SharedGroupContext _groups;
    private readonly Dictionary<string, Group> _byFilter = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _filters = [];
    private IActorRef _recoverAsker = ActorRefs.Nobody;
    private int _unrecovered;
    private long _started;

    public SharedGroupsActor(SharedGroupContext groups) => _groups = groups;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        SharedLog.GroupFailed(_groups.Logger, _filters.GetValueOrDefault(Sender), cause);
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Join join:
                Pass(Find(join.Entry.Subscription.Filter.ToString()), message);
                break;
            case Leave leave:
                Pass(Find(leave.Filter.ToString()), message);
                break;
            case Room room:
                PassToExisting(room.Filter.ToString(), message);
                break;
            case RecoverAll all:
                OnRecoverAll(all);
                break;
            case Recovered:
                _unrecovered--;
                AnswerRecovered();
                break;
            case Serve:
                foreach (var group in Context.GetChildren())
                {
                    group.Tell(message, Self);
                }

                break;
            case Empty empty:
                OnEmpty(empty);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRecoverAll(RecoverAll all)
    {
        _recoverAsker = Sender;
        _unrecovered = all.Queues.Count;
        foreach (var queue in all.Queues)
        {
            Find(queue.Name).Actor.Tell(new Recover(queue), Self);
        }

        AnswerRecovered();
    }

    private void AnswerRecovered()
    {
        if (_unrecovered == 0)
        {
            _recoverAsker.Tell(Recovered.Instance, Self);
        }
    }

    private Group Find(string filter)
    {
        if (!_byFilter.TryGetValue(filter, out var group))
        {
            var (groups, text) = (_groups, filter);
            var actor = Context.ActorOf(Props.Create(() => new SharedGroupActor(groups, text)), $"g{++_started}");
            Context.Watch(actor);
            group = new Group(actor);
            _byFilter.Add(filter, group);
            _filters.Add(actor, filter);
        }

        return group;
    }

    private void PassToExisting(string filter, object message)
    {
        if (_byFilter.TryGetValue(filter, out var group))
        {
            Pass(group, message);
        }
    }

    private void Pass(Group group, object message)
    {
        if (group.IsStopping)
        {
            group.Waiting.Add((message, Sender));       // for the group that takes its place
            return;
        }

        group.Passed++;
        group.Actor.Tell(message, Sender);
    }

    private void OnEmpty(Empty empty)
    {
        if (_byFilter.TryGetValue(empty.Filter.ToString(), out var group)
            && group.Actor.Equals(Sender)
            && group.Passed == empty.Handled)
        {
            group.IsStopping = true;
            Context.Stop(group.Actor);
        }
    }

    private void OnTerminated(IActorRef actor)
    {
        if (!_filters.Remove(actor, out var filter) || !_byFilter.Remove(filter, out var ended))
        {
            return;
        }

        foreach (var (message, sender) in ended.Waiting)
        {
            var group = Find(filter);
            group.Passed++;
            group.Actor.Tell(message, sender);
        }
    }

    private sealed class Group(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        public long Passed { get; set; }

        public bool IsStopping { get; set; }

        public List<(object Message, IActorRef Sender)> Waiting { get; } = [];
    }
}
