using System.Text;
using Orrery.Simulation.Scenarios;

namespace Orrery.Runs;

/// <summary>What the golden traces of one file are and should be.</summary>
/// <param name="File">The file.</param>
/// <param name="Traces">The trace hash of every run that can be run here, by name, in file order.</param>
internal sealed record GoldenChange(ScenarioFile File, IReadOnlyList<KeyValuePair<string, string>> Traces)
{
    /// <summary>Runs that have no golden trace yet.</summary>
    public IEnumerable<(string Name, string New)> Added => from trace in Traces where OldOf(trace.Key) is null select (trace.Key, trace.Value);

    /// <summary>Runs whose golden trace is another one.</summary>
    public IEnumerable<(string Name, string Old, string New)> Changed =>
        from trace in Traces let old = OldOf(trace.Key) where old is not null && !trace.Value.StartsWith(old, StringComparison.Ordinal) select (trace.Key, old, trace.Value);

    /// <summary>Golden traces of runs that the file no longer has.</summary>
    public IEnumerable<string> Gone =>
        File.Runs[0].Scenario.Golden is { } golden ? golden.Runs.Keys.Except(File.Runs.Select(run => run.Name), StringComparer.Ordinal) : [];

    /// <summary>Whether the file should be written.</summary>
    public bool IsNeeded => Added.Any() || Changed.Any() || Gone.Any();

    /// <summary>Writes the file; nothing of it changes but `golden`, byte for byte.</summary>
    /// <exception cref="UsageException">The file is not UTF-8, takes no such change, or cannot be written.</exception>
    public void Write()
    {
        try
        {
            var bytes = System.IO.File.ReadAllBytes(File.File);
            var mark = Encoding.UTF8.GetPreamble();
            var start = bytes.AsSpan().StartsWith(mark) ? mark.Length : 0;
            var text = Encoding.UTF8.GetString(bytes, start, bytes.Length - start);
            if (!Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(bytes.AsSpan(start))) throw new UsageException($"{File.File} is not UTF-8: convert it first");
            var changed = GoldenText.Replace(File, text, RunExecution.EngineVersion, Traces)
                ?? throw new UsageException($"{File.File}: cannot place 'golden' in this layout: add the line \"golden: {{ engine: 0, trace: 00000000 }}\" by hand, and bless again");
            System.IO.File.WriteAllBytes(File.File, [.. bytes.AsSpan(0, start), .. Encoding.UTF8.GetBytes(changed)]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot write {File.File}: {failure.Message}");
        }
    }

    // Runs that were skipped here keep what the file has for them.
    private string? OldOf(string name) => File.Runs.Single(run => run.Name == name).GoldenTrace;
}
