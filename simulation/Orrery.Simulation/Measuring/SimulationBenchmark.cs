using System.Globalization;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Measuring;

/// <summary>Measures how fast worlds go by on one thread, and what they take of memory, against floors.</summary>
/// <param name="machine">The clock and the memory outside.</param>
public sealed class SimulationBenchmark(IMachine machine)
{
    private const double Million = 1_000_000;
    private const double Gibibyte = 1024.0 * 1024 * 1024;

    /// <summary>The parts, in the order in which they are to be read.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["kernel", "deliveries", "fleet", "idle", "brokers", "search"];

    /// <summary>What a part measures, for a reader.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    public static string Describe(string part) => part switch
    {
        "kernel" => "events alone, hashed, each of which schedules the next, with 1,000 and 100,000 waiting",
        "deliveries" => "50 publishers that each keep 20 messages of QoS 1 on their way to a subscriber of their own",
        "fleet" => "1,000 clients that each publish one message of QoS 1 a second, which another of them gets",
        "idle" => "10,000 connected clients with a keep-alive of 60 s and nothing to say",
        "brokers" => "1,000 isolated brokers with 100 connected clients each",
        "search" => "finding one byte that differs between two runs of a million events",
        _ => throw new ArgumentException($"No part '{part}'.", nameof(part)),
    };

    /// <summary>Measures one part, which takes some seconds.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    public IReadOnlyList<Figure> Measure(string part) => part switch
    {
        "kernel" => [.. MeasureKernel(1_000), .. MeasureKernel(100_000)],
        "deliveries" => MeasureDeliveries(),
        "fleet" => MeasureFleet(),
        "idle" => MeasureIdle(),
        "brokers" => MeasureBrokers(brokers: 1_000, clientsEach: 100),
        "search" => MeasureSearch(),
        _ => throw new ArgumentException($"No part '{part}'.", nameof(part)),
    };

    private List<Figure> MeasureKernel(int waiting)
    {
        const int Events = 10_000_000;
        RunKernel(waiting, Events / 10);            // compiled before it is measured
        var seconds = RunKernel(waiting, Events);
        return [new Figure("kernel", string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} waiting"), Events / seconds, "events/s") { AtLeast = 3 * Million }];
    }

    private double RunKernel(int waiting, int events)
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var hopper = new Hopper(kernel);
        for (var i = 0; i < waiting; i++)
        {
            kernel.Schedule(i, EventClass.Network, hopper, 0, i);
        }

        var start = machine.Clock;
        for (var i = 0; i < events; i++)
        {
            kernel.Step();
        }

        return (machine.Clock - start).TotalSeconds;
    }

    private List<Figure> MeasureDeliveries()
    {
        var world = Workloads.Streams(new KernelOptions(), pairs: 50, window: 20);
        world.RunFor(4 * MeasuredWorld.Second);         // until the machine code is what it will be
        return Rates("deliveries", world, 10 * MeasuredWorld.Second, deliveriesAtLeast: 100_000);
    }

    private List<Figure> MeasureFleet()
    {
        var world = Workloads.Fleet(new KernelOptions(), clients: 1_000);
        world.RunFor(400 * MeasuredWorld.Second);       // likewise
        return Rates("fleet", world, 400 * MeasuredWorld.Second, paceAtLeast: 100);
    }

    private List<Figure> MeasureIdle()
    {
        const int Clients = 10_000;
        var before = machine.LiveBytes;
        var world = Workloads.Idle(new KernelOptions(), brokers: 1, Clients);
        world.RunFor(1_200 * MeasuredWorld.Second);     // likewise
        var live = machine.LiveBytes - before;
        return
        [
            .. Rates("idle", world, 3_600 * MeasuredWorld.Second, paceAtLeast: 1_000).Where(figure => figure.Unit is "events/s" or "s/s"),
            new Figure("idle", "heap of a session with its client and link", (double)live / Clients, "bytes"),
        ];
    }

    private List<Figure> MeasureBrokers(int brokers, int clientsEach)
    {
        var before = machine.LiveBytes;
        var start = machine.Clock;
        var world = Workloads.Idle(new KernelOptions(), brokers, clientsEach);
        world.RunFor(120 * MeasuredWorld.Second);
        var seconds = (machine.Clock - start).TotalSeconds;
        var process = machine.ProcessBytes;
        var live = machine.LiveBytes - before;
        if (world.Connected != brokers * clientsEach) throw new InvalidOperationException($"Only {world.Connected} clients got a connection.");
        return
        [
            new Figure("brokers", "memory of the process", process / Gibibyte, "GiB") { AtMost = 4 },
            new Figure("brokers", "heap of a session with its client, link and share of a broker", (double)live / world.Connected, "bytes"),
            new Figure("brokers", "start and two simulated minutes", seconds, "s"),
        ];
    }

    private List<Figure> MeasureSearch()
    {
        const long Planted = 60_000;
        var events = 0L;
        var start = machine.Clock;
        var found = DivergenceFinder.Find(new KernelOptions(), options => Run(options, -1), options => Run(options, Planted));
        var seconds = (machine.Clock - start).TotalSeconds;
        if (found is null) throw new InvalidOperationException("The planted difference was not found.");
        return
        [
            new Figure("search", "first difference, with its causes", seconds, "s") { AtMost = 30 },
            new Figure("search", "events of each run", events, "events"),
        ];

        SimulationKernel Run(KernelOptions options, long planted)
        {
            var world = Workloads.Streams(options, pairs: 50, window: 20, planted);
            while (world.Kernel.EventCount < 1_000_000) world.RunFor(MeasuredWorld.Second / 10);
            events = world.Kernel.EventCount;
            return world.Kernel;
        }
    }

    private List<Figure> Rates(string part, MeasuredWorld world, long nanoseconds, double? deliveriesAtLeast = null, double? paceAtLeast = null)
    {
        var (events, packets, deliveries) = (world.Kernel.EventCount, world.Packets, world.Deliveries);
        var start = machine.Clock;
        world.RunFor(nanoseconds);
        var seconds = (machine.Clock - start).TotalSeconds;
        return
        [
            new Figure(part, "events", (world.Kernel.EventCount - events) / seconds, "events/s"),
            new Figure(part, "packets", (world.Packets - packets) / seconds, "packets/s"),
            new Figure(part, "deliveries", (world.Deliveries - deliveries) / seconds, "deliveries/s") { AtLeast = deliveriesAtLeast },
            new Figure(part, "simulated seconds a second", nanoseconds / (double)MeasuredWorld.Second / seconds, "s/s") { AtLeast = paceAtLeast },
        ];
    }

    private sealed class Hopper(SimulationKernel kernel) : EventTarget("hopper")
    {
        public override string Describe(int kind) => "hop";

        // Spread without a draw, which would be measured too.
        public override void OnEvent(int kind, long argument, object? state) =>
            kernel.Schedule(kernel.NowNanoseconds + 1 + (argument * 7_919 % 100_003), EventClass.Network, this, 0, argument);
    }
}
