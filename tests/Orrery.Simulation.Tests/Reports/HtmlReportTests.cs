using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Reports;

public sealed partial class HtmlReportTests
{
    private const int BytesPer10000Events = 2_000_000;

    [Theory]
    [InlineData(24)]
    [InlineData(2_000)] // above what there is room for: cut, and said so
    public void Ten_thousand_events_take_less_than_two_megabytes(int payloadBytes)
    {
        var page = Page(HandMadeRuns.Large(10_000, payloadBytes));

        Assert.Equal(10_000, Data(page).GetProperty("k").GetArrayLength());
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, BytesPer10000Events - 1);
    }

    [Fact]
    public void Texts_that_all_differ_and_are_long_are_cut_to_fit()
    {
        var run = new HandMadeRun();
        for (var n = 0; n < 10_000; n++) run.Add(HistoryKind.Decision, "b1", $"<&'{n}>" + new string('\u0416', 300), $"{n}" + new string('<', 3_000));

        var page = Page(run.Result());

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, BytesPer10000Events - 1);
    }

    [Fact]
    public void The_same_run_gives_the_same_bytes()
    {
        Assert.Equal(Page(HandMadeRuns.Hostile()), Page(HandMadeRuns.Hostile()));
        Assert.NotEqual(Page(HandMadeRuns.HalfOpen()), Page(HandMadeRuns.HalfOpen() with { Seed = 2 }));
    }

    [Fact]
    public void The_culture_changes_nothing()
    {
        var expected = Page(HandMadeRuns.HalfOpen());
        var before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat = new NumberFormatInfo { NegativeSign = "minus", NumberDecimalSeparator = ",", NumberGroupSeparator = "." };
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(expected, Page(HandMadeRuns.HalfOpen()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Nothing_of_a_run_becomes_markup()
    {
        var harmless = Page(new HandMadeRun().Result());
        var hostile = Page(HandMadeRuns.Hostile());

        // All markup is the template's: the same elements in the same order, whatever the run says.
        Assert.Equal(Elements(harmless), Elements(hostile));
        Assert.All(DataText(hostile), character => Assert.True(character is >= ' ' and <= '~' and not '<' and not '>' and not '&'));

        static IEnumerable<string> Elements(string page) => Tag().Matches(page).Select(match => match.Value);
    }

    [Fact]
    public void The_page_asks_for_nothing_and_runs_only_its_own_script()
    {
        var page = Page(HandMadeRuns.Hostile());

        Assert.DoesNotMatch(@"(src|href)\s*=\s*""?(https?:)?//", page);
        Assert.DoesNotContain("fetch(", page, StringComparison.Ordinal);
        Assert.Matches(@"default-src 'none';.*style-src 'sha256-[^']+'; script-src 'sha256-[^']+'", page);
    }

    [Fact]
    public void What_cannot_be_seen_is_written_out()
    {
        Assert.Equal(@"a\u{202e}b\u{0}\u{a}\u{d800} é Ж 😀", HtmlText.Clean("a\u202eb\0\n\ud800 é Ж 😀"));
        Assert.Equal("plain", HtmlText.Clean("plain"));
        Assert.Equal("abc\u2026", HtmlText.Cut("abcdef", 3));
        Assert.Equal(new string('a', 50) + "\u2026 (51 characters)", HtmlText.Cut(new string('a', 51), 50));
        Assert.Equal("ab\u2026", HtmlText.Cut("ab\ud83d\ude00c", 3)); // never half of a pair
    }

    [Fact]
    public void A_run_in_which_nothing_happened_has_a_page()
    {
        var page = Page(new RunResult("none", 1, "", Verdict.Skipped, "", [], new History(), 0, 0, "needs a disk"));

        Assert.Equal("needs a disk", Data(page).GetProperty("run").GetProperty("skipped").GetString());
        Assert.Equal(0, Data(page).GetProperty("k").GetArrayLength());
    }

    [Fact]
    public void Every_event_keeps_its_time_cause_and_packet()
    {
        var result = HandMadeRuns.HalfOpen();
        var data = Data(Page(result));

        var times = new List<long>();
        foreach (var difference in data.GetProperty("t").EnumerateArray()) times.Add(times.LastOrDefault() + difference.GetInt64());
        Assert.Equal(result.History.Events.Select(happened => happened.Nanoseconds), times);
        Assert.Equal(
            result.History.Events.Select(happened => happened.Cause),
            data.GetProperty("x").EnumerateArray().Select((value, i) => value.GetInt32() == 0 ? -1 : i - value.GetInt32()));
        Assert.Equal(
            result.History.Events.Select(happened => happened.Packet is { } packet ? Convert.ToBase64String(packet.Bytes.Span) : null),
            data.GetProperty("w").EnumerateArray().Select(value => value.GetInt32() < 0 ? null : data.GetProperty("packets")[value.GetInt32()][8].GetString()));
    }

    [Fact]
    public void Bytes_that_are_no_packet_are_in_the_page()
    {
        var result = HandMadeRuns.HalfOpen();
        var added = result.History.Add(new HistoryEvent { Index = 0, Nanoseconds = result.VirtualNanoseconds, Kind = HistoryKind.Malformed, Node = "sensor", Bytes = new byte[] { 0xf0, 0x01 } });

        var loose = Assert.Single(Data(Page(result)).GetProperty("loose").EnumerateArray());

        Assert.Equal((added.Index, 2, "8AE="), (loose[0].GetInt32(), loose[1].GetInt32(), loose[2].GetString()));
    }

    [Fact]
    public void Lanes_are_clients_brokers_and_the_links_between()
    {
        var data = Data(Page(HandMadeRuns.HalfOpen()));
        var lanes = data.GetProperty("nodes").EnumerateArray()
            .Select(node => (data.GetProperty("texts")[node[0].GetInt32()].GetString(), (HtmlNodeKind)node[1].GetInt32())).Order();

        Assert.Equal(
            [("b1", HtmlNodeKind.Broker), ("sensor", HtmlNodeKind.Client), ("sensor->b1", HtmlNodeKind.Link), ("watcher", HtmlNodeKind.Client), ("watcher->b1", HtmlNodeKind.Link)],
            lanes);
    }

    [Fact]
    public void Fields_say_what_a_packet_holds()
    {
        var fields = HtmlPacketFields.Of(HandMadeRuns.HalfOpen().History.Events.Select(happened => happened.Packet?.Packet).OfType<ConnectPacket>()
            .First(connect => connect.Will is not null));

        Assert.Equal(
            """
            Protocol: 5.0
            Client id: sensor
            Keep alive: 10 s
            Session expiry: 300 s
            Will topic: status/sensor
            Will payload: "dead"
            Will qos: 1
            Will retain: yes
            Will delay: 20 s
            """.ReplaceLineEndings("\n"),
            fields);
    }

    private static string Page(RunResult result)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        HtmlReport.Write(result, writer);
        return writer.ToString();
    }

    private static string DataText(string page) => Regex.Match(page, @"<script type=""application/json"" id=""run"">(.*)</script>").Groups[1].Value;

    private static JsonElement Data(string page) => JsonDocument.Parse(DataText(page)).RootElement;

    [GeneratedRegex(@"</?[a-z][a-z0-9]*")]
    private static partial Regex Tag();
}
