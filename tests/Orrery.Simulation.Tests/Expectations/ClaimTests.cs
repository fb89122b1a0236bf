using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Expectations;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Tests.Histories;
using Orrery.Simulation.Tests.Scenarios;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Expectations;

public sealed class ClaimTests
{
    private const string Topology = "orrery: 1\nname: t\ntopology: { brokers: { b1: {} }, clients: { c: {}, d: {}, g: { count: 2 } } }\n";

    /// <summary>Two connections of c, one of d: messages, a keep-alive that ran out, and a restart.</summary>
    private static HistoryBuilder Story()
    {
        var story = new HistoryBuilder();
        story.At(1).Step(0, "c").Connect("c", new ConnectPacket { KeepAliveSeconds = 10, SessionExpiryIntervalSeconds = 60 }).Connect("d");
        story.At(2).Step(1, "d").Subscribe("d#1", "a/#", QoS.AtLeastOnce);
        story.At(3).Publish("c#1", Message("a/b", "one", QoS.AtLeastOnce)).Deliver("d#1", Message("a/b", "one", QoS.AtLeastOnce, id: 1));
        story.At(4).Publish("c#1", Message("a/b", "two", QoS.AtLeastOnce)).Deliver("d#1", Message("a/b", "two", QoS.AtLeastOnce, id: 2));
        story.At(19).FromBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.KeepAliveTimeout }).End("c#1");
        story.At(20).Step(2, "c").Connect("c", new ConnectPacket { SessionExpiryIntervalSeconds = 60 }, present: true);
        story.At(30).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill").At(32).Add(HistoryKind.ProcessStarted, BrokerName);
        return story;
    }

    [Theory]
    [InlineData("{ closed_by: b1, conn: 'c#1', between: [18.9s, 19.1s], reason: keep_alive_timeout, code: 0x8D }")]
    [InlineData("{ closed_by: b1, conn: 'c#2', times: 0 }")]
    [InlineData("{ delivered: { client: d, topic: a/b }, times: 2 }")]
    [InlineData("{ delivered: { client: d, topic: a/b, payload: one, qos: 1, retain: false }, times: 1, between: [3s, 3.1s] }")]
    [InlineData("{ delivered: { client: c }, times: 0 }")]
    [InlineData("{ delivered: { client: d, topic: a/b }, times: 0, until: 2s }")]
    [InlineData("{ delivered: { client: d, topic: 'a/+' }, exactly_once: true, order: publisher }")]
    [InlineData("{ delivered: { client: d }, at_least_once: true }")]
    [InlineData("{ connack: { code: 0, session_present: true }, conn: 'c#2' }")]
    [InlineData("{ suback: { codes: [1] } }")]
    [InlineData("{ packet: PUBLISH, dir: out, conn: 'd#1', times: 2 }")]
    [InlineData("{ packet: PUBLISH, dir: in, duplicate: true, times: 0 }")]
    [InlineData("{ packet: DISCONNECT, dir: out, code: 0x8D }")]
    [InlineData("{ state: broker(b1).sessions, is: 2 }")]
    [InlineData("{ state: broker(b1).sessions, is: 1, until: 2s }")]
    [InlineData("{ recovered: b1, between: [32s, 33s] }")]
    public void A_claim_that_holds_makes_no_finding(string claim) => Assert.Empty(Judge(claim));

    [Theory]
    [InlineData("{ closed_by: b1, conn: 'c#1', between: [18s, 18.5s] }", "b1 closed c#1 at 19.000 s; it should have between 18.000 s and 18.500 s.")]
    [InlineData("{ closed_by: b1, conn: 'c#1', reason: session_taken_over }", "b1 closed c#1 at 19.000 s (closed, with 0x8D KeepAliveTimeout); the reason should have been session_taken_over.")]
    [InlineData("{ closed_by: b1, conn: 'c#1', code: 0x8E }", "the code should have been 0x8E SessionTakenOver.")]
    [InlineData("{ closed_by: c, conn: 'c#1' }", "c did not end c#1 itself: its end at 19.000 s was fin")]
    [InlineData("{ closed_by: b1, conn: 'c#2' }", "c#2 was still open at 92.000 s, as far as b1 knew.")]
    [InlineData("{ closed_by: b1, conn: 'c#1', times: 0 }", "b1 closed c#1 at 19.000 s; it should never have.")]
    [InlineData("{ delivered: { client: d, topic: a/b }, times: 1 }", "d got messages of a/b 2 times (at 3.000 s, 4.000 s); it should have been once.")]
    [InlineData("{ delivered: { client: d, topic: a/b, payload: two }, until: 3s }", "d got 'two' of a/b 0 times; 1 more came at 4.000 s; it should have been until 3.000 s at least once.")]
    [InlineData("{ delivered: { client: c }, exactly_once: true }", "c got 'one' of a/b 0 times, and it was published 1 time (at 3.000 s). The same goes for 1 other.")]
    [InlineData("{ delivered: { client: c }, at_least_once: true }", "c got 'one' of a/b 0 times")]
    [InlineData("{ connack: { code: 0, session_present: false }, conn: 'c#2' }", "CONNACK arrived at 20.000 s with 0x00 Success, session present true; it should have come at least once with 0x00 Success, session present false.")]
    [InlineData("{ connack: { code: 0x87 }, conn: 'd#1' }", "it should have come at least once with 0x87 NotAuthorized.")]
    [InlineData("{ suback: { codes: [2] } }", "SUBACK arrived at 2.000 s with [0x01 GrantedQoS1]; it should have come at least once with [0x02 GrantedQoS2].")]
    [InlineData("{ packet: PUBACK, dir: out, times: 3 }", "PUBACK was sent so 2 times (at 3.000 s, 4.000 s); it should have been 3 times.")]
    [InlineData("{ packet: DISCONNECT, dir: out, code: 0x8E }", "DISCONNECT was sent so 0 times, and 1 time otherwise; it should have been at least once.")]
    [InlineData("{ state: broker(b1).sessions, is: '> 2' }", "broker(b1).sessions was 2 at 92.000 s; it should have been > 2.")]
    [InlineData("{ recovered: b1, until: 31s }", "b1 ended at 30.000 s and did not start again until 31.000 s.")]
    public void A_claim_that_does_not_hold_says_what_was_seen_and_what_should_have_been(string claim, string message)
    {
        var finding = Assert.Single(Judge(claim));

        Assert.Equal(Claim.Rule, finding.Rule);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.False(finding.IsUnknown);
    }

    [Fact]
    public void The_statement_of_a_finding_is_the_claim_as_the_file_has_it() => Assert.Equal(
        "delivered: { client: d, topic: a/b, payload: one }, times: 0, between: [1.5s, 4s]",
        Judge("{ delivered: { client: d, topic: a/b, payload: one }, times: 0, between: [1.5s, 4s] }").Single().Statement);

    [Fact]
    public void A_finding_names_the_events_that_show_it()
    {
        var story = Story();

        var finding = Assert.Single(Judge("{ delivered: { client: d, topic: a/b }, times: 1 }", story: story));

        Assert.All(finding.Events, index => Assert.Equal(HistoryKind.Delivered, story.History.Events[index].Kind));
        Assert.Equal(2, finding.Events.Count);
    }

    [Fact]
    public void Order_counts_first_deliveries_only()
    {
        var story = new HistoryBuilder().At(1).Connect("c").Connect("d").Subscribe("d#1", "a");
        foreach (var (payload, id) in (ReadOnlySpan<(string, ushort)>)[("1", 1), ("2", 2), ("3", 3)]) story.Publish("c#1", Message("a", payload, QoS.AtLeastOnce, id));
        foreach (var payload in (ReadOnlySpan<string>)["1", "2", "3", "2", "3"]) story.Hand("d#1", Message("a", payload, QoS.AtLeastOnce));
        Assert.Empty(Judge("{ delivered: { client: d }, order: publisher }", story: story));

        var swapped = new HistoryBuilder().At(1).Connect("c").Connect("d").Subscribe("d#1", "a");
        foreach (var (payload, id) in (ReadOnlySpan<(string, ushort)>)[("1", 1), ("2", 2), ("3", 3)]) swapped.Publish("c#1", Message("a", payload, QoS.AtLeastOnce, id));
        foreach (var payload in (ReadOnlySpan<string>)["1", "3", "2"]) swapped.Hand("d#1", Message("a", payload, QoS.AtLeastOnce));
        Assert.Contains("d got '2' of a at 1.000 s, behind '3' of a", Judge("{ delivered: { client: d }, order: publisher }", story: swapped).Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connect, client: c", 0, "{ connack: { code: 0, session_present: false } }", true)]
    [InlineData("connect, client: c", 2, "{ connack: { session_present: true } }", true)]
    [InlineData("connect, client: c", 2, "{ connack: { session_present: false } }", false)]
    [InlineData("subscribe, client: d, filter: 'a/#', qos: 1", 1, "{ suback: { codes: [1] } }", true)]
    [InlineData("subscribe, client: d, filter: 'a/#', qos: 1", 1, "{ suback: { codes: [0x80] } }", false)]
    [InlineData("subscribe, client: d, filter: 'a/#', qos: 1", 1, "{ packet: PUBLISH, dir: out, times: 2, until: 2s }", true)]
    [InlineData("subscribe, client: d, filter: 'a/#', qos: 1", 1, "{ packet: PUBLISH, dir: out, times: 2, until: 1s }", false)]
    [InlineData("wait", 5, "{ delivered: { client: d } }", false)]
    public void A_claim_at_a_step_is_about_what_follows_the_step(string step, int number, string claim, bool holds)
    {
        var text = $"{Topology}steps:\n" + string.Concat(Enumerable.Range(0, number).Select(_ => "  - { at: 0s, do: wait }\n")) + $"  - {{ at: 0s, do: {step}, expect: {claim} }}\n";

        var findings = RunJudge.Judge(Documents.RunOf(text).Scenario, Story().History, Facts);

        Assert.Equal(holds, !findings.Any(finding => finding.Rule == Claim.Rule));
    }

    [Fact]
    public void An_assert_step_is_judged_when_it_is_carried_out()
    {
        const string Text = "  - { at: 2s, do: assert, state: broker(b1).sessions, is: 2 }\n";
        var early = new HistoryBuilder().At(1).Step(0);
        var late = new HistoryBuilder().At(2).Step(0);

        Assert.Empty(RunJudge.Judge(Documents.RunOf($"{Topology}steps:\n{Text}").Scenario, late.History, Facts));
        Assert.Equal("broker(b1).sessions was 1 at 1.000 s; it should have been == 2.", RunJudge.Judge(Documents.RunOf($"{Topology}steps:\n{Text}").Scenario, early.History, Facts).Single().Message);
    }

    [Fact]
    public void Nothing_is_decided_about_a_history_that_lacks_events()
    {
        var story = WithRoomFor(3).At(1).Connect("c").Connect("d");

        var findings = RunJudge.Judge(Documents.RunOf($"{Topology}expect: [ {{ delivered: {{ client: d }}, times: 0 }} ]").Scenario, story.History, Facts);

        Assert.Contains(findings, finding => finding.Rule == Claim.Rule);
        Assert.All(findings, finding => Assert.True(finding.IsUnknown));
    }

    [Fact]
    public void A_state_that_was_not_measured_can_not_be_decided() => Assert.True(Judge("{ state: 'session(c).inflight', is: 0 }").Single().IsUnknown);

    [Fact]
    public void A_close_without_a_word_can_not_be_decided()
    {
        var story = new HistoryBuilder().At(1).Connect("c", new ConnectPacket { Version = MqttVersion.V311, CleanStart = true }).At(3).End("c#1");

        Assert.True(Judge("{ closed_by: b1, conn: 'c#1', reason: keep_alive_timeout }", story: story).Single().IsUnknown);

        story.Decide("Disconnected", "Client c [c#1] disconnected: exceeded timeout.");
        var said = new HistoryBuilder().At(1).Connect("c", new ConnectPacket { Version = MqttVersion.V311, CleanStart = true }).At(3)
            .Decide("Disconnected", "Client c [c#1] disconnected: exceeded timeout.").End("c#1");
        Assert.Empty(Judge("{ closed_by: b1, conn: 'c#1', reason: keep_alive_timeout }", story: said));
        Assert.False(Judge("{ closed_by: b1, conn: 'c#1', reason: session_taken_over }", story: said).Single().IsUnknown);
    }

    [Fact]
    public void A_reason_that_does_not_exist_is_a_mistake_of_the_file()
    {
        var file = Documents.Read($"{Topology}expect: [ {{ closed_by: b1, conn: 'c#1', reason: keepalive_timeout }} ]");

        Assert.Contains("'keepalive_timeout' is no reason to close; did you mean 'keep_alive_timeout'?", file.Errors.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, Verdict.Pass)]
    [InlineData(true, false, Verdict.Unknown)]
    [InlineData(true, true, Verdict.Fail)]
    [InlineData(false, true, Verdict.Fail)]
    public void A_certain_finding_fails_a_run_and_an_uncertain_one_leaves_it_unknown(bool unknown, bool certain, Verdict verdict)
    {
        var findings = new List<Finding>();
        if (unknown) findings.Add(new Finding("X-1", "", "", [], IsUnknown: true));
        if (certain) findings.Add(new Finding("X-1", "", "", []));

        Assert.Equal(verdict, RunJudge.VerdictOf(findings));
    }

    private static RunFacts Facts { get; } = new()
    {
        EndNanoseconds = Nanoseconds(92),
        States = new Dictionary<string, IReadOnlyList<StateSample>> { ["broker(b1).sessions"] = [new(0, 0), new(Nanoseconds(1), 1), new(Nanoseconds(1.5), 2)] },
    };

    private static IReadOnlyList<Finding> Judge(string claim, HistoryBuilder? story = null) =>
    [
        .. RunJudge.Judge(Documents.RunOf($"{Topology}expect: [ {claim} ]").Scenario, (story ?? Story()).History, Facts).Where(finding => finding.Rule == Claim.Rule),
    ];
}
