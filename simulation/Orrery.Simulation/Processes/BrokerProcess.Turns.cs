using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Processes;

// Its clocks, and the turns of its actors.
internal sealed partial class BrokerProcess
{
    private const long TurnsMax = 10_000_000;                   // of one instant; more never come to rest

    private EventHandle _timer;
    private long _timerNanoseconds = long.MaxValue;
    private long _clockOrigin;                                  // virtual time at which the monotonic clock read the base
    private long _clockBase;                                    // 0 from the start of each life
    private (long Numerator, long Denominator) _clockRate = (1, 1);
    private int _halts;
    private long _observedSteps;
    private int _reportedFailures;
    private long _stepsAtEffect;                                // of this life, when it last did something outside

    /// <summary>Turns of this life.</summary>
    public long Turns => _system?.Steps ?? 0;

    /// <summary>The most turns in a row, of all lives, that did nothing outside while actors waited for one.</summary>
    public long TurnsWithoutEffectMax { get; private set; }

    /// <summary>Actors that have messages and no turn, though the process is at rest and may work: none, if all is well.</summary>
    public IReadOnlyList<IActorRef> ActorsForgotten() => CanAnswer && Running.IsQuiet ? Running.ActorsWithMessages() : [];

    /// <summary>Lets an actor of this life starve (S2).</summary>
    /// <inheritdoc cref="DeterministicSystem.Starve"/>
    public Starvation Starve(Func<IActorRef, bool> isIt, long turns, Action<Starvation>? onOver = null, bool evenAlone = false) =>
        Running.Starve(isIt, turns, onOver, evenAlone);

    /// <summary>Lets it starve no longer, and gives it the turns that it waited for.</summary>
    public void End(Starvation starvation)
    {
        if (_system is null) return;
        _system.End(starvation);
        if (State is ProcessState.Up or ProcessState.Stopping) Run();
    }

    /// <summary>Adds an actor that is none of the broker's to this life, and lets it run.</summary>
    public void Add(Props props)
    {
        Running.System.ActorOf(props);
        Run();
    }

    /// <summary>Something left the process: bytes, the end of a connection.</summary>
    internal void NoteEffect()
    {
        if (_system is null) return;                            // its system still does what is left to do
        var steps = _system.Steps;
        TurnsWithoutEffectMax = Math.Max(TurnsWithoutEffectMax, steps - _stepsAtEffect);
        _stepsAtEffect = steps;
    }

    /// <summary>The most that a timer is late (T4). Default: 0, which draws nothing.</summary>
    public long TimerLatenessMaxNanoseconds { get; set; }

    /// <summary>Gives no turn after the present one until <see cref="GoOn"/>: a debugger's breakpoint. Time may not pass meanwhile.</summary>
    internal void Halt() => _halts++;

    /// <summary>Undoes one <see cref="Halt"/> of this life.</summary>
    internal void GoOn()
    {
        if (_halts > 0) _halts--;
        if (_halts > 0 || State is not (ProcessState.Up or ProcessState.Stopping)) return;
        Run();
        if (_halts > 0 || State is not (ProcessState.Up or ProcessState.Stopping)) return;
        LetArrive();
        Run();
    }

    private long ClockNanoseconds => _clockBase + ClockRate.Scale(_kernel.NowNanoseconds - _clockOrigin, _clockRate);

    /// <summary>A time of the monotonic clock in the world's, rounded up so that no timer fires before its time.</summary>
    private long WorldTimeOf(long clock) => _clockOrigin + ClockRate.Unscale(clock - _clockBase, _clockRate);

    private void Run()
    {
        if (!Settle()) return;
        _kernel.Observe(Name, "turns", "count", (ulong)(Running.Steps - _observedSteps));
        _observedSteps = Running.Steps;
        ReportFailures();
        if (_hasStopped) End("stop", end => end.Close(StreamEnding.ProcessEnded));
        else if (_ready is { Failure: not null }) End("store_unavailable", end => end.Close(StreamEnding.ProcessEnded));
        else if (DeterministicSystem.HasStopped(Broker.Actor)) End("gave_up", end => end.Close(StreamEnding.ProcessEnded));
        else SetTimer();
    }

    /// <summary>Gives turns until no actor waits for one, and fires the timers that are due, one by one.</summary>
    /// <returns>False if it was halted on the way.</returns>
    private bool Settle()
    {
        var now = TimeSpan.FromTicks(ClockNanoseconds / NanosecondsPerTick);
        for (var turns = 0L; ; turns++)
        {
            if (_halts > 0) return false;
            if (turns == TurnsMax)
            {
                Break();
                return false;
            }

            if (Running.RunOne()) continue;
            if (_halts > 0) return false;
            if (Running.Scheduler.NextDue is not { } due || due > now) break;
            Running.Scheduler.AdvanceToNext();
        }

        Running.Scheduler.Pause(now - Running.Scheduler.Elapsed);
        NoteEffect();                                           // at rest nothing is pending
        return true;
    }

    /// <summary>There is no end to the turns of this instant: it gets no more.</summary>
    private void Break()
    {
        var unmoved = Running.Steps - _stepsAtEffect;
        NoteEffect();
        var sentence = $"{Name} did not come to rest in {TurnsMax} turns, and did nothing outside in the last {unmoved} of them";
        if (Watcher is null) throw new InvalidOperationException(sentence);
        Halt();
        Watcher.OnRestless(sentence);
    }

    private void ReportFailures()
    {
        for (; _reportedFailures < Running.Failures.Count; _reportedFailures++)
        {
            var failure = Running.Failures[_reportedFailures];
            if (Watcher is null) throw new InvalidOperationException($"An actor of {Name} failed: {failure.Actor.Path}", failure.Cause);
            Watcher.OnFailure(failure);
        }
    }

    private void SetTimer()
    {
        var due = Running.Scheduler.NextDue is { } next ? WorldTimeOf(next.Ticks * NanosecondsPerTick) : long.MaxValue;
        if (due == _timerNanoseconds) return;
        CancelTimer();
        if (due == long.MaxValue) return;
        _timerNanoseconds = due;
        var late = TimerLatenessMaxNanoseconds > 0 ? _kernel.Stream($"{Name}/timers").Uniform(0, TimerLatenessMaxNanoseconds) : 0;
        _timer = _kernel.Schedule(Math.Max(due + late, _kernel.NowNanoseconds), EventClass.Timer, this, TimerKind);
    }

    private void CancelTimer()
    {
        _kernel.Cancel(_timer);
        _timerNanoseconds = long.MaxValue;
    }
}
