using System.Reflection;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Running;

/// <summary>Steps as files write them.</summary>
internal static class VerbNames
{
    /// <summary>The verb of a step; of a fault its kind too: `fault half_open`.</summary>
    public static string Of(Step step) =>
        step is FaultStep ? $"fault {Of(step.GetType())}" : Of(step.GetType());

    /// <summary>The kind of a fault.</summary>
    public static string KindOf(FaultStep fault) => Of(fault.GetType());

    private static string Of(Type type) => type.GetCustomAttribute<CaseAttribute>(inherit: false)?.Name ?? type.Name;
}
