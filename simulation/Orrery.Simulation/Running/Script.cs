using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Carries out a scenario's steps when they are due: at a time, some time after another step, or upon a trigger.</summary>
internal sealed class Script(RunWorld world) : EventTarget(Recorder.ScriptNode)
{
    private const int StepKind = 0;
    private const int ReleaseKind = 1;
    private const int LaterKind = 2;

    private readonly List<Step> _steps = [.. world.Scenario.Steps, .. world.Scenario.Faults];
    private readonly Dictionary<int, int> _followers = [];  // a step whose time is not known yet, by the one that it follows

    /// <summary>The last instant at which the scenario says that something happens.</summary>
    public long EndNanoseconds { get; private set; }

    /// <summary>The steps, and then the faults.</summary>
    public IReadOnlyList<Step> All => _steps;

    /// <summary>Schedules what has a time, and arms what has a trigger.</summary>
    public void Arm()
    {
        Arm(0, world.Scenario.Steps.Count);
        Arm(world.Scenario.Steps.Count, _steps.Count);
        world.MayHoldPackets = world.Triggers.WatchesPackets || world.Triggers.WatchesEvents;
    }

    /// <summary>Adds a step that waits for something, while the run goes on.</summary>
    public void When(Trigger trigger, Step step)
    {
        _steps.Add(step);
        world.Triggers.Arm(trigger, _steps.Count - 1);
    }

    /// <summary>The run goes on up to an instant at least.</summary>
    public void Extend(long nanoseconds) => EndNanoseconds = Math.Max(EndNanoseconds, nanoseconds);

    /// <summary>Does something later.</summary>
    /// <param name="nanoseconds">Time from now.</param>
    /// <param name="action">What.</param>
    /// <param name="extends">Whether the run lasts until then.</param>
    public EventHandle Later(long nanoseconds, Action action, bool extends = true)
    {
        var due = world.Kernel.NowNanoseconds + nanoseconds;
        if (extends) Extend(due);
        return world.Kernel.Schedule(due, EventClass.Script, this, LaterKind, 0, action);
    }

    /// <summary>Steps are due because of what a node does now. It does nothing more until they have been carried out.</summary>
    /// <param name="steps">Their numbers.</param>
    /// <param name="broker">Whose process stands still meanwhile; null for none.</param>
    /// <param name="end">What is held back meanwhile; null for nothing.</param>
    public void Fire(IReadOnlyList<int> steps, SimulatedBroker? broker, StreamEnd? end)
    {
        foreach (var number in steps)
        {
            world.Kernel.Schedule(world.Kernel.NowNanoseconds, EventClass.Script, this, StepKind, number);
        }

        broker?.Process.Halt();
        world.Kernel.Schedule(world.Kernel.NowNanoseconds, EventClass.Script, this, ReleaseKind, 0, () =>
        {
            end?.Release();
            broker?.Process.GoOn();
        });
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => kind switch
    {
        StepKind => "step",
        ReleaseKind => "release",
        _ => "later",
    };

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        if (kind == StepKind) CarryOut((int)argument);
        else ((Action)state!)();
    }

    private void Arm(int first, int end)
    {
        long? previous = 0;                                 // when the step before is due; null where only the run will tell
        for (var number = first; number < end; number++)
        {
            var step = _steps[number];
            previous = step.At?.Nanoseconds ?? previous + step.After?.Nanoseconds;
            if (step.When is { } trigger)
            {
                world.Triggers.Arm(trigger, number);
                previous = null;
            }
            else if (previous is { } due)
            {
                world.Kernel.Schedule(due, EventClass.Script, this, StepKind, number);
                Extend(due + ScenarioLength.Of(step));
            }
            else
            {
                _followers[number - 1] = number;
            }
        }
    }

    private void CarryOut(int number)
    {
        var step = _steps[number];
        Extend(world.Kernel.NowNanoseconds + ScenarioLength.Of(step));
        world.Steps.CarryOut(step, number);
        if (!_followers.TryGetValue(number, out var follower)) return;
        var due = world.Kernel.NowNanoseconds + _steps[follower].After!.Value.Nanoseconds;
        Extend(due);
        world.Kernel.Schedule(due, EventClass.Script, this, StepKind, follower);
    }
}
