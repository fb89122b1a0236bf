using System.Text.Json;
using Orrery.Simulation.Scenarios;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Tests.Scenarios;

public sealed class ExpansionTests
{
    [Fact]
    public void The_first_example_has_a_run_for_each_variant_with_the_seed_of_the_file()
    {
        var file = ReadFile("keep-alive/half-open-keepalive-will-delay.yaml");

        Assert.Equal(["half-open-keepalive-will-delay/stays-away", "half-open-keepalive-will-delay/comes-back"], file.Runs.Select(run => run.Name));
        Assert.Equal([1UL, 1UL], file.Runs.Select(run => run.Seed));
        Assert.Equal([3, 5], file.Runs.Select(run => run.Scenario.Steps.Count));
        Assert.Equal(
            ["16d96988f0098335b86559315cc001f956e3da1dacda9aa961334c2600a534e4", "e5fcc4a020cb261397938ac45f1decd598d8289cd5cd88a993d46a50fcc13716"],
            file.Runs.Select(run => run.Hash));
    }

    [Fact]
    public void A_cell_of_a_matrix_takes_the_place_of_its_name()
    {
        var file = ReadFile("qos2/qos2-publisher-power-loss-matrix.yaml");

        Assert.Equal(7, file.Runs.Count);
        Assert.Equal("qos2-publisher-power-loss-matrix[cut=4]", file.Runs[3].Name);
        var trigger = Assert.IsType<PacketTrigger>(Assert.IsType<CrashStep>(Assert.Single(file.Runs[3].Scenario.Faults)).When);
        Assert.Equal((PacketName.PubRec, Direction.Out, PacketStage.BeforeSend), (trigger.Packet, trigger.Dir, trigger.Stage));
        Assert.Equal(7, file.Runs.Select(run => run.Hash).Distinct().Count());
    }

    [Fact]
    public void A_sweep_makes_a_run_and_a_seed_for_each_cell_and_repetition()
    {
        var file = ReadFile("bridges/bridge-tree-flaky-uplinks.yaml");

        Assert.Equal(180, file.Runs.Count);
        Assert.Equal(180, file.Runs.Select(run => run.Seed).Distinct().Count());
        Assert.Equal(9, file.Runs.Select(run => run.Hash).Distinct().Count());
        Assert.Equal("bridge-tree-flaky-uplinks[uplink=25ms,qos=0]#1", file.Runs[0].Name);
        Assert.Equal((ulong?)3978884295201018946UL, file.Runs[0].Seed);       // by another implementation of SHA-256
        Assert.Equal((ulong?)13791695031913462862UL, file.Runs[^1].Seed);
        Assert.Equal(2, file.Runs[^1].Scenario.Workload["dev"].Publish!.QoS);
        Assert.Equal("up/$broker/$client", file.Runs[^1].Scenario.Workload["dev"].Publish!.Topic);
    }

    [Fact]
    public void The_order_of_axes_and_values_changes_no_seed()
    {
        const string Steps = "steps: [ { at: 0s, do: publish, client: c, topic: a, qos: $q, count: $n } ]\n";

        var first = Documents.ReadAfterLeast(Steps + "sweep: { q: [0, 1], n: [1, 2] }").Runs;
        var second = Documents.ReadAfterLeast(Steps + "sweep: { n: [2, 1, 3], q: [1, 0] }").Runs;

        Assert.Equal(4, first.Count);
        Assert.Subset(second.Select(run => run.Seed).ToHashSet(), first.Select(run => run.Seed).ToHashSet());
    }

    [Fact]
    public void An_error_in_a_value_of_a_matrix_is_reported_once_where_the_value_stands()
    {
        var file = Documents.ReadAfterLeast(
            "matrix: { q: [0, 3], n: [1, 2] }\nsteps: [ { at: 0s, do: publish, client: c, topic: a, qos: $q, count: $n } ]");

        Assert.Equal("t.yaml:4:18: qos: 3 is not in 0..2", Assert.Single(file.Errors).ToString());
    }

    [Fact]
    public void A_variant_appends_to_lists_and_merges_mappings()
    {
        var file = Documents.ReadAfterLeast("""
            seed: 1
            steps: [ { at: 0s, do: connect, client: c } ]
            variants:
              plain: {}
              slow: { seed: 2, topology: { links: { default: { latency: 1s } } }, steps: [ { at: 1s, do: ping, client: c } ] }
            """);

        Assert.Empty(file.Errors);
        Assert.Equal((1, 0, 1UL), (file.Runs[0].Scenario.Steps.Count, file.Runs[0].Scenario.Topology.Links.Count, file.Runs[0].Seed));
        Assert.Equal((2, 1, 2UL), (file.Runs[1].Scenario.Steps.Count, file.Runs[1].Scenario.Topology.Links.Count, file.Runs[1].Seed));
        Assert.Equal(2, file.Runs[1].Scenario.Topology.Clients.Count);
    }

    [Fact]
    public void Spelling_that_changes_no_run_changes_no_hash()
    {
        const string Steps = "steps: [ { at: 1.5s, do: publish, client: c, topic: a } ]\n";
        var run = Documents.RunOf(Documents.Least + Steps);

        Assert.Equal(run.Hash, Documents.RunOf(Documents.Least + "# a comment\nx-note: { any: thing }\nabout: a text\nseed: 9\n" + Steps).Hash);
        Assert.Equal(run.Hash, Documents.RunOf(Documents.Least + "steps:\n  - { qos: 0, topic: 'a', client: c, do: publish, at: 1500ms }\n").Hash);
        Assert.NotEqual(run.Hash, Documents.RunOf(Documents.Least + Steps.Replace("1.5s", "1.6s", StringComparison.Ordinal)).Hash);
    }

    [Fact]
    public void The_canonical_text_of_every_file_is_sorted_JSON_that_reads_as_the_same_scenario()
    {
        foreach (var path in Documents.Files())
        {
            var file = ScenarioFile.Read(path, File.ReadAllText(path));
            Assert.Empty(file.Errors);
            foreach (var run in file.Runs)
            {
                using var document = JsonDocument.Parse(run.Canonical);
                var keys = document.RootElement.EnumerateObject().Select(property => property.Name).ToArray();
                Assert.Equal(keys.Order(StringComparer.Ordinal), keys);

                var again = ScenarioFile.Read("t.json", FirstKeyFirst(run.Canonical));
                Assert.Empty(again.Errors);
                Assert.Equal((run.Canonical, run.Hash), (again.Runs[0].Canonical, again.Runs[0].Hash));
            }
        }
    }

    // Sorted, the version is not the first key, which a file written by hand must have.
    private static string FirstKeyFirst(string canonical) =>
        "{\"orrery\":1," + canonical[1..].Replace("\"orrery\":1,", "", StringComparison.Ordinal);

    private static ScenarioFile ReadFile(string path)
    {
        var file = Documents.ReadLibrary(path);
        Assert.Empty(file.Errors);
        return file;
    }
}
