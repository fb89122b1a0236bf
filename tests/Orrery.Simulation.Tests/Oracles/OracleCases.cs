using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Tests.Histories;

namespace Orrery.Simulation.Tests.Oracles;

/// <summary>Histories by hand: what breaks a rule, and what looks like it and does not.</summary>
internal static partial class OracleCases
{
    private static readonly SortedDictionary<string, Case> All = new(StringComparer.Ordinal);

    static OracleCases()
    {
        QoS0And1();
        QoS2();
        Order();
        Retained();
        Wills();
        Sessions();
        KeepAlive();
        Flow();
        Shared();
        Limits();
        Expiries();
        Filters();
        Robustness();
        Restarts();
        Excuses();
        Rollbacks();
    }

    public static IEnumerable<string> Broken => All.Where(entry => entry.Value.Rule is not null).Select(entry => entry.Key);

    public static IEnumerable<string> Kept => All.Where(entry => entry.Value.Rule is null).Select(entry => entry.Key);

    public static Case Of(string name) => All[name];

    /// <summary>Adds histories that break one rule and no other.</summary>
    private static void Breaks(string rule, params (string How, Func<HistoryBuilder> Story)[] stories)
    {
        foreach (var (how, story) in stories) All.Add($"{rule}: {how}", new Case(rule, story));
    }

    /// <summary>Adds histories that break nothing, though they come near to breaking one rule.</summary>
    private static void Keeps(string rule, params (string How, Func<HistoryBuilder> Story)[] stories)
    {
        foreach (var (how, story) in stories) All.Add($"{rule} holds: {how}", new Case(null, story));
    }

    /// <summary>A publisher, and a subscriber to a/# with a session that outlives its connection.</summary>
    private static HistoryBuilder Pair(QoS grant = QoS.ExactlyOnce) =>
        new HistoryBuilder().At(1).Connect("pub", Lasting()).Connect("sub", Lasting()).Subscribe("sub#1", "a/#", grant).At(2);

    /// <summary>The same, and the bytes of one of them are corrupted on their way.</summary>
    private static HistoryBuilder Corrupted(string client) => Pair().Add(HistoryKind.FaultStarted, $"{client}->b1", name: "corrupt").After(1);

    private static ConnectPacket Lasting(uint seconds = 3600, bool clean = false) => new() { CleanStart = clean, SessionExpiryIntervalSeconds = seconds };

    /// <summary>The subscriber's connection is lost, and a new one resumes the session.</summary>
    private static HistoryBuilder Resume(this HistoryBuilder story, string client = "sub", int number = 1, ConnectPacket? connect = null) =>
        story.After(1).End($"{client}#{number}", "reset", "reset").After(1).Connect(client, connect ?? Lasting(), present: true);

    /// <summary>The client goes, so that what is in flight to it need not come to an end.</summary>
    private static HistoryBuilder Leave(this HistoryBuilder story, string connection) => story.After(3).End(connection, "reset", "reset");

    internal sealed record Case(string? Rule, Func<HistoryBuilder> Story);
}
