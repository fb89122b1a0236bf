namespace Orrery.Tests;

/// <summary>A folder for scenario files that is gone after the test.</summary>
internal sealed class ScenarioFolder : IDisposable
{
    /// <summary>A scenario with one run and seed 7; its name follows.</summary>
    public const string OneRun = "orrery: 1\nname: one\nseed: 7\ntopology: { brokers: { b1: {} } }\n";

    /// <summary>A scenario with three runs: two variants, and one of them with two values.</summary>
    public const string FourRuns = """
        orrery: 1
        name: many
        seed: 3
        topology: { brokers: { b1: {} }, clients: { c: {} } }
        matrix: { qos: [0, 1] }
        steps:
          - { at: 1s, do: publish, client: c, topic: t, qos: "$qos" }
        variants:
          first: {}
          second: { about: "the same again" }

        """;

    public string Path { get; } = Directory.CreateTempSubdirectory("orrery-runs-").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
