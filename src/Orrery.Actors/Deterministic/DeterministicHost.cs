using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;
using Orrery.Actors.Production;

namespace Orrery.Actors.Deterministic;

/// <summary>The simulated world: one thread, a virtual clock, chance from a seed.</summary>
internal sealed class DeterministicHost : SystemHost
{
    private readonly DeterministicOptions _options;
    private readonly ThreadOwner _owner = new();

    public DeterministicHost(DeterministicOptions options)
    {
        _options = options;
        VirtualTimers = new VirtualTimers(options.StartTime, _owner);
    }

    public override TimerService Timers => VirtualTimers;

    public override ulong Seed => _options.Seed;

    public VirtualTimers VirtualTimers { get; }

    public DeterministicDispatcher Dispatcher { get; private set; } = null!;

    public List<ActorFailure> Failures { get; } = [];

    public override Dispatcher Attach(ActorSystem system)
    {
        // Its own stream, so that drawing in an actor does not change the order of turns.
        var random = CreateStream("dispatcher");
        IReadyQueue queue = _options.Order switch
        {
            DispatchOrder.Fifo => new FifoQueue(),
            DispatchOrder.SeededRandom => new RandomQueue(random),
            _ => new PriorityQueueWithChanges(random, _options.PriorityChanges, _options.PriorityHorizonSteps),
        };
        return Dispatcher = new DeterministicDispatcher(system, queue, _owner, _options.Observer);
    }

    public override IRandomStream CreateStream(string name) => new RandomStream(_options.Seed, name, _options.Observer);

    public override Dispatcher DispatcherFor(string id) => id switch
    {
        Dispatchers.PinnedDispatcherId => Dispatcher,
        _ => throw new ArgumentException($"No dispatcher '{id}'.", nameof(id)),
    };

    public override void OnFailure(ActorCell cell, Exception cause) => Failures.Add(new ActorFailure(cell, cause));

    public override void Shutdown()
    {
    }
}
