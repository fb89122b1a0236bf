using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Tests.Scenarios;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Every scenario of the repository is run and judged.</summary>
public sealed class LibraryRunTests
{
    private const int RunsMax = 12;                         // of one file: a sweep has as many as anybody likes

    public static TheoryData<string> Files => [.. Documents.Files().Select(file => Path.GetRelativePath(Documents.Root, file))];

    [Theory, MemberData(nameof(Files))]
    public void A_scenario_passes_or_says_what_it_lacks(string name)
    {
        var path = Path.Combine(Documents.Root, name);
        foreach (var run in ScenarioFile.Read(path, File.ReadAllText(path)).Runs.Take(RunsMax))
        {
            var result = ScenarioRunner.Run(run, new RunOptions());

            Assert.True(
                result.Verdict is Verdict.Pass or Verdict.Skipped,
                $"{run.Name}: {result.Verdict}\n" + string.Join("\n", result.Findings.Select(finding => $"{finding.Rule}: {finding.Message} Claim {finding.Statement}. Events {string.Join(", ", finding.Events)}.")));
            Assert.Equal(result.Verdict == Verdict.Skipped, result.SkipReason is not null);
        }
    }
}
