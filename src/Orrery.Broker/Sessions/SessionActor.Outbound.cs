using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Broker.Publishing;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>What goes to the client: deliveries, windows, the queue, and how fast.</summary>
internal sealed partial class SessionActor
{
    // A round of confirmations for this many published bytes: rare enough to cost nothing, often enough to bound mailboxes.
    private const int ConfirmEveryBytes = 256 * 1024;

    private readonly OutboundFlow<QueuedMessage> _outbound = new();
    private readonly SessionQueue _queue;
    private readonly List<QueuedMessage> _gaveWay = [];
    private Outgoing[] _out = [];
    private int _outCount;
    private int _outBytes;
    private long _sequence;
    private LossCount _lost;
    private long _publishedSinceConfirm;
    private int _confirmsOutstanding;
    private bool _heldDemand;

    // What this turn has decided counts too: a long queue leaves in portions.
    private bool IsCongested => _attached!.InTransitBytes + _outBytes >= _broker.Options.InTransitBytesMax;

    private void OnDeliver(Deliver deliver)
    {
        if (deliver.Confirm)
        {
            Sender.Tell(Accepted.Instance, Self);
        }

        if (_subscribing is not null)
        {
            _held.Enqueue(deliver.Runs);                // SUBACK first
            return;
        }

        DeliverRuns(deliver.Runs);
    }

    private void DeliverRuns(DeliveryRun[] runs)
    {
        if (CanPassOn(runs))
        {
            PassOn(runs);
            return;
        }

        foreach (var run in runs)
        {
            if (Living(run.Grant) is not { } grant)
            {
                foreach (var message in run.Span)
                {
                    Drop(Counter.Unsubscribed, message); // meanwhile [MQTT-3.10.4-2]
                }

                continue;
            }

            foreach (var message in run.Span)
            {
                Offer(message, grant, message.Retain && grant.RetainAsPublished);
            }
        }
    }

    /// <summary>Whether nothing here needs a decision, so that the connection can encode the publisher's runs as they are.</summary>
    private bool CanPassOn(DeliveryRun[] runs)
    {
        if (_attached is null || _queue.Count > 0 || IsCongested)
        {
            return false;
        }

        foreach (var run in runs)
        {
            if (!run.IsPlain || run.Grant.SubscriptionIds.Length > 1 || !_subscriptions.Contains(run.Grant.SubscriptionIds[0]))
            {
                return false;
            }
        }

        return true;
    }

    private void PassOn(DeliveryRun[] runs)
    {
        Transmit();
        var bytes = 0;
        foreach (var run in runs)
        {
            bytes += run.Bytes;
        }

        if (_broker.Explain is { } explain)
        {
            foreach (var run in runs)
            {
                foreach (var message in run.Span)
                {
                    explain.Sent(_clientId, message, QoS.AtMostOnce, message.Retain && run.Grant.RetainAsPublished, false, default);
                }
            }
        }

        _attached!.Connection.Tell(new ConnectionProtocol.TransmitRuns(runs, ReportFor(bytes)), Self);
    }

    /// <summary>The grant without the subscriptions that have ended since it was made; null when none is left.</summary>
    private Grant? Living(Grant grant)
    {
        Grant? living = null;
        var ended = false;
        foreach (var id in grant.SubscriptionIds)
        {
            if (_subscriptions.TryGet(id, out var entry))
            {
                living = living is null ? Router.GrantOf(entry) : Router.Both(living, Router.GrantOf(entry));
            }
            else
            {
                ended = true;
            }
        }

        return ended ? living : grant;
    }

    private void Offer(ApplicationMessage message, Grant grant, bool retain, ShareOrigin? share = null)
    {
        var qos = message.QoS < grant.MaximumQoS ? message.QoS : grant.MaximumQoS;
        if (_attached is null && qos == QoS.AtMostOnce)
        {
            Drop(Counter.QoS0Offline, message);
            return;
        }

        var queued = new QueuedMessage(message, qos, retain, grant.Identifiers, ++_sequence, share);
        if (_attached is not null && !IsCongested && _queue.Count == 0 && (qos == QoS.AtMostOnce || _outbound.CanStart))
        {
            Emit(queued);
            return;
        }

        _queue.Enqueue(queued, _gaveWay);
        if (_broker.Explain is { } explain && !_gaveWay.Contains(queued))
        {
            explain.Queued(_clientId, message, _queue.Count);
        }

        if (_gaveWay.Count > 0)
        {
            Lose();
        }

        if (_attached is not null)
        {
            Pump();                                     // QoS 0 passes those that wait for quota
        }

        if (share is not null)
        {
            WatchShares();
        }
    }

    private void Lose()
    {
        var shared = _gaveWay.FindAll(message => message.Share is not null);
        if (shared.Count > 0)
        {
            _gaveWay.RemoveAll(message => message.Share is not null);
            HoldShares(shared);
        }

        if (_gaveWay.Count == 0)
        {
            return;
        }

        if (_lost.Add(_gaveWay.Count))
        {
            SessionLog.QueueFull(_broker.Logger, _clientId, _lost.Total, _queue.Count, _queue.Bytes);
        }

        DropGaveWay(Counter.QueueFull);
    }

    /// <summary>Sends what is owed and may go: first what was unacknowledged at the last connection, in its order.</summary>
    private void Pump()
    {
        while (_attached is not null && !IsCongested)
        {
            if (_outbound.TryNextResend(out var owed))
            {
                Resend(owed);
            }
            else if (TryPeekRetained(out var topic, out var grant) && (grant.MaximumQoS == QoS.AtMostOnce || _outbound.CanStart))
            {
                _retained!.Dequeue();
                SendRetained(topic, grant);
            }
            else if (_queue.TryDequeue(_outbound.CanStart, out var message))
            {
                Emit(message);
            }
            else
            {
                return;
            }
        }
    }

    private bool Expired(ApplicationMessage message) => message.ExpiresAtTicks != 0 && message.ExpiresAtTicks <= NowTicks;

    /// <summary>Gives a message its packet identifier and hands it to the connection.</summary>
    private void Emit(QueuedMessage queued)
    {
        if (Expired(queued.Message))
        {
            Drop(Counter.Expired, queued.Message);      // [MQTT-3.3.2-5]
            Done(queued);
            return;
        }

        var header = HeaderOf(queued, default, duplicate: false);
        if (!Fits(queued, header))
        {
            Drop(Counter.TooLargeForClient, queued.Message); // counts as sent [MQTT-3.1.2-25]
            Done(queued);
            return;
        }

        if (queued.QoS != QoS.AtMostOnce)
        {
            header = header with { PacketIdentifier = _outbound.Start(queued, queued.QoS) };
        }
        else
        {
            Done(queued);
        }

        Send(queued, header);
    }

    private void Resend(Outbound<QueuedMessage> owed)
    {
        if (owed.State == OutboundState.AwaitingPubComp)
        {
            Send(new PubRelPacket { PacketIdentifier = owed.PacketIdentifier }); // [MQTT-4.4.0-1]
            return;
        }

        var header = HeaderOf(owed.Message, owed.PacketIdentifier, duplicate: true); // [MQTT-3.3.1-1]
        if (Fits(owed.Message, header))
        {
            Send(owed.Message, header);
            return;
        }

        // This connection takes smaller packets than the last one: discarded as if it had been sent [MQTT-3.1.2-25].
        Drop(Counter.TooLargeForClient, owed.Message.Message);
        _outbound.Discard(owed.PacketIdentifier);
        Done(owed.Message);
    }

    private PublishHeader HeaderOf(QueuedMessage queued, PacketIdentifier identifier, bool duplicate) => new()
    {
        QoS = queued.QoS,
        Retain = queued.Retain,
        Duplicate = duplicate,
        PacketIdentifier = identifier,
        MessageExpiryIntervalSeconds = RemainingSeconds(queued.Message),
        SubscriptionIdentifiers = queued.Identifiers,
    };

    /// <summary>What was received minus what was waited, in whole seconds [MQTT-3.3.2-6].</summary>
    private uint? RemainingSeconds(ApplicationMessage message) => message.ExpiresAtTicks == 0
        ? null
        : (uint)Math.Clamp((message.ExpiresAtTicks - NowTicks) / TimeSpan.TicksPerSecond, 0, uint.MaxValue);

    private bool Fits(QueuedMessage queued, in PublishHeader header) =>
        PublishCodec.Fits(queued.Message, header, _attached!.Version, _attached.MaximumPacketSize);

    private void Send(QueuedMessage queued, in PublishHeader header)
    {
        _broker.Explain?.Sent(_clientId, queued.Message, header.QoS, header.Retain, header.Duplicate, header.PacketIdentifier);
        Send(new Outgoing(null, queued.Message, header), queued.Bytes);
    }

    private void Send(Packet packet) => Send(new Outgoing(packet, null, default), 16);

    private void Send(Outgoing outgoing, int bytes)
    {
        if (_attached is null)
        {
            return;
        }

        if (_outCount == _out.Length)
        {
            Array.Resize(ref _out, Math.Max(4, _out.Length * 2));
        }

        _out[_outCount++] = outgoing;
        _outBytes += bytes;
    }

    /// <summary>Hands over what was decided since the last call: one message a turn.</summary>
    private void Transmit()
    {
        if (_outCount == 0 || _attached is null)
        {
            return;
        }

        var (items, count, bytes) = (_out, _outCount, _outBytes);
        _out = [];
        _outCount = _outBytes = 0;
        _attached.Connection.Tell(new ConnectionProtocol.Transmit(items, count, ReportFor(bytes)), Self);
    }

    /// <summary>Counts bytes as in transit, and says whether the connection should report them.</summary>
    private int ReportFor(int bytes)
    {
        var attached = _attached!;
        attached.InTransitBytes += bytes;
        attached.UnreportedBytes += bytes;
        if (attached.UnreportedBytes < _broker.Options.InTransitBytesMax / 4)
        {
            return 0;
        }

        var report = attached.UnreportedBytes;
        attached.UnreportedBytes = 0;
        return report;
    }

    private void OnTransmitted(Transmitted transmitted)
    {
        if (_attached is null || !Sender.Equals(_attached.Connection))
        {
            return;
        }

        _attached.InTransitBytes -= transmitted.Bytes;
        Invariant.That(_attached.InTransitBytes >= 0);
        Pump();
    }

    /// <summary>Tells the subscribers what this turn published, and now and then asks them to say that they kept up.</summary>
    private void FlushOutbox()
    {
        if (_outbox is null || _outbox.PendingBytes == 0)
        {
            return;
        }

        _publishedSinceConfirm += _outbox.PendingBytes;
        var confirm = _publishedSinceConfirm >= ConfirmEveryBytes && _confirmsOutstanding == 0;
        _outbox.Flush(confirm, Self);
        if (!confirm)
        {
            return;
        }

        _publishedSinceConfirm = 0;
        foreach (var session in _outbox.Told)
        {
            if (!session.Equals(Self))
            {
                Context.Watch(session);                 // a session that ends answers too
                _confirmsOutstanding++;
            }
        }
    }

    private bool MustWaitForSubscribers => _publishedSinceConfirm >= ConfirmEveryBytes && _confirmsOutstanding > 0;

    private void OnAccepted(IActorRef session)
    {
        if (!session.Equals(Self))
        {
            Context.Unwatch(session);
            OnConfirmerTerminated();
        }
    }

    private void OnConfirmerTerminated()
    {
        _confirmsOutstanding--;
        Invariant.That(_confirmsOutstanding >= 0);
        if (_heldDemand && _confirmsOutstanding == 0)
        {
            _heldDemand = false;
            Answer(ConnectionProtocol.InboundHandled.Instance);
        }
    }
}
