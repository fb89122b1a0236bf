using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;

namespace Orrery.Testing;

/// <summary>Histories as text.</summary>
internal static class WorldText
{
    /// <summary>The last events of a history, as a timeline.</summary>
    public static string Of(History history, int lastMax)
    {
        var first = Math.Max(0L, history.Events.Count - (long)lastMax);
        return string.Join('\n', new Timeline(history).Lines(index => index >= first, _ => ' '));
    }
}
