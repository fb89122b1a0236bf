using System.Buffers;
using System.Text;
using System.Text.Json;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Reports;

public sealed class JsonLinesWriterTests
{
    [Fact]
    public void The_first_line_is_the_run_and_each_event_has_one_more()
    {
        var result = SampleHistory.ExactlyOnce();

        var lines = Lines(result);

        var run = lines[0];
        Assert.Equal((1, "sample/one[x=1]", 7, "fail"), (
            run.GetProperty("orrery_history").GetInt32(), run.GetProperty("name").GetString(),
            run.GetProperty("seed").GetInt32(), run.GetProperty("verdict").GetString()));
        var finding = Assert.Single(run.GetProperty("findings").EnumerateArray());
        Assert.Equal("Q2-1", finding.GetProperty("rule").GetString());
        Assert.Equal(result.Findings[0].Events, finding.GetProperty("events").EnumerateArray().Select(index => index.GetInt32()));
        Assert.Equal(result.History.Events.Count, lines.Length - 1);
        foreach (var (happened, line) in result.History.Events.Zip(lines.Skip(1)))
        {
            Assert.Equal((happened.Index, happened.Nanoseconds, happened.Node), (
                line.GetProperty("index").GetInt32(), line.GetProperty("ns").GetInt64(), line.GetProperty("node").GetString()));
            Assert.Equal(happened.Cause >= 0, line.TryGetProperty("cause", out _));
            Assert.Equal(happened.Packet is not null, line.TryGetProperty("packet", out var packet));
            if (happened.Packet is { } wire) Assert.Equal(wire.Bytes.ToArray(), packet.GetProperty("bytes").GetBytesFromBase64());
        }
    }

    [Fact]
    public void A_packet_has_its_fields_under_stable_keys()
    {
        var sample = new SampleHistory();
        var binary = new ApplicationMessage { Topic = Orrery.Mqtt.Topics.TopicName.Parse("t/ä"), Payload = new byte[] { 0xFF }, QoS = QoS.AtLeastOnce };
        sample.Connect("c", "b1", 1);
        sample.Send("c#1", "c", "b1", new PublishPacket { PacketIdentifier = new PacketIdentifier(9), Duplicate = true, Message = binary });

        var lines = Encoding.UTF8.GetString(Bytes(sample.Result(Verdict.Pass))).Split('\n');

        Assert.Equal(
            """{"index":7,"ns":20000000,"kind":"packet_sent","node":"c","connection":"c#1","peer":"b1","packet":{"type":"PUBLISH","to":"broker","number":1,"id":9,"qos":1,"dup":true,"topic":"t/ä","payload_hex":"ff","bytes":"OgoABHQvw6QACQD/"}}""",
            lines[8]);
        Assert.Contains("\"keep_alive_seconds\":60", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_names_every_key()
    {
        var page = File.ReadAllText(Path.Combine(Scenarios.Documents.Root, "docs", "SIMULATION.md"));
        var sample = SampleHistory.ExactlyOnce();
        sample.History.Add(sample.History.Events[0] with { Bytes = new byte[] { 1 }, Step = 1 });

        var keys = Lines(sample).SelectMany(line => line.EnumerateObject()).Select(member => member.Name).Distinct().ToArray();

        Assert.InRange(keys.Length, 20, 40);
        Assert.DoesNotContain(keys, key => !page.Contains($"`{key}`", StringComparison.Ordinal));
    }

    private static JsonElement[] Lines(RunResult result) =>
        [.. Encoding.UTF8.GetString(Bytes(result)).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private static byte[] Bytes(RunResult result)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonLinesWriter.Write(result, output);
        return output.WrittenSpan.ToArray();
    }
}
