namespace Orrery.Actors;

/// <summary>References that lead to no actor.</summary>
public static class ActorRefs
{
    /// <summary>A reference whose messages vanish silently. Use it instead of null.</summary>
    public static IActorRef Nobody { get; } = new NobodyRef();

    /// <summary>No sender: the receiver sees <see cref="ActorSystem.DeadLetters"/> as its <c>Sender</c>.</summary>
    public static IActorRef? NoSender => null;

    private sealed class NobodyRef : InternalActorRef
    {
        public override ActorPath Path { get; } = new(null, "Nobody", 0);

        public override void Tell(object message, IActorRef? sender)
        {
        }
    }
}
