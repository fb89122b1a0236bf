using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Tests.Kernel;
using Orrery.Simulation.Tests.Worlds;

namespace Orrery.Simulation.Tests.Processes;

public sealed class ActorObserverTests
{
    private static readonly KernelOptions Options = new() { Seed = 3, CheckpointInterval = 128 };

    [Fact]
    public void A_message_that_only_an_actor_sees_is_part_of_the_hash() => Assert.NotEqual(Actors(Options, -1).Hash, Actors(Options, 500).Hash);

    [Theory, InlineData(0), InlineData(127), InlineData(128), InlineData(700)]
    public void A_planted_message_is_found_by_its_actor_its_type_and_its_causes(long at)
    {
        var found = DivergenceFinder.Find(Options, options => Actors(options, -1), options => Actors(options, at));

        Assert.NotNull(found);
        Assert.Equal((at, "p1/user/second", "message", "Even", "Odd"), (found.EventIndex, found.Source, found.Field, found.First, found.Second));
        Assert.Equal(("p1/user/first", "Reading"), (found.Causes[0].Source, found.Causes[0].Message));
        Assert.Equal(("walker", "step"), (found.Causes[1].Source, found.Causes[1].Message));
        Assert.Equal(Math.Min(at + 2, CauseList.CountMax), found.Causes.Count);
    }

    [Fact]
    public void A_field_that_differs_before_the_hash_does_is_named()
    {
        // What a message says is not hashed. It is found all the same, since its interval is the one in which the hashes part.
        var found = DivergenceFinder.Find(Options, options => Actors(options, -1), options => Actors(options, 600, valueToo: true));

        Assert.Equal((600, "p1/user/first", "Reading", "Value", "600", "601"), (found!.EventIndex, found.Source, found.Message, found.Field, found.First, found.Second));
    }

    [Fact]
    public void The_draws_of_actors_are_part_of_the_hash()
    {
        var (one, other) = (Drawing(DispatchOrder.Fifo), Drawing(DispatchOrder.SeededRandom));

        Assert.NotEqual(one, other);
        Assert.Equal(other, Drawing(DispatchOrder.SeededRandom));
    }

    [Fact]
    public void A_broker_that_answers_otherwise_is_found_in_the_message_to_its_connection()
    {
        var options = new KernelOptions { CheckpointInterval = 16 };
        var found = DivergenceFinder.Find(options, o => Connect(o, new BrokerOptions()), o => Connect(o, new BrokerOptions { MaximumQoS = QoS.AtLeastOnce }));

        Assert.NotNull(found);
        Assert.StartsWith("b1/user/broker", found.Source, StringComparison.Ordinal);
        Assert.Contains("MaximumQoS", found.Field, StringComparison.Ordinal);
        Assert.Contains(found.Causes, cause => cause.Message == "segment arrives");
    }

    /// <summary>In each event a reading goes to one actor, which tells another what it makes of it: at one event, something else.</summary>
    private static SimulationKernel Actors(KernelOptions options, long at, bool valueToo = false)
    {
        DeterministicSystem? system = null;
        IActorRef? first = null;
        var isPlanted = false;
        return SimulationKernelTests.Walk(options, onStep: (kernel, step) =>
        {
            if (system is null)
            {
                system = DeterministicSystem.Create("p1", new DeterministicOptions { Observer = new ActorObserver(kernel, "p1") });
                var second = system.System.ActorOf(Props.Create(() => new Silent()), "second");
                first = system.System.ActorOf(Props.Create(() => new Judge(second, () => isPlanted)), "first");
            }

            isPlanted = step == at;
            first!.Tell(new Reading(isPlanted && valueToo ? step + 1 : step), ActorRefs.NoSender);
            system.Run();
        });
    }

    private static ulong Drawing(DispatchOrder order)
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var system = DeterministicSystem.Create("p1", new DeterministicOptions { Order = order, Observer = new ActorObserver(kernel, "p1") });
        system.System.ActorOf(Props.Create(() => new Silent()), "only").Tell("hello", ActorRefs.NoSender);
        system.Run();
        return kernel.Hash;
    }

    private static SimulationKernel Connect(KernelOptions options, BrokerOptions broker)
    {
        var world = new World(options, broker: broker);
        world.Model("client", new ClientOptions()).Connect();
        world.RunTo(5);
        return world.Kernel;
    }

    private sealed record Reading(long Value);

    private sealed record Even;

    private sealed record Odd;

    private sealed class Judge(IActorRef next, Func<bool> errs) : UntypedActor
    {
        protected override void OnReceive(object message) => next.Tell(errs() ? new Odd() : new Even(), Self);
    }

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
