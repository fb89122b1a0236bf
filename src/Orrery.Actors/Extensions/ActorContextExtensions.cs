using Orrery.Actors.Production;

namespace Orrery.Actors.Extensions;

/// <summary>What an actor of this runtime can do beyond Akka's vocabulary.</summary>
public static class ActorContextExtensions
{
    /// <summary>
    /// Ends the actor's turn after the message in hand: what waits in its mailbox is handled once the actors that are ready have had
    /// a turn. For an actor that gathers what many others tell it.
    /// </summary>
    /// <param name="context">The actor's own, while it handles a message.</param>
    /// <remarks>A deterministic system gives turns of one message in any case.</remarks>
    public static void EndTurn(this IActorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ActorThread.Current.EndsTurn = true;
    }
}
