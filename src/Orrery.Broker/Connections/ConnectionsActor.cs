using Orrery.Actors;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;

namespace Orrery.Broker.Connections;

/// <summary>The parent of all connections of one broker: starts them, bounds them, and closes them when the broker stops.</summary>
internal sealed class ConnectionsActor : UntypedActor
{
    private readonly BrokerContext _broker;
    private int _open;
    private long _started;
    private IActorRef _stopAsker = ActorRefs.Nobody;
    private bool _stopping;
    private Tally _tally;

    public ConnectionsActor(BrokerContext broker) => _broker = broker;

    /// <summary>A connection that fails is closed; only its own client notices.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        ConnectionLog.ConnectionFailed(_broker.Logger, cause);
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accept accept:
                OnAccept(accept);
                break;
            case Terminated:
                _open--;
                Count(Counter.ConnectionsClosed);
                AnswerWhenEmpty();
                break;
            case StopAll:
                OnStopAll();
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

    private void OnAccept(Accept accept)
    {
        if (_stopping || _open >= _broker.Options.ConnectionsMax)
        {
            Count(Counter.ConnectionsRefused);
            if (!_stopping)
            {
                ConnectionLog.TooMany(_broker.Logger, accept.Info.RemoteEndPoint, _broker.Options.ConnectionsMax);
            }

            accept.Transport.Abort();
            return;
        }

        _open++;
        Count(Counter.ConnectionsOpened);
        var (broker, transport, info) = (_broker, accept.Transport, accept.Info);
        Context.Watch(Context.ActorOf(Props.Create(() => new ConnectionActor(broker, transport, info)), $"c{++_started}"));
    }

    private void OnStopAll()
    {
        _stopping = true;
        _stopAsker = Sender;
        foreach (var connection in Context.GetChildren())
        {
            connection.Tell(new ConnectionProtocol.Disconnect(ReasonCode.ServerShuttingDown, "the broker is shutting down"), Self);
        }

        AnswerWhenEmpty();
    }

    private void AnswerWhenEmpty()
    {
        if (_stopping && _open == 0)
        {
            _stopAsker.Tell(AllStopped.Instance, Self);
        }
    }

    private void Count(Counter counter) => _tally.Add(counter);

    /// <summary>A listener accepted a connection.</summary>
    public sealed record Accept(IConnectionTransport Transport, ConnectionInfo Info);

    /// <summary>Close every connection with DISCONNECT 0x8B, and take no more.</summary>
    public sealed record StopAll
    {
        public static StopAll Instance { get; } = new();
    }

    /// <summary>The answer to <see cref="StopAll"/>: no connection is left.</summary>
    public sealed record AllStopped
    {
        public static AllStopped Instance { get; } = new();
    }
}
