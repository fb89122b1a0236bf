using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
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
    private readonly OutboundFlow<QueuedMessage> _outbound = new();
    private readonly SessionQueue _queue;
    private readonly List<QueuedMessage> _gaveWay = [];
    private long _sequence;
    private LossCount _lost;

    private void OnDeliver(Deliver deliver)
    {
        if (deliver.Confirm)
        {
            Sender.Tell(Accepted.Instance, Self);
        }

        if (_subscribing is not null)
        {
            Hold(deliver.Runs);                         // SUBACK first
            return;
        }

        DeliverRuns(deliver.Runs);
    }

    /// <summary>Keeps a delivery for later; where that is too much, a whole delivery is lost, as from a full queue.</summary>
    private void Hold(DeliveryRun[] delivery)
    {
        var options = _broker.Options;
        _held ??= new HeldDeliveries(options.QueuedMessagesMax, options.QueuedBytesMax, options.QueueFullPolicy);
        while (_held.MustGiveWay(delivery, out var lost))
        {
            var count = 0;
            foreach (var run in lost)
            {
                var queue = KeeperOf(run);
                for (var i = 0; i < run.Count; i++)
                {
                    var stored = queue is null ? null : run.StoredAt(i);
                    if (stored is null || !_queue.WasRead(stored))
                    {
                        count++;
                        LoseDelivered(Counter.QueueFull, run.Span[i], queue, stored);
                    }
                }
            }

            if (_lost.Add(count))
            {
                SessionLog.QueueFull(_broker.Logger, _clientId, _lost.Total, _held.Messages, _held.Bytes);
            }

            if (ReferenceEquals(lost, delivery))
            {
                return;
            }
        }

        _held.Add(delivery);
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
            var living = Living(run.Grant);
            var queue = KeeperOf(run);
            for (var i = 0; i < run.Count; i++)
            {
                var message = run.Span[i];
                var stored = queue is null ? null : run.StoredAt(i);
                if (stored is not null && _queue.WasRead(stored))
                {
                    continue;                           // it came with a page, before the publisher told of it
                }

                if (living is { } grant)
                {
                    Offer(message, grant, message.Retain && grant.RetainAsPublished, stored, stored is null ? null : queue);
                    continue;
                }

                LoseDelivered(Counter.Unsubscribed, message, queue, stored);    // meanwhile [MQTT-3.10.4-2]
            }
        }
    }

    /// <summary>This session's queue in the store, where it holds messages of the run.</summary>
    private StoredQueue? KeeperOf(in DeliveryRun run) =>
        run.Stored is not null && ReferenceEquals(run.Grant.Queue, DurableQueue) ? DurableQueue : null;

    private void LoseDelivered(Counter reason, ApplicationMessage message, StoredQueue? queue, StoredMessage? stored)
    {
        Drop(reason, message);
        if (stored is not null)
        {
            _queue.GiveUp(stored);
            Keep(new StoreMutation.RemoveMessage(queue!, stored));
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

        Pass(new ConnectionProtocol.TransmitRuns(runs, ReportFor(bytes)), 0, isAnswer: false);
    }

    /// <summary>The grant without the subscriptions that have ended since it was made; null when none is left.</summary>
    private Grant? Living(Grant grant)
    {
        var ended = false;
        foreach (var id in grant.SubscriptionIds)
        {
            ended |= !_subscriptions.Contains(id);
        }

        if (!ended)
        {
            return grant;
        }

        Grant? living = null;
        foreach (var id in grant.SubscriptionIds)
        {
            if (_subscriptions.TryGet(id, out var entry))
            {
                living = living is null ? Router.GrantOf(entry) : Router.Both(living, Router.GrantOf(entry));
            }
        }

        return living;
    }

    private void Offer(
        ApplicationMessage message, Grant grant, bool retain, StoredMessage? stored, StoredQueue? holder, ShareOrigin? share = null)
    {
        var qos = message.QoS < grant.MaximumQoS ? message.QoS : grant.MaximumQoS;
        var queued = new QueuedMessage(message, qos, retain, grant.Identifiers, ++_sequence, share) { Stored = stored, Holder = holder };
        if (qos == QoS.AtMostOnce && share is null)
        {
            GiveUp(queued);                             // the grant has changed since it was kept
        }

        if (_attached is null && qos == QoS.AtMostOnce)
        {
            Drop(Counter.QoS0Offline, message);
            return;
        }

        if (_attached is not null && !IsCongested && _queue.Count == 0 && !_queue.IsBehind && (qos == QoS.AtMostOnce || _outbound.CanStart))
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
            KeepStart(queued, header.PacketIdentifier);
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
}
