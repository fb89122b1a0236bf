using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>Lays a variant over its scenario: lists are appended, mappings merged, and anything else replaced.</summary>
internal static class Overlay
{
    /// <summary>The merged mapping.</summary>
    public static MapNode Merge(MapNode below, MapNode above)
    {
        var merged = below.Entries.Select(entry => above[entry.Key] is { } value ? entry with { Value = Merge(entry.Value, value) } : entry);
        return below with { Entries = [.. merged, .. above.Entries.Where(entry => below[entry.Key] is null)] };
    }

    private static ScenarioNode Merge(ScenarioNode below, ScenarioNode above) => (below, above) switch
    {
        (ListNode first, ListNode second) => first with { Items = [.. first.Items, .. second.Items] },
        (MapNode first, MapNode second) => Merge(first, second),
        _ => above,
    };
}
