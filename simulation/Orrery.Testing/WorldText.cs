using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;

namespace Orrery.Testing;

/// <summary>Histories as text.</summary>
internal static class WorldText
{
    private const int Around = 3;                   // events before and after one that is shown

    /// <summary>The last events of a history, as a timeline.</summary>
    public static string Of(History history, int lastMax)
    {
        var first = Math.Max(0L, history.Events.Count - (long)lastMax);
        return string.Join('\n', new Timeline(history).Lines(index => index >= first, _ => ' '));
    }

    /// <summary>Events of a history and what happened around them, as a timeline that marks them.</summary>
    public static string Of(History history, IReadOnlyList<int> events) => string.Join('\n', new Timeline(history).Lines(
        index => events.Any(one => Math.Abs(one - index) <= Around), index => events.Contains(index) ? '!' : ' '));
}
