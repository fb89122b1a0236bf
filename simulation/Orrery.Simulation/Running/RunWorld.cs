using Orrery.Actors.Extensions;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Everything of one run: its kernel, brokers, clients, links, script and history.</summary>
internal sealed class RunWorld
{
    private readonly List<SimulatedBroker> _brokers = [];
    private readonly List<SimulatedClient> _clients = [];

    /// <summary>Builds the world; nothing has happened in it yet.</summary>
    public RunWorld(Scenario scenario, ulong seed, RunOptions options, History history)
    {
        (Scenario, Options) = (scenario, options);
        Kernel = new SimulationKernel(options.Kernel with { Seed = seed });
        Recorder = new Recorder(Kernel, history, options.Judges, options.Detailed);
        Links = new WorldLinks(this, scenario.Topology);
        Script = new Script(this);
        Faults = new FaultInjector(this);
        Steps = new StepExecutor(this);
        Phases = new Phases(this);
        Profile = new RandomFaults(this);
        Workloads = new WorkloadDriver(this);
        Script.Arm();
        foreach (var (name, kind, node, isLeaf) in BrokerPlan.Of(scenario.Topology))
        {
            _brokers.Add(new SimulatedBroker(this, name, kind, node, isLeaf));
        }

        foreach (var (name, node) in scenario.Topology.Clients) AddClients(name, node);
        States = new StateWatch(this);
        Facts = new FactsOfRun(this);
        Phases.Arm();
        Profile.Prepare();
        Profile.Arm();
        Workloads.Arm();
        Crash = options.Crash is { } point ? CrashDriver.Arm(this, point) : null;
    }

    /// <summary>What is run.</summary>
    public Scenario Scenario { get; }

    /// <summary>How it is made and watched.</summary>
    public RunOptions Options { get; }

    /// <summary>Time, order and chance.</summary>
    public SimulationKernel Kernel { get; }

    /// <summary>Writes the history.</summary>
    public Recorder Recorder { get; }

    /// <summary>What has not happened yet and something waits for.</summary>
    public TriggerBoard Triggers { get; } = new();

    /// <summary>When which step is due.</summary>
    public Script Script { get; }

    /// <summary>What steps do.</summary>
    public StepExecutor Steps { get; }

    /// <summary>Faults of the network.</summary>
    public FaultInjector Faults { get; }

    /// <summary>The stretches of the run.</summary>
    public Phases Phases { get; }

    /// <summary>Random faults.</summary>
    public RandomFaults Profile { get; }

    /// <summary>Traffic of groups.</summary>
    public WorkloadDriver Workloads { get; }

    /// <summary>Crashes a broker where the options say so; null for nowhere, and where there is no such broker.</summary>
    public CrashDriver? Crash { get; }

    /// <summary>What the history does not show.</summary>
    public FactsOfRun Facts { get; }

    /// <summary>Numbers of the world's state.</summary>
    public StateWatch States { get; }

    /// <summary>The links.</summary>
    public WorldLinks Links { get; }

    /// <summary>The brokers, in the order of their names in the file, generated ones in the order they were made.</summary>
    public IReadOnlyList<SimulatedBroker> Brokers => _brokers;

    /// <summary>The clients, in the order of their names in the file, and then of their numbers.</summary>
    public IReadOnlyList<SimulatedClient> Clients => _clients;

    /// <summary>Whether an actor of a broker failed, or a broker did not come to rest, so that what follows shows nothing more.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether taps have to read packets.</summary>
    public bool WatchesPackets => Recorder.IsOn || MayHoldPackets;

    /// <summary>Whether a trigger of the scenario waits for packets, or did.</summary>
    public bool MayHoldPackets { get; set; }

    /// <summary>The clients that a name stands for: one, or all of a group.</summary>
    public IEnumerable<SimulatedClient> ClientsOf(string name) => _clients.Where(client => WorldLinks.Is(client, name));

    /// <summary>The brokers that a name stands for: one, or all of a kind.</summary>
    public IEnumerable<SimulatedBroker> BrokersOf(string name) => _brokers.Where(broker => WorldLinks.Is(broker, name));

    /// <summary>An actor failed.</summary>
    public void OnFailure(SimulatedBroker broker, ActorFailure failure)
    {
        HasFailed = true;
        Recorder.Add(HistoryKind.Decision, broker.Name, "actor_failed", $"{failure.Actor.Path}: {failure.Cause.GetType().Name}: {failure.Cause.Message}");
        Facts.NoteFailure(broker.Name, $"At {Readable.Time(Kernel.NowNanoseconds)} {failure.Actor.Path} failed: {failure.Cause}");
    }

    /// <summary>A broker did not come to rest: L-2 says so where nothing came of it, X-1 where something did.</summary>
    public void OnRestless(SimulatedBroker broker, string sentence)
    {
        HasFailed = true;
        Recorder.Add(HistoryKind.Decision, broker.Name, "restless", $"{sentence}.");
        if (broker.Process.TurnsWithoutEffectMax <= RobustnessOracles.TurnsWithoutEffectMax)
            Facts.NoteFailure(broker.Name, $"At {Readable.Time(Kernel.NowNanoseconds)} {sentence}");
    }

    /// <summary>When something was last put on any link.</summary>
    public long LastTrafficNanoseconds => Network.Ether.Of(Kernel).LastTrafficNanoseconds;

    /// <summary>Lets go of what is outside the run, when all is over. It changes nothing in it.</summary>
    public void Forget()
    {
        foreach (var broker in _brokers) broker.Disk?.Dispose();
    }

    /// <summary>Adds a client while the run goes on.</summary>
    public SimulatedClient AddClient(string name, ClientNode node)
    {
        var client = new SimulatedClient(this, name, name, 1, node, HomeOf(node));
        _clients.Add(client);
        return client;
    }

    private SimulatedBroker HomeOf(ClientNode node) => node.Broker is null ? _brokers[0] : BrokersOf(node.Broker).First();

    private void AddClients(string group, ClientNode node)
    {
        var homes = node.Per switch
        {
            Placement.Broker => _brokers,
            Placement.LeafBroker => _brokers.Where(broker => broker.IsLeaf),
            _ => [HomeOf(node)],
        };
        var isGroup = node.Count > 1 || node.Per is not null;
        var index = 0;
        foreach (var broker in homes)
        {
            for (var i = 0; i < node.Count; i++)
            {
                index++;
                _clients.Add(new SimulatedClient(this, isGroup ? $"{group}[{index}]" : group, group, index, node, broker));
            }
        }
    }
}
