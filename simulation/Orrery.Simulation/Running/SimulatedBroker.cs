using Orrery.Actors.Extensions;
using Orrery.Broker;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Network;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>One broker of a run: its process, and what the run knows of it.</summary>
internal sealed class SimulatedBroker : IProcessWatcher
{
    private readonly RunWorld _world;

    /// <summary>Makes a broker that is down.</summary>
    /// <param name="world">The run.</param>
    /// <param name="name">Its name in the scenario, with `[n]` where a rule made several.</param>
    /// <param name="kind">Its key in the file.</param>
    /// <param name="node">What the file says of it.</param>
    /// <param name="isLeaf">Whether no other broker is its child.</param>
    public SimulatedBroker(RunWorld world, string name, string kind, BrokerNode node, bool isLeaf)
    {
        (_world, Name, Kind, Node, IsLeaf) = (world, name, kind, node, isLeaf);
        Options = WorldOptions.Of(node.Limits);
        Disk = node.Persistence == Persistence.Memory ? null : new BrokerDisk(world, this);
        Process = new BrokerProcess(world.Kernel, name, Options, WorldOptions.Of(node.Order), new BrokerLog(world, this), Disk) { Watcher = this };
        Process.IsBuggified = node.Buggify;
        Process.TimerLatenessMaxNanoseconds = node.TimerLateness?.Nanoseconds ?? 0;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its key in the file.</summary>
    public string Kind { get; }

    /// <summary>What the file says of it.</summary>
    public BrokerNode Node { get; }

    /// <summary>Whether no other broker is its child.</summary>
    public bool IsLeaf { get; }

    /// <summary>Its limits when it starts first.</summary>
    public BrokerOptions Options { get; set; }

    /// <summary>What it keeps beyond its process; null for nothing.</summary>
    public BrokerDisk? Disk { get; }

    /// <summary>The limits that it was given while it ran, in order.</summary>
    public List<BrokerOptions> LaterOptions { get; } = [];

    /// <summary>The process.</summary>
    public BrokerProcess Process { get; }

    /// <summary>Where the messages that it passes on came from.</summary>
    public MessageOrigins Origins { get; } = new();

    /// <summary>Why it closed connections that are about to end, by connection.</summary>
    public Dictionary<string, string> CloseReasons { get; } = [];

    /// <summary>What is to be done when the process has ended; done once.</summary>
    public Action? WhenEnded { get; set; }

    /// <summary>What is to be done when the process has its processor again; done once.</summary>
    public Action? WhenResumed { get; set; }

    /// <summary>The process' end of a connection; null if it has none.</summary>
    public StreamEnd? EndOf(string connection) => Process.Transports.FirstOrDefault(transport => transport.End.Name == connection)?.End;

    /// <inheritdoc/>
    void IProcessWatcher.OnStarted() => _world.Recorder.Add(HistoryKind.ProcessStarted, Name);

    /// <inheritdoc/>
    void IProcessWatcher.OnReady()
    {
        Disk!.OnReady();
        if (Process.Lives == 1) _world.Script.Later(0, _world.Facts.NoteStart);
    }

    /// <inheritdoc/>
    void IProcessWatcher.OnEnded(string how)
    {
        _world.Recorder.Add(HistoryKind.ProcessEnded, Name, how);
        WhenResumed = null;
        var next = WhenEnded;
        WhenEnded = null;
        next?.Invoke();
    }

    /// <inheritdoc/>
    void IProcessWatcher.OnPaused(long nanoseconds) => _world.Recorder.Add(HistoryKind.ProcessPaused, Name, detail: $"for {Readable.Time(nanoseconds)}");

    /// <inheritdoc/>
    void IProcessWatcher.OnResumed()
    {
        _world.Recorder.Add(HistoryKind.ProcessResumed, Name);
        if (WhenResumed is { } next) _world.Script.Later(0, next);
        WhenResumed = null;
    }

    /// <inheritdoc/>
    void IProcessWatcher.OnTimer()
    {
        if (_world.Recorder.IsDetailed) _world.Recorder.Add(HistoryKind.TimerFired, Name);
    }

    /// <inheritdoc/>
    void IProcessWatcher.OnFailure(ActorFailure failure) => _world.OnFailure(this, failure);

    /// <inheritdoc/>
    void IProcessWatcher.OnRestless(string sentence) => _world.OnRestless(this, sentence);
}
