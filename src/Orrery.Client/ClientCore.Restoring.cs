using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client;

// What is made again when the server has no session any more. Only for a client that reconnects by itself.
public sealed partial class ClientCore
{
    private const int RestoredAtOnceMax = 100;              // filters in one SUBSCRIBE, so that it stays below a server's limits

    // What the server granted, in the order it was asked for.
    private readonly List<Granted> _granted = [];
    private bool _owesRestoring;                            // until the last SUBACK: the next session may lack them, though present

    private bool RestoresSessions => _options.Reconnect is not null;

    private void Remember(Request request, IReadOnlyList<ReasonCode> reasonCodes)
    {
        if (!RestoresSessions) return;
        for (var index = 0; index < request.Subscriptions.Count && index < reasonCodes.Count; index++)
        {
            var subscription = request.Subscriptions[index];
            Forget(subscription.Filter);
            if (reasonCodes[index] < ReasonCode.UnspecifiedError) _granted.Add(new Granted(subscription, request.SubscriptionIdentifier));
        }
    }

    private void Forget(Request request, IReadOnlyList<ReasonCode> reasonCodes)
    {
        for (var index = 0; index < request.Filters.Count; index++)
        {
            // UNSUBACK has no codes before MQTT 5.
            if (reasonCodes.Count <= index || reasonCodes[index] < ReasonCode.UnspecifiedError) Forget(request.Filters[index]);
        }
    }

    private void Forget(TopicFilter filter) => _granted.RemoveAll(granted => granted.Subscription.Filter.Equals(filter));

    /// <summary>Asks again for every subscription. Before any message, so that none of this client's own is missed.</summary>
    private void RestoreSubscriptions(TimeSpan now)
    {
        foreach (var group in _granted.GroupBy(granted => granted.SubscriptionIdentifier).ToArray())
        {
            foreach (var some in group.Select(granted => granted.Subscription).Chunk(RestoredAtOnceMax))
            {
                SendSubscribe(some, group.Key, [], isRestoring: true, now);
            }
        }
    }

    private void OnRestored(Request request, IReadOnlyList<ReasonCode> reasonCodes)
    {
        _owesRestoring = _requests.Exists(other => other.IsRestoring);
        _events.Enqueue(new ClientEvent.Restored(request.Subscriptions, reasonCodes));
    }

    /// <summary>
    /// The session is new, so what was in flight belongs to none [MQTT-3.2.2-5]. It may have arrived or not: at QoS 1 it
    /// may be sent again all the same, at QoS 2 that could make two of one, which only the caller can decide on.
    /// </summary>
    private void LeaveLostSession()
    {
        var again = new List<Delivery>();
        foreach (var lost in _outbound.InFlight())
        {
            if (RestoresSessions && lost.QoS == QoS.AtLeastOnce) again.Add(lost.Message);
            else _events.Enqueue(new ClientEvent.Abandoned(lost.Message.Token));
        }
        again.AddRange(_queued);
        _queued.Clear();
        foreach (var delivery in again) _queued.Enqueue(delivery);
        _outbound.Clear();
        _inbound.Clear();
        _unreleased.Clear();
        _owesRestoring = _granted.Count > 0;
    }

    private sealed record Granted(Subscription Subscription, uint? SubscriptionIdentifier);
}
