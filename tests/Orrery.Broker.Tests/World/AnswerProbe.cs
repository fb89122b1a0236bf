using Orrery.Actors;

namespace Orrery.Broker.Tests.World;

/// <summary>Asks an actor on the deterministic dispatcher, without a task.</summary>
internal sealed class AnswerProbe
{
    private readonly List<object> _answers = [];
    private readonly IActorRef _actor;

    public AnswerProbe(ActorSystem system)
    {
        var answers = _answers;
        _actor = system.ActorOf(Props.Create(() => new Keeper(answers)));
    }

    public T Ask<T>(ICanTell actor, object question, Action run)
    {
        actor.Tell(question, _actor);
        run();
        return Assert.IsType<T>(Assert.Single(_answers));
    }

    private sealed class Keeper(List<object> answers) : UntypedActor
    {
        protected override void OnReceive(object message) => answers.Add(message);
    }
}
