using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Oracles;

/// <summary>What rules have in common: what they count, and when one about what must happen soon may be applied.</summary>
internal static class Judging
{
    /// <summary>What a disturbance may leave behind once it is over: held bytes, resends of the systems.</summary>
    public const long AftermathNanoseconds = 2_000_000_000;

    /// <summary>How much earlier than in virtual time a broker's timer may be: its clock has ticks of 100 ns.</summary>
    public const long ClockTickNanoseconds = 1_000;

    private const int TailFactor = 20;                      // an exponential draw exceeds twenty times its mean once in 5·10⁸ times

    /// <summary>What each session was sent.</summary>
    public static IReadOnlyList<Copies> Copies(this HistoryView view) => view.Once(Oracles.Copies.Of);

    /// <summary>What was lost.</summary>
    public static IReadOnlyList<Loss> Losses(this HistoryView view) => view.Once(Oracles.Losses.Of);

    /// <summary>Whether a connection was open at both ends, and undisturbed, in a stretch of time.</summary>
    public static bool IsCalm(this HistoryView view, ConnectionView connection, long from, long to) =>
        (connection.BrokerEnded is not { } broker || broker.Nanoseconds > to) && (connection.ClientEnded is not { } client || client.Nanoseconds > to)
        && (connection.CloseEarliest is not { } closed || closed > to)
        && view.World.IsCalm(connection.Client, connection.Broker, Math.Max(0, from - AftermathNanoseconds), to);

    /// <summary>Whether a client reads and acknowledges at once, and its link carries all that is put on it.</summary>
    public static bool IsPrompt(this HistoryView view, string client)
    {
        if (view.IsScripted(client)) return false;
        if (view.ClientOf(client)?.Node is { } node && (node.ReadRate is not null || node.AcknowledgeAfter is not null)) return false;
        return view.Scenario?.Topology.Links.Values.All(link => link.Bandwidth is null) != false;
    }

    /// <summary>How long a byte may be on its way where nothing is injected.</summary>
    public static long LatencyMax(this HistoryView view) =>
        view.Scenario?.Topology.Links.Values.Select(link => LongestOf(link.Latency)).DefaultIfEmpty(0).Max() ?? 0;

    /// <summary>What the broker had in flight to a client on a connection just before an event.</summary>
    public static int InFlight(SessionView session, ConnectionView connection, int before) => session.Exchanges.Count(exchange =>
        exchange.Sends.Exists(send => send.Connection == connection && send.Sent.Index < before)
        && (exchange.Completed is not { } completed || completed.Index >= before));

    private static long LongestOf(Delay? delay) => delay switch
    {
        null => 0,
        { Fixed: { } exact } => exact.Nanoseconds,
        { Max: { } max } => max.Nanoseconds,
        _ => (delay.Min?.Nanoseconds ?? 0) + (TailFactor * (delay.ExpMean?.Nanoseconds ?? 0)),
    };
}
