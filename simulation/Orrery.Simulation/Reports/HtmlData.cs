using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Reports;

/// <summary>A run as the page's script reads it: JSON of columns and tables, where every text stands once.</summary>
/// <remarks>The default encoder leaves no `&lt;`, no quote and nothing but ASCII inside a text, so the JSON can end no element.</remarks>
internal sealed class HtmlData
{
    // Of 200 bytes an event, the columns and tables take less than half.
    private const int TextCostPerEvent = 55;
    private const int PacketBytesPerEvent = 45;
    private const int EventsMin = 2_000; // a short run has room as if it had this many

    private static readonly int[] Cuts = [4_000, 1_000, 400, 200, 100, 50, 25, 12, 6, 3, 1];

    private readonly HtmlTable _texts = new();
    private readonly HtmlNodes _nodes;
    private readonly RunResult _result;
    private readonly IReadOnlyList<HistoryEvent> _events;
    private readonly Dictionary<WirePacket, int> _packetIndices = new(SamePacket.Instance);
    private readonly List<WirePacket> _packets = [];

    private HtmlData(RunResult result)
    {
        _result = result;
        _events = result.History.Events;
        _nodes = HtmlNodes.Of(_events);
        _texts.IndexOf("");
    }

    /// <summary>The JSON.</summary>
    public static string Of(RunResult result)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes)) new HtmlData(result).Write(writer);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteRun(writer);
        WriteNodes(writer);
        WriteEvents(writer);
        var cut = CutFor(PacketBytesPerEvent, cut => BytesOfAll().Sum(bytes => (long)Math.Min(bytes.Length, cut)));
        WritePackets(writer, cut);
        WriteLooseBytes(writer, cut);
        WriteSpans(writer);
        WriteFindings(writer);
        WriteTexts(writer); // last: the rest fills the table
        writer.WriteEndObject();
    }

    private void WriteRun(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("run");
        writer.WriteString("name", HtmlText.Clean(_result.Name));
        writer.WriteString("seed", _result.Seed.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("verdict", _result.Verdict.ToString());
        writer.WriteString("scenario", _result.ScenarioHash);
        writer.WriteString("trace", _result.TraceHash);
        writer.WriteString("skipped", HtmlText.Clean(_result.SkipReason ?? ""));
        writer.WriteNumber("end", _result.VirtualNanoseconds);
        writer.WriteNumber("kernelEvents", _result.Events);
        writer.WriteNumber("omitted", _result.History.Omitted);
        writer.WriteEndObject();
    }

    private void WriteNodes(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("nodes");
        foreach (var node in _nodes.All)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(TextIndex(node.Name));
            writer.WriteNumberValue((int)node.Kind);
            writer.WriteNumberValue(node.Client);
            writer.WriteNumberValue(node.Broker);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private void WriteEvents(Utf8JsonWriter writer)
    {
        var before = 0L;
        Column(writer, "t", happened =>
        {
            var difference = happened.Nanoseconds - before;
            before = happened.Nanoseconds;
            return difference;
        });
        Column(writer, "k", happened => (int)happened.Kind);
        Column(writer, "n", happened => _nodes.IndexOf(happened));
        Column(writer, "p", happened => happened.Peer is null ? -1 : _nodes.IndexOf(happened.Peer));
        Column(writer, "c", happened => TextIndex(happened.Connection));
        Column(writer, "m", happened => TextIndex(happened.Name));
        Column(writer, "d", happened => TextIndex(happened.Detail));
        Column(writer, "w", happened => happened.Packet is null ? -1 : PacketIndex(happened.Packet));
        Column(writer, "x", happened => happened.Cause >= 0 && happened.Cause < happened.Index ? happened.Index - happened.Cause : 0);
    }

    private void Column(Utf8JsonWriter writer, string name, Func<HistoryEvent, long> value)
    {
        writer.WriteStartArray(name);
        foreach (var happened in _events) writer.WriteNumberValue(value(happened));
        writer.WriteEndArray();
    }

    private IEnumerable<ReadOnlyMemory<byte>> BytesOfAll() =>
        _packets.Select(packet => packet.Bytes).Concat(_events.Select(happened => happened.Bytes).Where(bytes => bytes.Length > 0));

    private void WritePackets(Utf8JsonWriter writer, int cut)
    {
        writer.WriteStartArray("packets");
        foreach (var wire in _packets)
        {
            var (identifier, topic, reason, payload) = About(wire.Packet);
            var publish = wire.Packet as PublishPacket;
            var flags = publish is null ? 0 : (int)publish.Message.QoS | (publish.Message.Retain ? 4 : 0) | (publish.Duplicate ? 8 : 0);
            writer.WriteStartArray();
            writer.WriteNumberValue((int)wire.Packet.Type);
            writer.WriteNumberValue(flags);
            writer.WriteNumberValue(identifier.Value);
            writer.WriteNumberValue(TextIndex(topic));
            writer.WriteNumberValue(TextIndex(reason));
            writer.WriteNumberValue(TextIndex(HtmlPacketFields.Of(wire.Packet), isClean: true));
            writer.WriteNumberValue(wire.Bytes.Length);
            writer.WriteNumberValue(payload);
            writer.WriteBase64StringValue(wire.Bytes.Span[..Math.Min(wire.Bytes.Length, cut)]);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>What was sent that is no packet, with its event.</summary>
    private void WriteLooseBytes(Utf8JsonWriter writer, int cut)
    {
        writer.WriteStartArray("loose");
        foreach (var happened in _events.Where(happened => happened.Bytes.Length > 0))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(happened.Index);
            writer.WriteNumberValue(happened.Bytes.Length);
            writer.WriteBase64StringValue(happened.Bytes.Span[..Math.Min(happened.Bytes.Length, cut)]);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private void WriteSpans(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("spans");
        foreach (var (span, lane) in HtmlSpans.Of(_result.History, _result.VirtualNanoseconds).SelectMany(span => LanesOf(span).Select(lane => (span, lane))))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue((int)span.Kind);
            writer.WriteNumberValue(lane);
            writer.WriteNumberValue(TextIndex(span.Connection));
            writer.WriteNumberValue(span.FromEvent);
            writer.WriteNumberValue(span.ToEvent);
            if (span.ToEvent < 0) writer.WriteNumberValue(span.ToNanoseconds);
            else writer.WriteNumberValue(0);
            writer.WriteNumberValue(TextIndex(span.Text));
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private IReadOnlyList<int> LanesOf(HtmlSpan span) =>
        span.Kind is HtmlSpanKind.Fault or HtmlSpanKind.Held ? _nodes.TargetsOf(span.Node) : [_nodes.IndexOf(span.Node)];

    private void WriteFindings(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("findings");
        foreach (var finding in _result.Findings)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(TextIndex(finding.Rule));
            writer.WriteNumberValue(TextIndex(finding.Statement));
            writer.WriteNumberValue(TextIndex(finding.Message));
            writer.WriteNumberValue(finding.IsUnknown ? 1 : 0);
            writer.WriteStartArray();
            foreach (var index in finding.Events.Where(index => index >= 0 && index < _events.Count)) writer.WriteNumberValue(index);
            writer.WriteEndArray();
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private void WriteTexts(Utf8JsonWriter writer)
    {
        var cut = CutFor(TextCostPerEvent, cut => _texts.All.Sum(text => (long)HtmlText.CostOfCut(text, cut)));
        writer.WriteStartArray("texts");
        foreach (var text in _texts.All) writer.WriteStringValue(HtmlText.Cut(text, cut));
        writer.WriteEndArray();
    }

    /// <summary>The longest of a few lengths at which all items together stay within what the run's events have room for.</summary>
    private int CutFor(int perEvent, Func<int, long> costAt)
    {
        var room = (long)Math.Max(_events.Count, EventsMin) * perEvent;
        foreach (var cut in Cuts)
        {
            if (costAt(cut) <= room) return cut;
        }
        return Cuts[^1];
    }

    private int TextIndex(string? text, bool isClean = false) => text is null ? 0 : _texts.IndexOf(isClean ? text : HtmlText.Clean(text));

    private int PacketIndex(WirePacket packet)
    {
        if (_packetIndices.TryGetValue(packet, out var index)) return index;
        _packetIndices.Add(packet, _packets.Count);
        _packets.Add(packet);
        return _packets.Count - 1;
    }

    private static (PacketIdentifier Identifier, string? Topic, string? Reason, int PayloadLength) About(Packet packet) => packet switch
    {
        PublishPacket publish => (publish.PacketIdentifier, publish.Message.Topic.ToString(), null, publish.Message.Payload.Length),
        AcknowledgementPacket acknowledgement => (acknowledgement.PacketIdentifier, null, PacketFields.Describe(acknowledgement.ReasonCode), 0),
        SubscribePacket subscribe => (subscribe.PacketIdentifier, null, null, 0),
        SubAckPacket subAck => (subAck.PacketIdentifier, null, null, 0),
        UnsubscribePacket unsubscribe => (unsubscribe.PacketIdentifier, null, null, 0),
        UnsubAckPacket unsubAck => (unsubAck.PacketIdentifier, null, null, 0),
        ConnAckPacket connAck => (default, null, PacketFields.Describe(connAck.ReasonCode), 0),
        DisconnectPacket disconnect => (default, null, PacketFields.Describe(disconnect.ReasonCode), 0),
        AuthPacket auth => (default, null, PacketFields.Describe(auth.ReasonCode), 0),
        _ => default,
    };

    /// <summary>Packets that read the same: what is sent and what is received of it are one row of the table.</summary>
    private sealed class SamePacket : IEqualityComparer<WirePacket>
    {
        public static SamePacket Instance { get; } = new();

        public bool Equals(WirePacket? one, WirePacket? other) =>
            one is not null && other is not null && one.Version == other.Version && one.Packet.Type == other.Packet.Type
            && one.Bytes.Span.SequenceEqual(other.Bytes.Span) && TopicOf(one) == TopicOf(other);

        public int GetHashCode(WirePacket packet) => (int)Hashing.Hash(packet.Bytes.Span);

        // An alias stands for different topics on different connections.
        private static string? TopicOf(WirePacket wire) => wire.Packet is PublishPacket { TopicAlias: not 0 } publish ? publish.Message.Topic.ToString() : null;
    }
}
