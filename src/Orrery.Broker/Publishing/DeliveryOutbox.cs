using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Publishing;

/// <summary>Gathers what one publisher's batch means for each subscriber, so that each is told once.</summary>
/// <remarks>A publisher that repeats a topic costs one <see cref="DeliveryRun"/> a subscriber, however many messages the
/// run has: the messages are shared, and nothing is done per message and subscriber here.</remarks>
internal sealed class DeliveryOutbox
{
    private readonly List<(IActorRef Session, List<DeliveryRun> Runs)> _targets = [];
    private readonly Dictionary<IActorRef, int> _places = [];
    private readonly List<IActorRef> _told = [];
    private ApplicationMessage[] _messages = [];
    private StoredMessage?[]? _stored;                  // at the places of _messages; null while the store keeps none of them
    private int _count;
    private Route _route = Route.Empty;
    private int _start;
    private int _bytes;
    private QoS _highest;
    private bool _canExpire;
    private PacketBatch? _batch;                        // where the run's packets arrived, while all can be passed on as they are
    private int _firstPacket;
    private int _endPacket;
    private MqttVersion _version;

    /// <summary>Bytes of topics and payloads gathered since the last <see cref="Flush"/>, once for all subscribers.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>The sessions that the last <see cref="Flush"/> told.</summary>
    public IReadOnlyList<IActorRef> Told => _told;

    /// <summary>Adds a message for everyone on its route.</summary>
    /// <param name="route">Where it goes; not empty.</param>
    /// <param name="message">The message.</param>
    /// <param name="expected">How many more may follow before <see cref="Flush"/>: the size of a new batch.</param>
    /// <param name="origin">Where its packet arrived.</param>
    /// <param name="stored">What the durable queues on the route hold of it; null for nothing.</param>
    public void Add(Route route, ApplicationMessage message, int expected, PacketOrigin origin = default, StoredMessage? stored = null)
    {
        if (_count == _messages.Length)
        {
            CloseRun();
            _messages = new ApplicationMessage[Math.Max(1, expected)];
            _stored = null;
            _count = _start = 0;
        }

        if (!ReferenceEquals(route, _route))
        {
            CloseRun();
            _route = route;
        }

        Note(message, origin);
        if (stored is not null)
        {
            (_stored ??= new StoredMessage?[_messages.Length])[_count] = stored;
        }

        _messages[_count++] = message;
        var bytes = QueuedMessage.SizeOf(message);
        _bytes += bytes;
        PendingBytes += bytes;
        _highest = message.QoS > _highest ? message.QoS : _highest;
        _canExpire |= message.ExpiresAtTicks != 0;
    }

    /// <summary>Tells every subscriber what was gathered for it.</summary>
    /// <param name="confirm">Ask each for <see cref="SessionProtocol.Accepted"/>.</param>
    /// <param name="sender">Who publishes.</param>
    public void Flush(bool confirm, IActorRef sender)
    {
        _told.Clear();
        if (_targets.Count == 0)
        {
            FlushOnlyRun(confirm, sender);
        }
        else
        {
            CloseRun();
            foreach (var (session, runs) in _targets)
            {
                Tell(session, runs.ToArray(), confirm, sender);
            }

            _targets.Clear();
            _places.Clear();
        }

        _messages = [];
        _stored = null;
        _count = _start = 0;
        _route = Route.Empty;
        PendingBytes = 0;
    }

    private void FlushOnlyRun(bool confirm, IActorRef sender)
    {
        foreach (var target in _route.Targets)
        {
            Tell(target.Session, [Run(target.Grant)], confirm, sender);
        }

        StartRun();
    }

    private void Tell(IActorRef session, DeliveryRun[] runs, bool confirm, IActorRef sender)
    {
        session.Tell(new SessionProtocol.Deliver(runs, confirm), sender);
        _told.Add(session);
    }

    private void CloseRun()
    {
        if (_count > _start)
        {
            foreach (var target in _route.Targets)
            {
                RunsOf(target.Session).Add(Run(target.Grant));
            }
        }

        StartRun();
    }

    /// <summary>Keeps track of the packets of the run: they must stand side by side, and say nothing that a subscriber would not be told.</summary>
    private void Note(ApplicationMessage message, PacketOrigin origin)
    {
        if (message.QoS != QoS.AtMostOnce || message.Retain || message.Properties is not null || origin.IsAliased)
        {
            _batch = null;
        }
        else if (_count == _start)
        {
            (_batch, _firstPacket, _endPacket, _version) = (origin.Batch, origin.Index, origin.Index + 1, origin.Version);
        }
        else if (_batch is not null && ReferenceEquals(_batch, origin.Batch) && origin.Index == _endPacket)
        {
            _endPacket++;
        }
        else
        {
            _batch = null;
        }
    }

    private void StartRun()
    {
        _batch = null;
        _start = _count;
        _bytes = 0;
        _highest = QoS.AtMostOnce;
        _canExpire = false;
    }

    private DeliveryRun Run(Grant grant) => new(
        _messages, _start, _count - _start, _bytes, _highest, _canExpire,
        _batch?.BytesOf(_firstPacket, _endPacket) ?? default, _version, grant, grant is { Queue: not null, MaximumQoS: not QoS.AtMostOnce } ? _stored : null);

    private List<DeliveryRun> RunsOf(IActorRef session)
    {
        if (!_places.TryGetValue(session, out var place))
        {
            place = _targets.Count;
            _places.Add(session, place);
            _targets.Add((session, []));
        }

        return _targets[place].Runs;
    }
}

/// <summary>Where the packet of a message arrived.</summary>
/// <param name="Batch">In which batch; null for a message that came in no PUBLISH, as a will.</param>
/// <param name="Index">Which packet of it.</param>
/// <param name="Version">In which version.</param>
/// <param name="IsAliased">True when the packet needs its connection's topic aliases to be understood.</param>
internal readonly record struct PacketOrigin(PacketBatch? Batch, int Index, MqttVersion Version, bool IsAliased);
