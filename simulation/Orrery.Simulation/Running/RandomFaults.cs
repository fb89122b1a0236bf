using Orrery.Simulation.Histories;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Random faults in the background, drawn as the fault model says. Each class has a stream of chance of its own.</summary>
internal sealed partial class RandomFaults
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000_000_000;

    private readonly RunWorld _world;
    private readonly List<Action> _undo = [];
    private int _drawn;

    /// <summary>Draws what is on in this run; nothing happens before <see cref="Arm"/>.</summary>
    public RandomFaults(RunWorld world)
    {
        _world = world;
        Classes = FaultClasses.Of(world.Scenario.Profile, world.Kernel, world.Scenario.Topology.Brokers.Values.Any(broker => broker.Persistence != Persistence.Memory));
    }

    /// <summary>The classes that are on.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The most that timers are late in this run (T4).</summary>
    public long TimerLatenessNanoseconds { get; private set; }

    /// <summary>What holds for the whole run: limits, order of turns. Before any process starts.</summary>
    public void Prepare()
    {
        foreach (var one in Classes)
        {
            foreach (var broker in _world.Brokers) Prepare(one, broker);
        }
    }

    /// <summary>Schedules the beginning of the chaos.</summary>
    public void Arm()
    {
        if (Classes.Count > 0) _world.Script.Later(_world.Phases.ChaosNanoseconds, Begin, extends: false);
    }

    /// <summary>Ends what lasted for the whole chaos.</summary>
    public void End()
    {
        foreach (var undo in _undo) undo();
        _undo.Clear();
    }

    private void Prepare(string one, SimulatedBroker broker)
    {
        var chance = Chance(one);
        switch (one)
        {
            case "B5":
                int[] limits = [1, 2, 10, 100];
                broker.Process.Options = broker.Options = broker.Options with { QueuedMessagesMax = limits[chance.Uniform(0, limits.Length - 1)] };
                break;
            case "S1":
                TurnOrder[] orders = [TurnOrder.Fifo, TurnOrder.Random, TurnOrder.Priority];
                broker.Process.Order = WorldOptions.Of(orders[chance.Uniform(0, orders.Length - 1)]);
                break;
            case "T4":
                TimerLatenessNanoseconds = TimerLatenessNanoseconds > 0 ? TimerLatenessNanoseconds : chance.Uniform(1, Second);
                break;
        }
    }

    private void Begin()
    {
        foreach (var one in Classes)
        {
            var chance = Chance(one);
            switch (one)
            {
                case "N1": OnEveryLink(one, Latency(chance)); break;
                case "N2": OnEveryLink(one, Segments(chance)); break;
                case "N3": OnEveryLink(one, Bandwidth(chance)); break;
                case "N4": Every(one, Clogs(chance), Clog); break;
                case "N5": Every(one, 20 * Second, Part); break;
                case "N6":
                    OnEveryLink(one, GiveUp(chance));
                    Every(one, 20 * Second, HalfOpen);
                    break;
                case "N7": Every(one, 10 * Second, Break); break;
                case "N8": Every(one, 15 * Second, Refuse); break;
                case "N9":
                    OnEveryLink(one, IdleDrop(chance));
                    Every(one, 60 * Second, Rebind);
                    break;
                case "N10": Every(one, 30 * Second, Move); break;
                case "N11": Every(one, 20 * Second, Corrupt); break;
                case "C1": Every(one, 15 * Second, CrashClient); break;
                case "C2": Every(one, 10 * Second, HoldAcknowledgements); break;
                case "C5": Every(one, 20 * Second, Babble); break;
                case "C6": SetClientClocks(chance); break;
                case "C7": Every(one, 30 * Second, Herd); break;
                case "B1": Every(one, 30 * Second, EndBroker); break;
                case "B2": Every(one, 30 * Second, PauseBroker); break;
                case "B6": Buggify(chance); break;
                case "T1": Every(one, 30 * Second, JumpClock); break;
                case "T2": Drift(chance); break;
                case "T4": DelayTimers(); break;
                case "D1":
                    SlowDisks(chance);
                    Every(one, 30 * Second, Stall);
                    break;
                case "D2" or "D3" or "D4": Every(one, 30 * Second, draw => LosePower(draw, one)); break;
                case "D5": Every(one, 30 * Second, FailDisk); break;
                case "D6": Every(one, 60 * Second, Rot); break;
                case "D7": Lie(); break;
                case "S2": Every(one, 5 * Second, Starve); break;
            }
        }
    }

    private RandomSource Chance(string one) => _world.Kernel.Stream($"profile/{one}");

    /// <summary>Injects again and again, at times that chance spaces, while the chaos lasts.</summary>
    private void Every(string one, long mean, Action<RandomSource> inject)
    {
        if (mean <= 0) return;
        var chance = Chance(one);
        _world.Script.Later(
            chance.Exponential(mean),
            () =>
            {
                if (!_world.Phases.IsChaos) return;
                inject(chance);
                Every(one, mean, inject);
            },
            extends: false);
    }

    /// <summary>A change of all links for as long as the chaos lasts.</summary>
    private void OnEveryLink(string one, (string Detail, Func<Network.LinkOptions, Network.LinkOptions> Change) drawn)
    {
        var undo = _world.Links.All.Select(link => link.Change(drawn.Change)).ToArray();
        Lasting("client", one, drawn.Detail, () => Array.ForEach(undo, action => action()));
    }

    private void Lasting(string node, string one, string detail, Action undo)
    {
        var started = _world.Recorder.Add(HistoryKind.FaultStarted, node, one, detail);
        _undo.Add(() =>
        {
            undo();
            _world.Recorder.Add(HistoryKind.FaultEnded, node, one, cause: started);
        });
    }

    private void Once(string node, string name, string detail)
    {
        var started = _world.Recorder.Add(HistoryKind.FaultStarted, node, name, detail);
        _world.Recorder.Add(HistoryKind.FaultEnded, node, name, cause: started);
    }

    /// <summary>A name for a fault that has none in the file.</summary>
    private string NewId(string one) => $"{one}-{++_drawn}";

    private static T Any<T>(RandomSource chance, IReadOnlyList<T> of) => of[(int)chance.Uniform(0, of.Count - 1)];

    private SimulatedClient AnyClient(RandomSource chance) => Any(chance, _world.Clients);

    private SimulatedBroker AnyBroker(RandomSource chance) => Any(chance, _world.Brokers);

    /// <summary>How long a fault may last, so that it is over when the chaos is.</summary>
    private long Until(long nanoseconds) =>
        _world.Phases.HealNanoseconds is { } heal ? Math.Max(1, Math.Min(nanoseconds, heal - _world.Kernel.NowNanoseconds)) : nanoseconds;
}
