using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client;

// SUBSCRIBE and UNSUBSCRIBE, which wait for an answer on the same connection.
public sealed partial class ClientCore
{
    private readonly List<Request> _requests = [];

    /// <summary>Sends SUBSCRIBE.</summary>
    /// <param name="subscriptions">One or more.</param>
    /// <param name="now">The time.</param>
    /// <param name="subscriptionIdentifier">What the server repeats with each message, 1 to 268,435,455; null for nothing. MQTT 5 only.</param>
    /// <param name="userProperties">Name and value pairs for the server; null for none. MQTT 5 only.</param>
    /// <returns>A token, which <see cref="ClientEvent.Subscribed"/> or <see cref="ClientEvent.Abandoned"/> repeats.</returns>
    /// <exception cref="InvalidOperationException">The client is not connected, or too many requests wait.</exception>
    public long Subscribe(
        IReadOnlyList<Subscription> subscriptions,
        TimeSpan now,
        uint? subscriptionIdentifier = null,
        IReadOnlyList<UserProperty>? userProperties = null)
    {
        ArgumentNullException.ThrowIfNull(subscriptions);
        ArgumentOutOfRangeException.ThrowIfZero(subscriptions.Count, nameof(subscriptions));
        return SendSubscribe(subscriptions, subscriptionIdentifier, userProperties ?? [], isRestoring: false, now);
    }

    /// <summary>Sends UNSUBSCRIBE.</summary>
    /// <param name="filters">One or more.</param>
    /// <param name="now">The time.</param>
    /// <param name="userProperties">Name and value pairs for the server; null for none. MQTT 5 only.</param>
    /// <returns>A token, which <see cref="ClientEvent.Unsubscribed"/> or <see cref="ClientEvent.Abandoned"/> repeats.</returns>
    /// <exception cref="InvalidOperationException">The client is not connected, or too many requests wait.</exception>
    public long Unsubscribe(IReadOnlyList<TopicFilter> filters, TimeSpan now, IReadOnlyList<UserProperty>? userProperties = null)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentOutOfRangeException.ThrowIfZero(filters.Count, nameof(filters));
        var request = NewRequest(ControlPacketType.UnsubAck) with { Filters = filters };
        _requests.Add(request);
        Send(new UnsubscribePacket { PacketIdentifier = request.Identifier, Filters = filters, UserProperties = userProperties ?? [] }, now);
        return request.Token;
    }

    private long SendSubscribe(
        IReadOnlyList<Subscription> subscriptions,
        uint? subscriptionIdentifier,
        IReadOnlyList<UserProperty> userProperties,
        bool isRestoring,
        TimeSpan now)
    {
        var request = NewRequest(ControlPacketType.SubAck) with
        {
            Subscriptions = subscriptions,
            SubscriptionIdentifier = subscriptionIdentifier,
            IsRestoring = isRestoring,
        };
        _requests.Add(request);
        Send(
            new SubscribePacket
            {
                PacketIdentifier = request.Identifier,
                Subscriptions = subscriptions,
                SubscriptionIdentifier = subscriptionIdentifier,
                UserProperties = userProperties,
            },
            now);
        return request.Token;
    }

    private Request NewRequest(ControlPacketType answer)
    {
        if (State != ClientState.Connected) throw new InvalidOperationException("The client is not connected.");
        if (!_outbound.TryReserve(out var identifier)) throw new InvalidOperationException("Every packet identifier is in use.");
        return new Request(++_lastToken, identifier, answer);
    }

    private void OnSubAck(SubAckPacket packet)
    {
        if (TakeRequest(packet.PacketIdentifier, packet.Type) is { } request)
        {
            Remember(request, packet.ReasonCodes);
            if (request.IsRestoring) OnRestored(request, packet.ReasonCodes);
            else _events.Enqueue(new ClientEvent.Subscribed(request.Token, packet.ReasonCodes));
        }
    }

    private void OnUnsubAck(UnsubAckPacket packet)
    {
        if (TakeRequest(packet.PacketIdentifier, packet.Type) is { } request)
        {
            Forget(request, packet.ReasonCodes);
            _events.Enqueue(new ClientEvent.Unsubscribed(request.Token, packet.ReasonCodes));
        }
    }

    // An answer to nothing is passed over: it harms nobody, and a request that ended with its connection may cause one.
    private Request? TakeRequest(PacketIdentifier identifier, ControlPacketType answer)
    {
        var index = _requests.FindIndex(request => request.Identifier == identifier && request.Answer == answer);
        if (index < 0) return null;
        var found = _requests[index];
        _requests.RemoveAt(index);
        _outbound.Release(identifier);
        return found;
    }

    private void AbandonRequests()
    {
        foreach (var request in _requests)
        {
            _outbound.Release(request.Identifier);
            if (!request.IsRestoring) _events.Enqueue(new ClientEvent.Abandoned(request.Token));
        }
        _requests.Clear();
    }

    private sealed record Request(long Token, PacketIdentifier Identifier, ControlPacketType Answer)
    {
        public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

        public uint? SubscriptionIdentifier { get; init; }

        public IReadOnlyList<TopicFilter> Filters { get; init; } = [];

        public bool IsRestoring { get; init; }
    }
}
