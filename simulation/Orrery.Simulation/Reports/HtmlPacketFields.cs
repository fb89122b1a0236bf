using System.Globalization;
using System.Text;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Reports;

/// <summary>What a packet says beyond what the page shows by itself, as lines `Name: value`.</summary>
internal sealed class HtmlPacketFields : IPacketFieldSink
{
    private const int BytesMax = 64;

    // Columns of the page's table of packets.
    private static readonly string[] ShownOtherwise = ["id", "qos", "dup", "retain", "topic", "payload", "reason"];

    private readonly StringBuilder _lines = new();

    private HtmlPacketFields()
    {
    }

    /// <summary>The lines; empty where there is nothing more to say.</summary>
    public static string Of(Packet packet)
    {
        var fields = new HtmlPacketFields();
        PacketFields.Write(packet, fields);
        return fields._lines.ToString();
    }

    void IPacketFieldSink.Number(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    void IPacketFieldSink.Seconds(string name, long value) => Add(name, string.Create(CultureInfo.InvariantCulture, $"{value} s"));

    void IPacketFieldSink.Text(string name, string value) => Add(name, value);

    void IPacketFieldSink.Flag(string name) => Add(name, "yes");

    void IPacketFieldSink.Bytes(string name, ReadOnlyMemory<byte> value) => Add(
        name,
        PacketText.TryGetText(value.Span) is { } text ? $"\"{text}\"" : "0x" + Convert.ToHexStringLower(value.Span[..Math.Min(value.Length, BytesMax)]) + (value.Length > BytesMax ? "\u2026" : ""));

    void IPacketFieldSink.List(string name, IReadOnlyList<string> values)
    {
        foreach (var value in values) Add(name, value);
    }

    private void Add(string name, string value)
    {
        if (ShownOtherwise.Contains(name)) return;
        if (_lines.Length > 0) _lines.Append('\n');
        _lines.Append(char.ToUpperInvariant(name[0])).Append(name.AsSpan(1)).Replace('_', ' ', _lines.Length - name.Length, name.Length)
            .Append(": ").Append(HtmlText.Clean(value));
    }
}
