using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;

namespace Orrery.Simulation.Tests.Reports;

public sealed class HtmlSpansTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void A_connection_lasts_as_long_as_each_end_holds_it_to_be_open()
    {
        var run = new HandMadeRun();
        run.Open("c");
        run.Now = Second;
        var atClient = run.End("c#1", atBroker: false, "closed");
        run.Now += 5 * HandMadeRun.Millisecond;
        var atBroker = run.End("c#1", atBroker: true, "fin");

        Assert.Equal(
            [(HtmlSpanKind.Opening, 0, 2), (HtmlSpanKind.BrokerOpen, 1, atBroker), (HtmlSpanKind.ClientOpen, 2, atClient)],
            Spans(run).Select(span => (span.Kind, span.FromEvent, span.ToEvent)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_half_open_while_one_end_does_not_know_that_the_other_is_over(bool brokerFirst)
    {
        var run = new HandMadeRun();
        run.Open("c");
        run.Now = Second;
        var first = run.End("c#1", brokerFirst, "vanished");
        run.Now = 3 * Second;
        var second = run.End("c#1", !brokerFirst, "reset");

        var span = Assert.Single(Spans(run), span => span.Kind == HtmlSpanKind.HalfOpen);
        Assert.Equal((first, second, "c"), (span.FromEvent, span.ToEvent, span.Node));
        Assert.Contains(brokerFirst ? "the client does not know" : "the broker does not know", span.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_that_never_learns_stays_open_until_the_run_ends()
    {
        var run = new HandMadeRun();
        run.Open("c");
        run.Now = Second;
        run.End("c#1", atBroker: true, "closed");
        run.Now = 9 * Second;

        var spans = Spans(run);
        Assert.Equal((-1, 9 * Second), spans.Where(span => span.Kind == HtmlSpanKind.ClientOpen).Select(span => (span.ToEvent, span.ToNanoseconds)).Single());
        Assert.Equal((-1, 9 * Second), spans.Where(span => span.Kind == HtmlSpanKind.HalfOpen).Select(span => (span.ToEvent, span.ToNanoseconds)).Single());
    }

    [Theory]
    [InlineData(10, null, 9_990, false, false)]  // silent for no longer than the keep-alive: nothing to show
    [InlineData(10, null, 12_000, true, false)]
    [InlineData(10, null, 14_999, true, false)]
    [InlineData(10, null, 15_000, true, true)]
    [InlineData(10, null, 20_000, true, true)]
    [InlineData(10, 4, 7_000, true, true)]       // the broker's value counts
    [InlineData(0, null, 900_000, false, false)] // no keep-alive, no deadline
    public void A_deadline_is_one_and_a_half_keep_alives_after_the_last_packet(int seconds, int? brokersSeconds, int silentMilliseconds, bool isShown, bool isReached)
    {
        var run = new HandMadeRun();
        run.Open("c");
        var heard = run.Exchange("c#1", toBroker: true, new ConnectPacket { ClientId = "c", KeepAliveSeconds = (ushort)seconds });
        var last = run.Now;
        run.Send("c#1", toBroker: false, new ConnAckPacket { ServerKeepAliveSeconds = (ushort?)brokersSeconds });
        run.Now = last + (silentMilliseconds * HandMadeRun.Millisecond);
        var next = run.Receive(run.Send("c#1", toBroker: true, PingReqPacket.Instance));

        var spans = Spans(run).Where(span => span.Kind == HtmlSpanKind.Silence).ToArray();
        Assert.Equal(isShown ? 1 : 0, spans.Length);
        if (!isShown) return;
        Assert.Equal(heard, spans[0].FromEvent);
        Assert.Equal(isReached ? -1 : next, spans[0].ToEvent);
        Assert.Equal(isReached ? last + ((brokersSeconds ?? seconds) * Second * 3 / 2) : run.Now, spans[0].ToNanoseconds);
    }

    [Fact]
    public void A_fault_ends_by_its_id()
    {
        var run = new HandMadeRun();
        var one = run.Add(HistoryKind.FaultStarted, "c->b1", "clog", "one dir=in");
        var two = run.Add(HistoryKind.FaultStarted, "c->b1", "clog", "two dir=out");
        run.Now = Second;
        var endOfTwo = run.Add(HistoryKind.FaultEnded, "c->b1", "clog", "two");
        run.Now = 2 * Second;

        Assert.Equal([(one, -1), (two, endOfTwo)], Spans(run).Select(span => (span.FromEvent, span.ToEvent)));
    }

    [Fact]
    public void A_process_is_down_or_paused_until_it_runs_again()
    {
        var run = new HandMadeRun();
        var killed = run.Add(HistoryKind.ProcessEnded, "b1", "kill");
        var started = run.Add(HistoryKind.ProcessStarted, "b1");
        var paused = run.Add(HistoryKind.ProcessPaused, "b1");
        var resumed = run.Add(HistoryKind.ProcessResumed, "b1");
        var stopped = run.Add(HistoryKind.ProcessEnded, "b1", "stop");

        Assert.Equal(
            [(HtmlSpanKind.Down, killed, started), (HtmlSpanKind.Paused, paused, resumed), (HtmlSpanKind.Down, stopped, -1)],
            Spans(run).Select(span => (span.Kind, span.FromEvent, span.ToEvent)));
    }

    [Fact]
    public void Bytes_are_held_until_a_packet_of_their_connection_arrives()
    {
        var run = new HandMadeRun();
        run.Open("c");
        var sent = run.Send("c#1", toBroker: true, PingReqPacket.Instance);
        var held = run.Add(HistoryKind.NetworkHeld, "c->b1", connection: "c#1");
        run.Now = Second;
        var arrived = run.Receive(sent);

        var span = Assert.Single(Spans(run), span => span.Kind == HtmlSpanKind.Held);
        Assert.Equal((held, arrived), (span.FromEvent, span.ToEvent));
    }

    private static IReadOnlyList<HtmlSpan> Spans(HandMadeRun run) => HtmlSpans.Of(run.History, run.Now);
}
