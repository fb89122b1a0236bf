using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Tests.Scenarios;

public sealed class GoldenTextTests
{
    private const string Trace = "00112233445566ff";

    [Theory]
    [InlineData("orrery: 1\nname: t\nseed: 1\ntopology: { brokers: { b1: {} } }\n", "golden: { engine: \"9.9\", trace: \"00112233445566ff\" }\n")]
    [InlineData("orrery: 1\nname: t\nseed: 1\ntopology: { brokers: { b1: {} } }", "\ngolden: { engine: \"9.9\", trace: \"00112233445566ff\" }\n")]
    [InlineData("orrery: 1\r\nname: t\r\nseed: 1\r\ntopology: { brokers: { b1: {} } }\r\n# end\r\n", "golden: { engine: \"9.9\", trace: \"00112233445566ff\" }\r\n")]
    [InlineData("  orrery: 1\n  name: t\n  seed: 1\n  topology: { brokers: { b1: {} } }\n", "  golden: { engine: \"9.9\", trace: \"00112233445566ff\" }\n")]
    public void Keys_below_each_other_get_one_more_at_the_end(string text, string added) => Assert.Equal(text + added, Replace("t.yaml", text));

    [Theory]
    [InlineData("golden: { engine: 0.1, trace: deadbeef }")]
    [InlineData("golden:   {engine: 0.1, trace: deadbeef}")]
    [InlineData("golden:\n  engine: 0.1\n  trace: deadbeef")]
    [InlineData("golden:\n  # of the first version\n  engine: 0.1\n  trace: \"deadbeef\"")]
    [InlineData("\"golden\": { engine: 0.1, runs: { t: deadbeef } }")]
    [InlineData("golden:\n    engine: 0.1\n    runs:\n      t: deadbeef")]
    public void What_was_golden_is_replaced_where_it_stands(string old)
    {
        const string Before = "# ä€😀\norrery: 1 # the format\nname: t\n\n";
        const string After = "   # kept\n# a comment of its own\n\nseed: 1\n\ntopology:\n  brokers: { b1: {} }   \n\n# the end";

        Assert.Equal(Before + $"golden: {{ engine: \"9.9\", trace: \"{Trace}\" }}" + After, Replace("t.yaml", Before + old + After));
    }

    [Fact]
    public void Several_runs_stand_below_each_other_by_name()
    {
        const string Text = "orrery: 1\nname: t\nseed: 1\ntopology: { brokers: { b1: {} } }\nvariants:\n  a: {}\n  b: {}\n";

        var changed = Replace("t.yaml", Text);
        var again = Replace("t.yaml", changed!);

        Assert.Equal(Text + "golden:\n  engine: \"9.9\"\n  runs:\n    \"t/a\": \"00112233445566ff\"\n    \"t/b\": \"00112233445566ff\"\n", changed);
        Assert.Equal(changed, again);
    }

    [Theory]
    [InlineData(
        """{ "orrery": 1, "name": "t", "seed": 1, "topology": { "brokers": { "b1": {} } } }""",
        """{ "orrery": 1, "name": "t", "seed": 1, "topology": { "brokers": { "b1": {} } }, "golden": { "engine": "9.9", "trace": "00112233445566ff" } }""")]
    [InlineData(
        "{\n\t\"orrery\": 1,\n\t\"name\": \"t\",\n\t\"x-note\": \"ä€😀\",\n\t\"seed\": 1,\n\t\"topology\": { \"brokers\": { \"b1\": {} } }\n}\n",
        "{\n\t\"orrery\": 1,\n\t\"name\": \"t\",\n\t\"x-note\": \"ä€😀\",\n\t\"seed\": 1,\n\t\"topology\": { \"brokers\": { \"b1\": {} } },\n\t\"golden\": { \"engine\": \"9.9\", \"trace\": \"00112233445566ff\" }\n}\n")]
    [InlineData(
        """{"orrery":1,"name":"t","golden":{"engine":"1","trace":"deadbeef"},"seed":1,"topology":{"brokers":{"b1":{}}}}""",
        """{"orrery":1,"name":"t","golden": { "engine": "9.9", "trace": "00112233445566ff" },"seed":1,"topology":{"brokers":{"b1":{}}}}""")]
    public void JSON_keeps_its_layout_too(string text, string expected) => Assert.Equal(expected, Replace("t.json", text));

    [Fact]
    public void JSON_and_YAML_in_braces_take_several_runs()
    {
        const string Text = "{\n  \"orrery\": 1, \"name\": \"t\", \"seed\": 1,\n  \"topology\": { \"brokers\": { \"b1\": {} } },\n  \"variants\": { \"a\": {}, \"b\": {} }\n}\n";
        const string Expected = "{\n  \"orrery\": 1, \"name\": \"t\", \"seed\": 1,\n  \"topology\": { \"brokers\": { \"b1\": {} } },\n  \"variants\": { \"a\": {}, \"b\": {} },\n"
            + "  \"golden\": {\n    \"engine\": \"9.9\",\n    \"runs\": {\n      \"t/a\": \"00112233445566ff\",\n      \"t/b\": \"00112233445566ff\"\n    }\n  }\n}\n";

        Assert.Equal(Expected, Replace("t.json", Text));
        Assert.Equal(Expected, Replace("t.json", Expected));
        Assert.Contains("\n  golden: {\n    engine: \"9.9\",\n", Replace("t.yaml", Text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orrery: 1\nname: t\nseed: 1\ntopology: { brokers: { b1: {} } }\n...\n")]
    [InlineData("orrery: 1\nname: t\nseed: 1\ntopology: { brokers: { b1: {} } }\nvariants: { a: { golden: { engine: 1, trace: deadbeef } }, b: {} }\n")]
    public void A_text_that_would_mean_something_else_is_left_alone(string text) => Assert.Null(Replace("t.yaml", text));

    [Fact]
    public void Every_scenario_of_the_repository_takes_golden_traces_and_changes_in_nothing_else()
    {
        foreach (var path in Documents.Files())
        {
            var text = File.ReadAllText(path);

            var changed = Replace(path, text);

            Assert.NotNull(changed);
            if (!text.Contains("golden", StringComparison.Ordinal)) Assert.StartsWith(text, changed, StringComparison.Ordinal);
            Assert.Equal(changed, Replace(path, changed));
        }
    }

    private static string? Replace(string name, string text)
    {
        var file = ScenarioFile.Read(name, text);
        Assert.Empty(file.Errors);
        return GoldenText.Replace(file, text, "9.9", [.. file.Runs.Select(run => KeyValuePair.Create(run.Name, Trace))]);
    }
}
