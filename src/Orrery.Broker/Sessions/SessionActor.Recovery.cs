using Orrery.Actors;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>The session as the store kept it, from before the first connection; and its last word before the store closes.</summary>
internal sealed partial class SessionActor
{
    private bool _isRecovering;
    private RecoveredQueue? _recovered;                 // until the broker serves
    private IActorRef? _settleAsker;

    private void OnRecover(RecoveredQueue recovered)
    {
        Invariant.That(!_hasState && _kept is null);
        (_recovered, _hasState, _isRecovering) = (recovered, true, true);
        (_kept, _isDurable) = (recovered.Queue, true);
        _sessionExpiryIntervalSeconds = recovered.ExpiryIntervalSeconds;
        _will = recovered.Will;
        Count(Counter.SessionsStarted);
        foreach (var exchange in recovered.Exchanges)
        {
            Restore(exchange, recovered.Queue);
        }

        foreach (var identifier in recovered.Inbound)
        {
            _inbound.Restore(identifier);
        }

        _queue.Restore(recovered.QueuedCount, recovered.QueuedBytes);
        foreach (var (subscription, identifier) in recovered.Subscriptions)
        {
            var entry = new SubscriberEntry(Self, _clientId, ++_subscriptionSequence, subscription, identifier) { Queue = _kept };
            _subscriptions.Set(entry);
            CountSubscription(entry, 1);
            Expect(entry.SubscriptionId);
            Subscribe(entry);
        }

        if (!ExpectsAny)
        {
            FinishRecovery();
        }
    }

    private void Restore(RecoveredExchange exchange, StoredQueue queue)
    {
        var entry = exchange.Entry;
        var message = new QueuedMessage(entry.Message.Message, entry.QoS, entry.Retain, entry.Identifiers, ++_sequence)
        {
            Stored = entry.Message,
            Holder = queue,
        };
        _outbound.Restore(exchange.PacketIdentifier, entry.QoS, exchange.State, message);
        Invariant.That(exchange.Order > _exchangeOrder);
        _exchangeOrder = exchange.Order;
    }

    /// <summary>The limits have become lower than what was kept.</summary>
    private void LoseRecovered(long subscriptionId)
    {
        if (!_subscriptions.TryGet(subscriptionId, out var entry))
        {
            return;
        }

        var filter = entry.Subscription.Filter;
        SessionLog.SubscriptionLost(_broker.Logger, _clientId, filter);
        _subscriptions.Remove(filter.ToString(), out _);
        CountSubscription(entry, -1);
        Keep(new StoreMutation.RemoveSubscription(_kept!, filter.ToString()));
    }

    private void FinishRecovery()
    {
        _isRecovering = false;
        _broker.Sessions.Tell(Recovered.Instance, Self);
    }

    /// <summary>All is recovered: time counts again. What fell due while the broker was down is due now.</summary>
    private void OnServe()
    {
        if (_recovered is not { } recovered)
        {
            return;
        }

        _recovered = null;
        if (recovered.ExpiresAtTicks == 0)
        {
            KeepDetach();                               // a client was there: its connection ended with the broker, its time counts from now
            StartWillDelay();
            StartExpiry(TimeSpan.FromSeconds(_sessionExpiryIntervalSeconds));
        }
        else
        {
            if (_will is not null)
            {
                StartWillDelay(Left(recovered.WillDueAtTicks));
            }

            StartExpiry(Left(recovered.ExpiresAtTicks));
        }

        Advance();
    }

    private TimeSpan Left(long dueAtTicks) => new(Math.Max(0, dueAtTicks - NowTicks));

    private void OnSettle() => _settleAsker = Sender;

    /// <summary>Says that this session has written all that its last connection left to write, once it has.</summary>
    private void SettleWhenIdle()
    {
        if (_settleAsker is not null && _attached is null && _awaiting == 0)
        {
            TellStore();
            _settleAsker.Tell(Settled.Instance, Self);
            _settleAsker = null;
        }
    }
}
