namespace Orrery.Actors.Cells;

/// <summary>Hears of each message that an actor is about to handle in a turn.</summary>
internal interface ITurnWatch
{
    void OnMessage(ActorCell receiver, object message, IActorRef? sender);
}

/// <summary>Nobody watches: the call is compiled to nothing.</summary>
internal readonly struct Unwatched : ITurnWatch
{
    public void OnMessage(ActorCell receiver, object message, IActorRef? sender)
    {
    }
}
