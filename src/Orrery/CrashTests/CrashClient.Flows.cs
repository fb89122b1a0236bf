using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.CrashTests;

/// <summary>What the client keeps of its session, and how it answers.</summary>
internal sealed partial class CrashClient
{
    private const int InFlightMax = 64;                 // well below the Receive Maximum of any broker

    private readonly List<Unfinished> _outbound = [];   // in the order in which they were begun
    private readonly Dictionary<ushort, MessageTag?> _inbound = [];     // at QoS 2, until PUBCOMP
    private long _sequence;
    private ushort _lastIdentifier;
    private bool _isGranted;
    private bool _isAsking;                             // SUBSCRIBE or UNSUBSCRIBE waits for its answer
    private int _answers;
    private int _completions;
    private int _releases;

    /// <summary>How many retained messages have come on this connection.</summary>
    public int RetainedCount { get; private set; }

    /// <summary>True once its subscription was granted, in this or an earlier connection of the session.</summary>
    public bool IsGranted => _isGranted || Options.Subscription is null;

    /// <summary>Publishes the next message, if there is a connection and room in flight.</summary>
    /// <param name="topic">Where to.</param>
    /// <param name="qos">1 or 2.</param>
    /// <param name="bytes">How long the payload is; 0 for an empty one, which has no tag.</param>
    /// <param name="retain">The RETAIN flag.</param>
    public void Publish(TopicName topic, QoS qos, int bytes, bool retain = false)
    {
        lock (_lock)
        {
            if (!IsConnected || _outbound.Count >= InFlightMax) return;
            MessageTag? tag = bytes > 0 ? new MessageTag(Options.Name, ++_sequence) : null;
            var message = new ApplicationMessage { Topic = topic, QoS = qos, Retain = retain, Payload = tag?.ToPayload(bytes) ?? [] };
            var unfinished = new Unfinished(message, tag) { Identifier = TakeIdentifier() };
            _outbound.Add(unfinished);
            Send(new PublishPacket { Message = message, PacketIdentifier = new(unfinished.Identifier) }, tag);
        }
    }

    /// <summary>Writes what was published.</summary>
    public void FlushPublished()
    {
        lock (_lock)
        {
            if (!_isOver) Flush();
            else _output.ResetWrittenCount();
        }
    }

    /// <summary>Subscribes, unless a SUBSCRIBE or UNSUBSCRIBE waits for its answer: one at a time, so that each answer tells what holds.</summary>
    public void Subscribe(Subscription subscription, uint? identifier)
    {
        lock (_lock)
        {
            if (!IsConnected || _isAsking) return;
            _isAsking = true;
            Send(new SubscribePacket { PacketIdentifier = new(TakeIdentifier()), Subscriptions = [subscription], SubscriptionIdentifier = Options.Version == MqttVersion.V5 ? identifier : null });
            Flush();
        }
    }

    /// <summary>Unsubscribes, as <see cref="Subscribe"/> subscribes.</summary>
    public void Unsubscribe(TopicFilter filter)
    {
        lock (_lock)
        {
            if (!IsConnected || _isAsking) return;
            _isAsking = true;
            Send(new UnsubscribePacket { PacketIdentifier = new(TakeIdentifier()), Filters = [filter] });
            Flush();
        }
    }

    private void BeginConnection()
    {
        (_answers, _completions, _releases, RetainedCount) = (0, 0, 0, 0);
        _isAsking = false;
        _output.ResetWrittenCount();
        if (Options.StartsClean) ForgetSession();
    }

    private void ForgetSession()
    {
        _outbound.Clear();
        _inbound.Clear();
        _isGranted = false;
    }

    private ushort TakeIdentifier()
    {
        do
        {
            _lastIdentifier = _lastIdentifier == ushort.MaxValue ? (ushort)1 : (ushort)(_lastIdentifier + 1);
        }
        while (_outbound.Exists(unfinished => unfinished.Identifier == _lastIdentifier));
        return _lastIdentifier;
    }

    private void Handle(Packet packet)
    {
        _history.Add(CrashEventKind.Received, Options.Name, Connection, packet, TagOf(packet));
        switch (packet)
        {
            case ConnAckPacket { ReasonCode: ReasonCode.Success } connAck:
                OnConnAck(connAck);
                break;
            case PublishPacket publish:
                OnPublish(publish);
                break;
            case PubRelPacket release:
                OnPubRel(release);
                break;
            case PubAckPacket or PubCompPacket:
                _outbound.RemoveAll(unfinished => unfinished.Identifier == ((AcknowledgementPacket)packet).PacketIdentifier.Value);
                break;
            case PubRecPacket received:
                OnPubRec(received);
                break;
            case SubAckPacket:
                (_isGranted, _isAsking) = (true, false);
                break;
            case UnsubAckPacket:
                _isAsking = false;
                break;
            default:
                break;
        }
    }

    private MessageTag? TagOf(Packet packet) => packet switch
    {
        PublishPacket publish => MessageTag.TryRead(publish.Message.Payload.Span, out var tag) ? tag : null,
        PubRelPacket release => _inbound.GetValueOrDefault(release.PacketIdentifier.Value),
        AcknowledgementPacket answer => _outbound.Find(unfinished => unfinished.Identifier == answer.PacketIdentifier.Value)?.Tag,
        _ => null,
    };

    /// <summary>Goes on where the last connection ended: first what is unfinished, in its order [MQTT-4.4.0-1].</summary>
    private void OnConnAck(ConnAckPacket connAck)
    {
        _isConnected = true;
        if (!connAck.SessionPresent) LoseSession();
        foreach (var unfinished in _outbound)
        {
            var identifier = new PacketIdentifier(unfinished.Identifier);
            if (unfinished.IsReceived) Release(unfinished);
            else Send(new PublishPacket { Message = unfinished.Message, PacketIdentifier = identifier, Duplicate = connAck.SessionPresent }, unfinished.Tag);
        }

        if (Options.Subscription is { } subscription && !_isGranted) Subscribe(subscription, Options.SubscriptionIdentifier);
    }

    /// <summary>Messages at QoS 1 are new ones to a new session; at QoS 2 another copy could arrive.</summary>
    private void LoseSession()
    {
        _inbound.Clear();
        _isGranted = false;
        _outbound.RemoveAll(unfinished => unfinished.Message.QoS == QoS.ExactlyOnce);
    }

    private void OnPublish(PublishPacket publish)
    {
        if (publish.Message.Retain) RetainedCount++;
        if (publish.Message.QoS == QoS.AtMostOnce) return;
        var tag = TagOf(publish);
        if (publish.Message.QoS == QoS.ExactlyOnce) _inbound[publish.PacketIdentifier.Value] = tag;
        if (_answers++ >= _conduct.AnswersMax) return;
        AcknowledgementPacket answer = publish.Message.QoS == QoS.AtLeastOnce
            ? new PubAckPacket { PacketIdentifier = publish.PacketIdentifier }
            : new PubRecPacket { PacketIdentifier = publish.PacketIdentifier };
        Send(answer, tag);
    }

    private void OnPubRel(PubRelPacket release)
    {
        if (_completions++ >= _conduct.CompletionsMax) return;
        var isKnown = _inbound.Remove(release.PacketIdentifier.Value, out var tag);
        Send(new PubCompPacket { PacketIdentifier = release.PacketIdentifier, ReasonCode = isKnown ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound }, tag);
    }

    private void OnPubRec(PubRecPacket received)
    {
        if (_outbound.Find(unfinished => unfinished.Identifier == received.PacketIdentifier.Value) is not { } unfinished) return;
        if (received.ReasonCode >= ReasonCode.UnspecifiedError)
        {
            _outbound.Remove(unfinished);
            return;
        }

        unfinished.IsReceived = true;
        Release(unfinished);
    }

    private void Release(Unfinished unfinished)
    {
        if (_releases++ < _conduct.ReleasesMax) Send(new PubRelPacket { PacketIdentifier = new(unfinished.Identifier) }, unfinished.Tag);
    }

    private sealed class Unfinished(ApplicationMessage message, MessageTag? tag)
    {
        public ApplicationMessage Message { get; } = message;

        public MessageTag? Tag { get; } = tag;

        public ushort Identifier { get; init; }

        /// <summary>PUBREC has come, and PUBLISH must not be sent again.</summary>
        public bool IsReceived { get; set; }
    }
}
