using Orrery.Simulation.Histories;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Running;

/// <summary>Writes the history of a run. Nothing in the run depends on whether it is on.</summary>
internal sealed class Recorder(SimulationKernel kernel, History history, bool isOn, bool isDetailed)
{
    /// <summary>The node of what concerns no node.</summary>
    public const string ScriptNode = "script";

    /// <summary>Whether anything is recorded.</summary>
    public bool IsOn => isOn;

    /// <summary>Whether timers, every decision and held segments are too.</summary>
    public bool IsDetailed => isOn && isDetailed;

    /// <summary>Records what happens now.</summary>
    /// <returns>The index in the history; -1 when it is not kept.</returns>
    public int Add(HistoryKind kind, string node, string? name = null, string? detail = null, int cause = -1) =>
        Add(new HistoryEvent { Index = 0, Nanoseconds = 0, Kind = kind, Node = node, Name = name, Detail = detail, Cause = cause });

    /// <summary>Records what happens now; index and time are set here.</summary>
    /// <returns>The index in the history; -1 when it is not kept.</returns>
    public int Add(HistoryEvent happened) =>
        isOn ? history.Add(happened, kernel.NowNanoseconds).Index : -1;
}
