using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Statistics;

/// <summary>Sums what the other actors count, in rounds: each round asks those that have announced something.</summary>
internal sealed partial class StatisticsActor : UntypedActor, IWithTimers
{
    private readonly TopicTree _topics;
    private readonly StoreHandle? _store;
    private readonly long[] _totals = new long[Tally.CounterCount];
    private readonly long[] _packets = new long[PacketTally.Length];
    private readonly long[] _reasons = new long[ReasonCount.Length];
    private readonly LinkedList<IActorRef> _uncollected = new();
    private readonly Dictionary<IActorRef, LinkedListNode<IActorRef>> _places = [];
    private readonly HashSet<IActorRef> _asked = [];        // whom the round still waits for
    private readonly List<IActorRef> _roundAskers = [];     // who is answered after this round
    private readonly List<IActorRef> _nextAskers = [];      // who came too late for it
    private bool _inRound;

    public StatisticsActor(BrokerOptions options, TopicTree topics, StoreHandle? store = null)
    {
        _store = store;
        _topics = topics;
        _interval = TimeSpan.FromSeconds(options.SysIntervalSeconds);
        _publisher = new SystemPublisher(topics, Self, options.RetainAvailable);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        _startedAt = _dueAt = Now;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Uncollected:
                _places.Add(Sender, _uncollected.AddLast(Sender));
                Wake();
                break;
            case Counted counted:
                OnCounted(counted);
                break;
            case GetStatistics:
                _nextAskers.Add(Sender);
                StartRound();
                break;
            case IntervalElapsed:
                OnIntervalElapsed();
                break;
            case TopicProtocol.Retained:
                _publisher.OnRetained();
                break;
            case DeadLetter letter:
                OnDeadLetter(letter);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void StartRound()
    {
        if (_inRound)
        {
            return;
        }

        _inRound = true;
        _roundAskers.AddRange(_nextAskers);
        _nextAskers.Clear();
        foreach (var actor in _uncollected)
        {
            _asked.Add(actor);
            actor.Tell(Collect.Instance, Self);
        }

        _uncollected.Clear();
        _places.Clear();
        EndRoundWhenComplete();
    }

    private void OnCounted(Counted counted)
    {
        Add(_totals, counted.Amounts);
        Add(_packets, counted.Packets);
        foreach (var reason in counted.Reasons ?? [])
        {
            _reasons[reason.Place]++;
        }

        // Unasked, it is the last word of an actor that has stopped; also when the question was on its way.
        if (!_asked.Remove(Sender) && _places.Remove(Sender, out var place))
        {
            _uncollected.Remove(place);
        }

        EndRoundWhenComplete();
    }

    private void EndRoundWhenComplete()
    {
        if (_inRound && _asked.Count == 0)
        {
            EndRound();
        }
    }

    /// <summary>Who has not answered is heard in a later round, or never.</summary>
    private void AbandonRound()
    {
        _asked.Clear();
        EndRound();
    }

    private void EndRound()
    {
        _inRound = false;
        var statistics = new BrokerStatistics([.. _totals], [.. _packets], [.. _reasons], _topics.Counters, _store?.Health ?? StoreHealth.None);
        foreach (var asker in _roundAskers)
        {
            asker.Tell(statistics, Self);
        }

        _roundAskers.Clear();
        if (_publishesAfterRound)
        {
            Publish(statistics);
        }

        if (_nextAskers.Count > 0)
        {
            StartRound();
        }
    }

    /// <summary>A delivery met a session that had just stopped: nobody else is left to count it.</summary>
    private void OnDeadLetter(DeadLetter letter)
    {
        // The event stream is the whole system's, with other brokers' sessions.
        if (letter.Message is SessionProtocol.Deliver deliver && letter.Recipient.Path.Parent.Parent.Equals(Context.Parent.Path))
        {
            foreach (var run in deliver.Runs)
            {
                _totals[(int)Counter.SessionEnded] += run.Count;
            }
        }
    }

    private static void Add(long[] totals, long[]? amounts)
    {
        for (var i = 0; i < amounts?.Length; i++)
        {
            totals[i] += amounts[i];
        }
    }

    /// <summary>An actor has something to collect. It says so once, until it was asked.</summary>
    public sealed record Uncollected
    {
        public static Uncollected Instance { get; } = new();
    }

    /// <summary>Asks an actor for what it counted. Lost where the actor has stopped: it has said its last word then.</summary>
    public sealed record Collect : IDeadLetterSuppression
    {
        public static Collect Instance { get; } = new();
    }

    /// <summary>What an actor counted since it last said so. The arrays change owner.</summary>
    public sealed record Counted(long[]? Amounts, long[]? Packets, List<ReasonCount>? Reasons);

    /// <summary>Asks for <see cref="BrokerStatistics"/>.</summary>
    public sealed record GetStatistics
    {
        public static GetStatistics Instance { get; } = new();
    }
}
