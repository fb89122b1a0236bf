using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.Topics;

public class TopicTreeFailureTests
{
    [Fact]
    public void A_node_that_fails_is_not_restarted_but_judged_by_whoever_made_the_tree()
    {
        var host = DeterministicSystem.Create("test", new DeterministicOptions());
        var judged = new List<Exception>();
        TopicTree? tree = null;
        host.System.ActorOf(Props.Create(() => new Owner(made => tree = made, judged)));
        host.Run();

        // No session sends this; it stands for a fault of the node's own.
        tree!.Root.Tell(new TopicProtocol.Subscribe(null!, TopicFilter.Parse("a/b/c")), ActorRefs.NoSender);
        host.Run();

        Assert.IsType<NullReferenceException>(Assert.Single(judged));
    }

    private sealed class Owner : UntypedActor
    {
        private readonly List<Exception> _judged;

        public Owner(Action<TopicTree> made, List<Exception> judged)
        {
            _judged = judged;
            made(TopicTree.Create(Context, new TopicTreeOptions()));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
        {
            _judged.Add(cause);
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
