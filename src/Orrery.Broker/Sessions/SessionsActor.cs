using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>The registry of sessions: the one place where a client identifier finds, gets or loses its session.</summary>
/// <remarks>A session that is over asks to be stopped. It may meanwhile have been given a new connection, so both sides
/// count the connections given and seen, and a session stops only when the counts agree.</remarks>
internal sealed class SessionsActor : UntypedActor
{
    private const string IdentifierAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

    private readonly BrokerContext _broker;             // one for all sessions
    private readonly IRandomStream _identifiers;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, string> _clientIds = [];
    private readonly HashSet<IActorRef> _unrecovered = [];  // looked into, never enumerated
    private readonly HashSet<IActorRef> _unsettled = [];    // the same
    private IActorRef _settleAsker = ActorRefs.Nobody;
    private IActorRef _recoverAsker = ActorRefs.Nobody;
    private long _started;
    private Tally _tally;

    public SessionsActor(
        Published<BrokerOptions> options, TopicTree topics, IActorRef shared, IActorRef statistics, ILogger logger, Explanation? explain, StoreHandle? store)
    {
        var clock = Context.System.Scheduler;
        _broker = new BrokerContext(options, topics, Self, shared, statistics, logger, explain, store)
        {
            ClockOriginTicks = clock.Now.UtcTicks - clock.MonotonicClock.Ticks,
        };
        _identifiers = Context.System.GetRandomStream($"{Self.Path}/identifiers");
    }

    /// <summary>A session that fails is not restarted: its state may be wrong. Its connection closes, the client comes back.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        SessionLog.Failed(_broker.Logger, _clientIds.GetValueOrDefault(Sender), cause);
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Attach attach:
                OnAttach(attach);
                break;
            case RecoverAll all:
                OnRecoverAll(all);
                break;
            case Recovered:
                OnRecovered(Sender);
                break;
            case Serve or StoreProtocol.Failed:
                TellAll(message);
                break;
            case Settle:
                OnSettle();
                break;
            case Settled:
                OnSettled(Sender);
                break;
            case Ending ending:
                OnEnding(ending);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case Describe describe:
                OnDescribe(describe);
                break;
            case StatisticsActor.Collect:
                _tally.Report(_broker.Statistics, Self);
                break;
            default:
                Unhandled(message);
                break;
        }

        _tally.Announce(_broker.Statistics, Self);
    }

    private void OnAttach(Attach attach)
    {
        if (attach.ClientId.Length == 0)
        {
            attach = attach with { ClientId = NewIdentifier() };
        }

        if (!_entries.TryGetValue(attach.ClientId, out var entry))
        {
            if (_entries.Count >= _broker.Options.SessionsMax)
            {
                SessionLog.Refused(_broker.Logger, attach.ClientId, _broker.Options.SessionsMax);
                attach.Connection.Tell(new ConnectionProtocol.Refused(ReasonCode.QuotaExceeded, "the broker has no room for another session"), Self);
                return;
            }

            entry = Start(attach.ClientId);
        }

        if (entry.Stopping)
        {
            (entry.Waiting ??= []).Add(attach);         // the name is free once the old actor is gone
            return;
        }

        entry.Forwarded++;
        entry.Session.Tell(attach, Self);
    }

    private void OnEnding(Ending ending)
    {
        if (_entries.TryGetValue(ending.ClientId, out var entry)
            && entry.Session.Equals(Sender)
            && entry.Forwarded == ending.AttachesHandled)
        {
            entry.Stopping = true;
            Context.Stop(entry.Session);
        }
    }

    private void OnTerminated(IActorRef session)
    {
        if (!_clientIds.Remove(session, out var clientId) || !_entries.Remove(clientId, out var entry))
        {
            return;
        }

        if (!entry.Stopping)
        {
            _tally.Add(Counter.SessionsFailed);
            EndKept(clientId);
        }

        OnRecovered(session);
        OnSettled(session);

        foreach (var attach in entry.Waiting ?? [])
        {
            OnAttach(attach);
        }
    }

    private void OnDescribe(Describe describe)
    {
        if (_entries.TryGetValue(describe.ClientId, out var entry) && !entry.Stopping)
        {
            entry.Session.Forward(describe);
        }
        else
        {
            Sender.Tell(SessionSnapshot.None, Self);
        }
    }

    /// <summary>What the store has of a session that is lost is lost too: a later start would bring it back behind its client's back.</summary>
    private void EndKept(string clientId)
    {
        var queue = new StoredQueue(StoredQueueKind.Session, clientId);
        _broker.Store?.Actor.Tell(
            new StoreProtocol.Write([new StoreMutation.BeginQueue(queue), new StoreMutation.EndQueue(queue)], 0), Self);
    }

    private void OnRecoverAll(RecoverAll all)
    {
        _recoverAsker = Sender;
        foreach (var queue in all.Queues)
        {
            var session = Start(queue.Queue.Name).Session;
            _unrecovered.Add(session);
            session.Tell(new Recover(queue), Self);
        }

        AnswerRecovered();
    }

    private void OnRecovered(IActorRef session)
    {
        if (_unrecovered.Remove(session))
        {
            AnswerRecovered();
        }
    }

    private void AnswerRecovered()
    {
        if (_unrecovered.Count == 0)
        {
            _recoverAsker.Tell(Recovered.Instance, Self);
        }
    }

    private void TellAll(object message)
    {
        foreach (var session in Context.GetChildren())
        {
            session.Tell(message, Self);
        }
    }

    private void OnSettle()
    {
        _settleAsker = Sender;
        foreach (var session in Context.GetChildren())
        {
            _unsettled.Add(session);
            session.Tell(Settle.Instance, Self);
        }

        AnswerSettled();
    }

    private void OnSettled(IActorRef session)
    {
        if (_unsettled.Remove(session))
        {
            AnswerSettled();
        }
    }

    private void AnswerSettled()
    {
        if (_unsettled.Count == 0)
        {
            _settleAsker.Tell(Settled.Instance, Self);
        }
    }

    private Entry Start(string clientId)
    {
        var broker = _broker;
        var session = Context.ActorOf(Props.Create(() => new SessionActor(broker, clientId)), $"s{++_started}");
        Context.Watch(session);
        var entry = new Entry(session);
        _entries.Add(clientId, entry);
        _clientIds.Add(session, clientId);
        return entry;
    }

    /// <summary>An identifier that no session has [MQTT-3.1.3-6].</summary>
    private string NewIdentifier()
    {
        while (true)
        {
            var name = string.Create(27, _identifiers, static (span, random) =>
            {
                "orrery-".CopyTo(span);
                foreach (ref var letter in span[7..])
                {
                    letter = IdentifierAlphabet[random.NextInt32(IdentifierAlphabet.Length)];
                }
            });
            if (!_entries.ContainsKey(name))
            {
                return name;
            }
        }
    }

    private sealed class Entry(IActorRef session)
    {
        public IActorRef Session { get; } = session;

        public long Forwarded { get; set; }

        public bool Stopping { get; set; }

        public List<Attach>? Waiting { get; set; }
    }
}
