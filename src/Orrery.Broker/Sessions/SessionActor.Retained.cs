using System.Diagnostics.CodeAnalysis;
using Orrery.Broker.Publishing;
using Orrery.Broker.Statistics;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Sessions;

/// <summary>The retained messages that new subscriptions get.</summary>
internal sealed partial class SessionActor
{
    private RetainedBacklog? _retained;                 // null while nothing is owed
    private (SubscriberEntry? Entry, Grant? Grant) _retainedGrant;

    private void OweRetained(SubscriberEntry entry, bool existed)
    {
        var subscription = entry.Subscription;
        if (subscription.Filter.IsShared                // none for a shared subscription (MQTT 5 §4.8.2)
            || subscription.RetainHandling == RetainHandling.DoNotSend
            || (subscription.RetainHandling == RetainHandling.SendIfNewSubscription && existed))
        {
            return;
        }

        (_retained ??= new RetainedBacklog()).Owe(entry.SubscriptionId);
    }

    private bool TryPeekRetained([NotNullWhen(true)] out TopicName? topic, [NotNullWhen(true)] out Grant? grant)
    {
        (topic, grant) = (null, null);
        if (_retained is null)
        {
            return false;
        }

        if (!_retained.TryPeek(_broker.Topics, _subscriptions, out topic, out var entry))
        {
            ForgetRetained();
            return false;
        }

        if (!ReferenceEquals(entry, _retainedGrant.Entry))
        {
            _retainedGrant = (entry, Router.GrantOf(entry));
        }

        grant = _retainedGrant.Grant!;
        return true;
    }

    private void ForgetRetained()
    {
        while (_retained is { Count: > 0 })
        {
            var topic = _retained.Dequeue();
            Count(Counter.RetainedUnsent);
            _broker.Explain?.RetainedUnsent(_clientId, topic);
        }

        _retained = null;
        _retainedGrant = default;
    }

    /// <summary>Sends the value that the topic has now: an older one could follow a newer one that was delivered live.</summary>
    private void SendRetained(TopicName topic, Grant grant)
    {
        if (!_broker.Topics.TryGetRetained(topic, out var message))
        {
            return;
        }

        if (Expired(message))
        {
            _broker.Topics.Root.Tell(new Topics.TopicProtocol.DropRetained(message), Self);
        }
        else
        {
            var qos = message.QoS < grant.MaximumQoS ? message.QoS : grant.MaximumQoS;
            Emit(new QueuedMessage(message, qos, true, grant.Identifiers, ++_sequence)); // [MQTT-3.3.1-9]
        }
    }
}
