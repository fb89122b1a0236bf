using System.Globalization;
using Orrery.Simulation.Running;
using Orrery.Simulation.Tests.Running;

namespace Orrery.Simulation.Tests.Oracles;

/// <summary>Worlds that nobody thought of, judged by every rule. Set ORRERY_RANDOM_WORLDS to `first..last` for other seeds,
/// and ORRERY_RANDOM_WORLDS_LOG to a folder that gets the scenarios and histories of worlds with findings.</summary>
public sealed class RandomWorldTests
{
    public static TheoryData<int> Seeds { get; } = [.. Range()];

    [Theory, MemberData(nameof(Seeds))]
    public void No_rule_is_broken_in_a_world_where_nothing_is_injected(int seed) => Judge(new RandomWorld(seed).Text(isCalm: true));

    [Theory, MemberData(nameof(Seeds))]
    public void No_rule_is_broken_in_a_world_of_faults(int seed) => Judge(new RandomWorld(seed).Text());

    private static void Judge(string text)
    {
        var result = Runs.Run(text);
        if (result.Findings.Count > 0 && Environment.GetEnvironmentVariable("ORRERY_RANDOM_WORLDS_LOG") is { } folder)
            File.WriteAllText(Path.Combine(folder, $"{result.Seed}-{(text.Contains("faults:", StringComparison.Ordinal) ? "faults" : "calm")}.txt"), $"{text}\n{result.All()}\n");

        Assert.True(result.Findings.Count == 0, string.Join("\n", result.Findings.Select(finding => $"{finding.Rule}: {finding.Message} Events {string.Join(", ", finding.Events)}.")));
        Assert.NotEqual(Verdict.Skipped, result.Verdict);
    }

    private static IEnumerable<int> Range()
    {
        var range = (Environment.GetEnvironmentVariable("ORRERY_RANDOM_WORLDS") ?? "1..12").Split("..");
        var (first, last) = (int.Parse(range[0], CultureInfo.InvariantCulture), int.Parse(range[1], CultureInfo.InvariantCulture));
        return Enumerable.Range(first, last - first + 1);
    }
}
