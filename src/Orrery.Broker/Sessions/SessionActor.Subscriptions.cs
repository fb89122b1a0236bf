using Orrery.Broker.Persistence;
using Orrery.Broker.Sharing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Sessions;

/// <summary>Subscribing and unsubscribing: SUBACK and UNSUBACK leave once every later PUBLISH sees the change.</summary>
internal sealed partial class SessionActor
{
    private readonly SubscriptionTable _subscriptions = new();
    private HashSet<long>? _expected;                   // subscription ids that the topic tree owes an answer for
    private HeldDeliveries? _held;                      // arrived between SUBSCRIBE and SUBACK
    private SubscribePacket? _subscribing;
    private SubscriberEntry?[] _subscribingEntries = [];
    private ReasonCode[] _subscribingCodes = [];
    private bool[] _subscribingExisted = [];
    private UnsubscribePacket? _unsubscribing;
    private long _subscriptionSequence;

    private void OnSubscribe(SubscribePacket packet)
    {
        FlushOutbox();
        if (packet.SubscriptionIdentifier is not null && !_broker.Options.SubscriptionIdentifiersAvailable)
        {
            AbandonBatch(ReasonCode.SubscriptionIdentifiersNotSupported, "subscription identifiers are switched off");
            return;
        }

        var count = packet.Subscriptions.Count;
        _subscribing = packet;
        _subscribingEntries = new SubscriberEntry?[count];
        _subscribingCodes = new ReasonCode[count];
        _subscribingExisted = new bool[count];
        var last = new Dictionary<string, SubscriberEntry>(StringComparer.Ordinal);     // of this packet, by filter
        var added = 0;
        for (var i = 0; i < count; i++)
        {
            var subscription = packet.Subscriptions[i];
            var filter = subscription.Filter.ToString();

            // A filter that the packet repeats is subscribed and then replaced, as by two packets [MQTT-3.8.4-5].
            var known = last.TryGetValue(filter, out var current) || _subscriptions.TryGet(filter, out current);
            if (Refusal(subscription.Filter, known, added) is { } refusal)
            {
                _subscribingCodes[i] = refusal;
                Count(Counter.SubscriptionsRefused);
                continue;
            }

            var granted = subscription.MaximumQoS < _broker.Options.MaximumQoS ? subscription.MaximumQoS : _broker.Options.MaximumQoS;
            // A replaced subscription keeps its number, so that what is already on its way still counts [MQTT-3.8.4-3].
            var id = known ? current!.SubscriptionId : ++_subscriptionSequence;
            var entry = new SubscriberEntry(
                Self, _clientId, id, subscription with { MaximumQoS = granted }, packet.SubscriptionIdentifier)
            { Queue = DurableQueue };
            _subscribingEntries[i] = entry;
            _subscribingCodes[i] = (ReasonCode)granted;
            _subscribingExisted[i] = known;
            last[filter] = entry;
            added += known ? 0 : 1;
        }

        foreach (var entry in _subscribingEntries)
        {
            if (entry is not null && ReferenceEquals(last[entry.Subscription.Filter.ToString()], entry))
            {
                Expect(entry.SubscriptionId);
                Subscribe(entry);
            }
        }

        if (!ExpectsAny)
        {
            FinishSubscribe();
        }
    }

    private ReasonCode? Refusal(TopicFilter filter, bool known, int added)
    {
        var options = _broker.Options;
        return filter.IsShared && !options.SharedSubscriptionAvailable ? ReasonCode.SharedSubscriptionsNotSupported
            : filter.HasWildcards && !options.WildcardSubscriptionAvailable ? ReasonCode.WildcardSubscriptionsNotSupported
            : _isDurable && _store!.Health.State != StoreState.Working ? ReasonCode.QuotaExceeded
            : !known && _subscriptions.Count + added >= options.SubscriptionsPerSessionMax ? ReasonCode.QuotaExceeded
            : null;
    }

    private void OnSubscribed(TopicProtocol.Subscribed subscribed)
    {
        if (Answered(subscribed.SubscriptionId))
        {
            FinishAnswered();
        }
    }

    private void FinishAnswered()
    {
        if (_isRecovering)
        {
            FinishRecovery();
        }
        else if (_subscribing is not null)
        {
            FinishSubscribe();
            Advance();
        }
    }

    /// <summary>The broker has no room for another subscription; the ones that the session has stay.</summary>
    private void OnSubscribeRefused(TopicProtocol.SubscribeRefused refused)
    {
        for (var i = 0; i < _subscribingEntries.Length; i++)
        {
            if (_subscribingEntries[i]?.SubscriptionId == refused.SubscriptionId)
            {
                _subscribingEntries[i] = null;
                _subscribingCodes[i] = ReasonCode.QuotaExceeded;
                Count(Counter.SubscriptionsRefused);
            }
        }

        if (_isRecovering)
        {
            LoseRecovered(refused.SubscriptionId);
        }

        if (Answered(refused.SubscriptionId))
        {
            FinishAnswered();
        }
    }

    /// <summary>Answers the SUBSCRIBE. Who calls this goes on with the next step: a loop, and not a deeper stack.</summary>
    private void FinishSubscribe()
    {
        var packet = _subscribing!;
        foreach (var entry in _subscribingEntries)
        {
            if (entry is not null)
            {
                CountSubscription(entry, _subscriptions.Set(entry) ? 1 : 0);
                KeepSubscription(entry);
            }
        }

        if (_batch?.From.Version == MqttVersion.V31)
        {
            HideFailures();
        }

        Send(new SubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = _subscribingCodes });
        _subscribing = null;
        for (var i = 0; i < _subscribingEntries.Length; i++)
        {
            if (_subscribingEntries[i] is { } entry)
            {
                OweRetained(entry, _subscribingExisted[i]);
            }
        }

        Pump();
        while (_held is not null && _held.TryTake(out var runs))
        {
            DeliverRuns(runs);
        }

        _held = null;

        ReleaseHeldShares();
    }

    /// <summary>MQTT 3.1 knows no failure in SUBACK, only a granted QoS: 0 is the nearest to the truth.</summary>
    private void HideFailures()
    {
        for (var i = 0; i < _subscribingCodes.Length; i++)
        {
            if (_subscribingCodes[i] >= ReasonCode.UnspecifiedError)
            {
                SessionLog.RefusalHidden(_broker.Logger, _clientId, _subscribing!.Subscriptions[i].Filter, _subscribingCodes[i]);
                _subscribingCodes[i] = ReasonCode.Success;
            }
        }
    }

    private void OnUnsubscribe(UnsubscribePacket packet)
    {
        FlushOutbox();
        _unsubscribing = packet;
        foreach (var filter in packet.Filters)
        {
            if (_subscriptions.TryGet(filter.ToString(), out var entry) && !Expects(entry.SubscriptionId))
            {
                Expect(entry.SubscriptionId);
                Unsubscribe(entry);
            }
        }

        if (!ExpectsAny)
        {
            FinishUnsubscribe();
        }
    }

    private void OnUnsubscribed(TopicProtocol.Unsubscribed unsubscribed)
    {
        if (!Answered(unsubscribed.SubscriptionId))
        {
            return;
        }

        // Without a packet to answer: the shared subscriptions of a session that was discarded.
        if (_unsubscribing is not null)
        {
            FinishUnsubscribe();
        }

        Advance();
    }

    private void FinishUnsubscribe()
    {
        var packet = _unsubscribing!;
        _unsubscribing = null;
        var codes = new ReasonCode[packet.Filters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = ReasonCode.NoSubscriptionExisted;
            if (_subscriptions.Remove(packet.Filters[i].ToString(), out var entry))
            {
                CountSubscription(entry, -1);
                codes[i] = ReasonCode.Success;
                if (DurableQueue is { } queue)
                {
                    Keep(new StoreMutation.RemoveSubscription(queue, packet.Filters[i].ToString()));
                }
            }
        }

        Send(new UnsubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = codes });
    }

    private void Subscribe(SubscriberEntry entry)
    {
        var filter = entry.Subscription.Filter;
        if (filter.IsShared)
        {
            _broker.Shared.Tell(new SharedProtocol.Join(entry, RoomMax), Self);
        }
        else
        {
            _broker.Topics.Root.Tell(new TopicProtocol.Subscribe(entry, filter), Self);
        }
    }

    private void Unsubscribe(SubscriberEntry entry)
    {
        var filter = entry.Subscription.Filter;
        if (filter.IsShared)
        {
            GiveBackQueued(entry.SubscriptionId, roomMax: 0);
            _broker.Shared.Tell(new SharedProtocol.Leave(Self, entry.SubscriptionId, filter), Self);
        }
        else
        {
            _broker.Topics.Root.Tell(new TopicProtocol.Unsubscribe(Self, entry.SubscriptionId, filter), Self);
        }
    }

    private bool ExpectsAny => _expected is { Count: > 0 };

    private bool Expects(long subscriptionId) => _expected is not null && _expected.Contains(subscriptionId);

    private void Expect(long subscriptionId)
    {
        if ((_expected ??= []).Add(subscriptionId))
        {
            _awaiting++;
        }
    }

    /// <summary>Notes an answer of the topic tree.</summary>
    /// <returns>True when it was the last one that the current step waits for.</returns>
    private bool Answered(long subscriptionId)
    {
        if (_expected is null || !_expected.Remove(subscriptionId))
        {
            return false;                               // a discarded session's, or a filter's second answer
        }

        _awaiting--;
        return !ExpectsAny;
    }

    private void UnsubscribeAll()
    {
        foreach (var entry in _subscriptions.Entries)
        {
            Unsubscribe(entry);
            CountSubscription(entry, -1);
            if (entry.Subscription.Filter.IsShared)
            {
                Expect(entry.SubscriptionId);           // until then messages may be on their way that others must get
            }
        }

        _subscriptions.Clear();
    }
}
