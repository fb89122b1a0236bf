namespace Orrery.Simulation.Tests.Scenarios;

public sealed class ReadingErrorTests
{
    [Theory]
    [InlineData("stepz: []", "4:1: the key 'stepz' is not known; did you mean 'steps'?")]
    [InlineData("steps: [ { at: 0s, do: conect, client: c } ]", "4:24: do: 'conect' is not known; did you mean 'connect'?")]
    [InlineData("steps: [ { at: 0s, do: connect, client: c, cleanStart: true } ]", "4:44: the key 'cleanStart' is not known with do: connect; did you mean 'clean_start'?")]
    [InlineData("steps: [ { at: 0s, do: connect, client: cc } ]", "4:41: there is no client 'cc'; valid are c, d")]
    [InlineData("steps: [ { do: connect, client: c } ]", "4:10: one of at, after, when is missing")]
    [InlineData("steps: [ { at: 0s, after: 1s, do: connect, client: c } ]", "4:10: only one of at, after can be there")]
    [InlineData("steps: [ { at: 0s, do: publish, client: c } ]", "4:10: the key 'topic' is missing")]
    [InlineData("steps: [ { at: 0s, do: publish, client: c, topic: 'a/#' } ]", "4:51: topic: 'a/#' is no topic name")]
    [InlineData("steps: [ { at: 0s, do: publish, client: c, topic: a, qos: 3 } ]", "4:59: qos: 3 is not in 0..2")]
    [InlineData("steps: [ { at: 0s, do: publish, client: c, topic: a, qos: '1' } ]", "4:59: qos: \"1\" is a text; write the number without quotes")]
    [InlineData("steps: [ { at: 0s, do: publish, client: c, topic: a, retain: yes } ]", "4:62: retain: 'yes' is neither true nor false")]
    [InlineData("steps: [ { at: 5, do: wait } ]", "4:16: at: '5' has no unit (ns, us, ms, s, min, h, d)")]
    [InlineData("steps: [ { at: 5m, do: wait } ]", "4:16: at: 'm' is no unit here (ns, us, ms, s, min, h, d)")]
    [InlineData("steps: [ { at: 0.5ns, do: wait } ]", "4:16: at: '0.5ns' is not a whole number of ns")]
    [InlineData("steps: [ { at: , do: wait } ]", "at: no value; an empty text is written \"\"")]
    [InlineData("steps: [ { at: 0s, do: fault, kind: half_opne, link: c->b1 } ]", "4:37: kind: 'half_opne' is not known; did you mean 'half_open'?")]
    [InlineData("steps: [ { at: 0s, do: fault, kind: half_open, link: c->b2 } ]", "4:54: there is no broker or client 'b2'; did you mean 'b1'?")]
    [InlineData("steps: [ { at: 0s, do: heal, id: gone } ]", "4:34: there is no fault 'gone'; there is none")]
    [InlineData("expect: [ { deliverd: { client: c } } ]", "4:13: no key says what this is; did you mean 'delivered'?")]
    [InlineData("expect: [ { closed_by: b1, conn: c } ]", "4:34: 'c' is no connection: write \"sensor#1\" for the first one of sensor")]
    [InlineData("expect: [ { closed_by: b1, conn: 'c#1', between: [2s, 1s] } ]", "4:11: 'between' ends before it starts")]
    [InlineData("faults: [ { at: 0s, do: ping, client: c } ]", "4:11: this hurts nobody, so it belongs in 'steps'")]
    [InlineData("oracles: { skip: [O-5] }", "4:10: 'skip' needs 'reason'")]
    [InlineData("oracles: { skip: [O-9], reason: r }", "4:10: 'O-9' is no oracle; did you mean 'O-1'?")]
    [InlineData("spec: [MQTT-3.1]", "4:8: spec: 'MQTT-3.1' is no statement id")]
    [InlineData("requires: { whitebox: true }", "4:13: the key 'whitebox' is not known; did you mean 'white-box'?")]
    [InlineData("profile: { include: [N12] }", "4:22: include: 'N12' is no fault of the fault model")]
    [InlineData("steps: [ { at: 0s, do: publish, client: c, topic: $qos } ]", "4:51: '$qos' is the name of nothing")]
    [InlineData("matrix: { cut: [1, 2] }", "4:11: nothing uses this: write \"$cut\" where its values belong")]
    [InlineData("seed: 1\nsweep: { repeat: 2 }", "4:1: a sweep makes its own seeds: leave 'seed' out")]
    [InlineData("sweep: { repeat: 100001 }", "1:1: 100001 runs, of at most 100000")]
    [InlineData("variants: { v: { name: w } }", "4:18: 'name' belongs to the whole file, not to a variant")]
    [InlineData("seed: 1\nseed: 2", "5:1: the key 'seed' is there twice")]
    [InlineData("x-a: &a 1", "4:6: the anchor &a: scenarios have no anchors and aliases")]
    [InlineData("x-a: !!str 1", "4:6: the tag tag:yaml.org,2002:str: scenarios have no tags")]
    [InlineData("x-a: { <<: { b: 1 } }", "4:8: a merge key")]
    [InlineData("x-a: [", "not YAML")]
    [InlineData("---\norrery: 1", "4:1: a second document")]
    public void What_is_wrong_is_said_with_its_place_and_what_would_be_right(string text, string expected)
    {
        var file = Documents.ReadAfterLeast(text);

        Assert.Empty(file.Runs);
        Assert.Contains(file.Errors, error => error.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "1:1: the file is empty")]
    [InlineData("- 1", "1:1: a scenario is a mapping")]
    [InlineData("name: t\norrery: 1\ntopology: { brokers: { b: {} } }", "1:1: the first key is the version of the format")]
    [InlineData("orrery: 2\nbrokers: 3", "1:9: this version reads format 1 only")]
    public void A_file_that_is_no_scenario_of_this_version_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Single(Documents.Read(text).Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void All_errors_of_a_file_are_reported_at_once_in_the_order_of_their_places()
    {
        var file = Documents.ReadAfterLeast("expect: [ { deliverd: {} } ]\nsteps: [ { at: 1, do: wait }, { at: 2, do: wiat } ]\nspek: []");

        Assert.Equal([(4, 13), (5, 16), (5, 44), (6, 1)], file.Errors.Select(error => (error.Position.Line, error.Position.Column)));
        Assert.StartsWith("t.yaml:4:13: ", file.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_an_error_in_both_spellings()
    {
        var deep = new string('[', 100_000);

        Assert.Single(ScenarioErrors("t.yaml", deep));
        Assert.Single(ScenarioErrors("t.json", deep));
    }

    [Theory]
    [InlineData("{\"orrery\":1,\"name\":\"t\",\n \"topology\":{\"brokers\":{\"b\":{}}},\n \"é\":0, \"stepz\":[]}", "t.json:3:9: the key 'stepz'")]
    [InlineData("{\"orrery\":1,", "t.json:1:12: not JSON")]
    [InlineData("{\"orrery\":1} x", "t.json:1:14: not JSON")]
    public void Errors_in_JSON_have_their_place_too(string text, string expected) =>
        Assert.Contains(ScenarioErrors("t.json", text), error => error.StartsWith(expected, StringComparison.Ordinal));

    private static IEnumerable<string> ScenarioErrors(string file, string text) =>
        Simulation.Scenarios.ScenarioFile.Read(file, text).Errors.Select(error => error.ToString());
}
