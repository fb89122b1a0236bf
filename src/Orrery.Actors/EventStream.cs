using Orrery.Actors.Production;

namespace Orrery.Actors;

/// <summary>Tells each published event to the actors that subscribed to its type. Callable from any thread.</summary>
public sealed class EventStream
{
    private readonly SharedList<Subscription> _subscriptions = new();

    /// <summary>Subscribes an actor to a class of events, with all that derives from it.</summary>
    /// <param name="subscriber">The actor; its subscriptions end with it.</param>
    /// <param name="channel">The class or interface.</param>
    /// <returns>False if it was subscribed already.</returns>
    public bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        return _subscriptions.AddUnique(new Subscription(subscriber, channel));
    }

    /// <summary>Ends a subscription.</summary>
    /// <param name="subscriber">The actor.</param>
    /// <param name="channel">The class that it had subscribed to.</param>
    /// <returns>False if there was none.</returns>
    public bool Unsubscribe(IActorRef subscriber, Type channel) =>
        _subscriptions.RemoveAll(entry => entry.Subscriber.Equals(subscriber) && entry.Channel == channel);

    /// <summary>Ends all subscriptions of an actor.</summary>
    /// <param name="subscriber">The actor.</param>
    /// <returns>False if there were none.</returns>
    public bool Unsubscribe(IActorRef subscriber) =>
        _subscriptions.Snapshot.Length != 0 && _subscriptions.RemoveAll(entry => entry.Subscriber.Equals(subscriber));

    /// <summary>Tells an event to all who subscribed to its type, in the order in which they subscribed.</summary>
    /// <param name="event">The event. One actor gets it once, however many of its subscriptions fit.</param>
    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var subscriptions = _subscriptions.Snapshot;
        for (var i = 0; i < subscriptions.Length; i++)
        {
            var (subscriber, channel) = subscriptions[i];
            if (channel.IsInstanceOfType(@event) && !ToldBefore(subscriptions, i, @event))
            {
                subscriber.Tell(@event, ActorRefs.NoSender);
            }
        }
    }

    /// <summary>Whether anybody would be told an event of a type; spares making events that nobody hears.</summary>
    internal bool HasSubscriber(Type type)
    {
        foreach (var subscription in _subscriptions.Snapshot)
        {
            if (subscription.Channel.IsAssignableFrom(type)) return true;
        }

        return false;
    }

    private static bool ToldBefore(Subscription[] subscriptions, int index, object @event)
    {
        for (var i = 0; i < index; i++)
        {
            if (subscriptions[i].Subscriber.Equals(subscriptions[index].Subscriber)
                && subscriptions[i].Channel.IsInstanceOfType(@event))
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Subscription(IActorRef Subscriber, Type Channel);
}
