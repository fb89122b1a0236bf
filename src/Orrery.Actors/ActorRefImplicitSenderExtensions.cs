using Orrery.Actors.Production;

namespace Orrery.Actors;

/// <summary>Telling without naming the sender.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Tells a message; the sender is the actor whose turn it is on this thread, or none outside of a turn.</summary>
    /// <param name="receiver">Where the message goes.</param>
    /// <param name="message">Never null.</param>
    public static void Tell(this IActorRef receiver, object message) =>
        receiver.Tell(message, ActorThread.Current.Cell);

    /// <summary>Passes on the message in hand, so that the receiver sees its original sender.</summary>
    /// <param name="receiver">Where the message goes.</param>
    /// <param name="message">Usually the message that is being handled.</param>
    public static void Forward(this IActorRef receiver, object message)
    {
        var cell = ActorThread.Current.Cell;
        receiver.Tell(message, cell is null ? ActorRefs.NoSender : ((IActorContext)cell).Sender);
    }
}
