using System.Globalization;
using System.Text;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Reports;

/// <summary>Packets in words: `PUBLISH id 1, QoS 2, topic a/b, payload "hello"`.</summary>
public sealed class PacketText : IPacketFieldSink
{
    private const int CharactersMax = 48;           // of a payload: its line stays readable, and the size says what is missing
    private const int BytesMax = 16;

    private readonly StringBuilder _text = new();
    private bool _isFirst = true;

    private PacketText(Packet packet) => _text.Append(PacketFields.NameOf(packet.Type));

    /// <summary>The packet's kind and fields on one line. Long payloads are cut, and their size is told.</summary>
    public static string Of(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var text = new PacketText(packet);
        PacketFields.Write(packet, text);
        return text._text.ToString();
    }

    /// <summary>A payload as a quoted text or as bytes; what is cut off is told by the size.</summary>
    public static string OfPayload(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return "\"\"";
        var size = string.Create(CultureInfo.InvariantCulture, $" ({payload.Length} bytes)");
        if (TryGetText(payload) is not { } all)
        {
            return payload.Length <= BytesMax
                ? $"0x{Convert.ToHexStringLower(payload)}"
                : $"0x{Convert.ToHexStringLower(payload[..BytesMax])}..{size}";
        }

        var shown = all.TrimEnd(' ');
        if (shown.Length == all.Length && all.Length <= CharactersMax) return $"\"{Escape(all)}\"";
        return shown.Length <= CharactersMax ? $"\"{Escape(shown)}\"{size}" : $"\"{Escape(CutAt(shown, CharactersMax))}..\"{size}";
    }

    void IPacketFieldSink.Number(string name, long value) => Begin().Append(LabelOf(name)).Append(' ').Append(CultureInfo.InvariantCulture, $"{value}");

    void IPacketFieldSink.Seconds(string name, long value) => Begin().Append(LabelOf(name)).Append(' ').Append(CultureInfo.InvariantCulture, $"{value} s");

    void IPacketFieldSink.Text(string name, string value) => Begin().Append(LabelOf(name)).Append(' ').Append(Escape(value));

    void IPacketFieldSink.Flag(string name) => Begin().Append(LabelOf(name));

    void IPacketFieldSink.Bytes(string name, ReadOnlyMemory<byte> value) => Begin().Append(LabelOf(name)).Append(' ').Append(OfPayload(value.Span));

    void IPacketFieldSink.List(string name, IReadOnlyList<string> values) =>
        Begin().Append(LabelOf(name)).Append(" [").AppendJoin(", ", values.Select(Escape)).Append(']');

    /// <summary>One line, whatever the text holds: control characters are escaped.</summary>
    internal static string Escape(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsControl(character)) escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else escaped.Append(character);
        }
        return escaped.ToString();
    }

    /// <summary>The text that bytes are; null for what is no UTF-8, or has control characters that are no white space.</summary>
    internal static string? TryGetText(ReadOnlySpan<byte> bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return null;
        var text = Encoding.UTF8.GetString(bytes);
        return text.Any(character => char.IsControl(character) && !char.IsWhiteSpace(character)) ? null : text;
    }

    private static string LabelOf(string name) => name switch
    {
        "qos" => "QoS",
        "dup" => "DUP",
        "retain" => "RETAIN",
        _ => name.Replace('_', ' '),
    };

    // Not between the halves of a surrogate pair.
    private static string CutAt(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private StringBuilder Begin()
    {
        _text.Append(_isFirst ? " " : ", ");
        _isFirst = false;
        return _text;
    }
}
