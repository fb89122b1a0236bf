namespace Orrery.Actors.Extensions;

/// <summary>How a deterministic system chooses whose turn it is.</summary>
public enum DispatchOrder
{
    /// <summary>First come, first served.</summary>
    Fifo,

    /// <summary>Any of those that wait, each as likely as another.</summary>
    SeededRandom,

    /// <summary>By random priorities that change at a few random steps (probabilistic concurrency testing).</summary>
    PriorityChanges,
}

/// <summary>How a deterministic system is set up. Equal options give equal runs.</summary>
public sealed record DeterministicOptions
{
    /// <summary>What all chance starts from.</summary>
    /// <value>Default: 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whose turn it is.</summary>
    /// <value>Default: <see cref="DispatchOrder.Fifo"/>.</value>
    public DispatchOrder Order { get; init; }

    /// <summary>Changes of priority, the d of probabilistic concurrency testing.</summary>
    /// <value>0 or more. Default: 3, since most ordering bugs need no more constraints.</value>
    public int PriorityChanges { get; init; } = 3;

    /// <summary>The steps among which the changes of priority are drawn, the k of probabilistic concurrency testing.</summary>
    /// <value>1 or more. Default: 1,000. About the messages that the run will handle.</value>
    public int PriorityHorizonSteps { get; init; } = 1_000;

    /// <summary>The wall clock's first reading.</summary>
    /// <value>Default: the start of 2001 in UTC.</value>
    public DateTimeOffset StartTime { get; init; } = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Turns after which a run counts as one that never comes to rest.</summary>
    /// <value>1 or more. Default: 10,000,000.</value>
    public long StepsMax { get; init; } = 10_000_000;

    /// <summary>Hears of each message and draw.</summary>
    /// <value>Default: null, nobody, which costs nothing. Whether somebody does never changes what happens.</value>
    public IDeterministicObserver? Observer { get; init; }
}

/// <summary>A failure that a supervisor was asked about, for a simulation to judge.</summary>
/// <param name="Actor">Who failed.</param>
/// <param name="Cause">What was thrown.</param>
public sealed record ActorFailure(IActorRef Actor, Exception Cause);
