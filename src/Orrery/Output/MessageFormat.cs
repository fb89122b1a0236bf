using System.Buffers;
using System.Globalization;
using System.Text;
using Orrery.Mqtt.Packets;

namespace Orrery.Output;

/// <summary>A format of -F, in the language of mosquitto_sub: %x for the message, @x for the time, \x for characters.</summary>
internal sealed class MessageFormat
{
    private const string Conversions = "ACDEFIJPRSUXjlmpqrtx%";

    private readonly List<Part> _parts;

    private MessageFormat(List<Part> parts) => _parts = parts;

    private enum Kind
    {
        Literal,
        Message,
        Time,
    }

    /// <summary>Reads a format.</summary>
    /// <param name="text">The format.</param>
    /// <param name="mistake">What is wrong with it, in mosquitto's words.</param>
    /// <returns>Null if something is wrong.</returns>
    public static MessageFormat? Parse(string text, out string? mistake)
    {
        var parts = new List<Part>();
        for (var index = 0; index < text.Length; index++)
        {
            var first = text[index];
            if (first is not ('%' or '@' or '\\'))
            {
                AddLiteral(parts, first.ToString());
                continue;
            }
            var start = ++index;
            if (first == '%') index = SkipWidths(text, start);
            if (index >= text.Length)
            {
                mistake = first == '\\' ? "Incomplete escape specifier." : "Incomplete format specifier.";
                return null;
            }
            if (first == '%' && !Conversions.Contains(text[index], StringComparison.Ordinal))
            {
                mistake = $"Invalid format specifier '{text[index]}'.";
                return null;
            }
            if (first == '\\' && Escape(text[index]) is null)
            {
                mistake = $"Invalid escape specifier '{text[index]}'.";
                return null;
            }
            if (first == '%') parts.Add(Conversion(text[start..index], text[index]));
            else if (first == '\\') AddLiteral(parts, Escape(text[index])!);
            else if (text[index] == '@') AddLiteral(parts, "@");
            else parts.Add(new Part(Kind.Time, "", text[index]));
        }
        mistake = null;
        return new MessageFormat(parts);
    }

    /// <summary>Writes a message.</summary>
    /// <returns>False if %J was asked for, and the payload is not JSON; the rest is written all the same.</returns>
    public bool Write(IBufferWriter<byte> output, PublishPacket packet, DateTimeOffset time, bool isPretty)
    {
        var isComplete = true;
        foreach (var part in _parts)
        {
            if (part.Kind == Kind.Literal) Put(output, part.Text);
            else if (part.Kind == Kind.Time) Put(output, StrfTime.Of(part.Conversion, time));
            else isComplete &= Write(output, part, packet, time, isPretty);
        }
        return isComplete;
    }

    // '-', '0', the least width, '.' and the greatest: all may be missing.
    private static int SkipWidths(string text, int index)
    {
        if (index < text.Length && text[index] == '-') index++;
        while (index < text.Length && char.IsAsciiDigit(text[index])) index++;
        if (index < text.Length && text[index] == '.') index++;
        while (index < text.Length && char.IsAsciiDigit(text[index])) index++;
        return index;
    }

    // Pieces are joined, so that a character of two UTF-16 units stays whole.
    private static void AddLiteral(List<Part> parts, string text)
    {
        if (parts is [.., { Kind: Kind.Literal } last]) parts[^1] = last with { Text = last.Text + text };
        else parts.Add(new Part(Kind.Literal, text, '\0'));
    }

    private static Part Conversion(string flags, char conversion)
    {
        var isLeft = flags.StartsWith('-');
        if (isLeft) flags = flags[1..];
        var pad = flags.StartsWith('0') && !isLeft ? '0' : ' ';
        var widths = flags.Split('.');
        return new Part(Kind.Message, "", conversion, isLeft, pad, Width(widths[0]) ?? 0, widths.Length > 1 ? Width(widths[1]) ?? 0 : null);
    }

    private static int? Width(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var width) ? Math.Min(width, 65_535) : null;

    private static string? Escape(char character) => character switch
    {
        '\\' => "\\",
        '0' => "\0",
        'a' => "\a",
        'e' => "\e",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'v' => "\v",
        _ => null,
    };

    private static bool Write(IBufferWriter<byte> output, Part part, PublishPacket packet, DateTimeOffset time, bool isPretty)
    {
        var message = packet.Message;
        var properties = message.Properties;
        switch (part.Conversion)
        {
            case '%': Put(output, "%"); break;
            case 'A': PutNumber(output, part, packet.TopicAlias == 0 ? null : packet.TopicAlias); break;
            case 'C': PutText(output, part, properties?.ContentType); break;
            case 'D': output.Write((properties?.CorrelationData ?? default).Span); break;
            case 'E': PutNumber(output, part, properties?.MessageExpiryIntervalSeconds); break;
            case 'F': PutNumber(output, part, properties?.PayloadIsUtf8 is { } isUtf8 ? isUtf8 ? 1 : 0 : null); break;
            case 'I': PutText(output, part, StrfTime.Of('F', time) + "T" + StrfTime.Of('T', time) + StrfTime.Of('z', time)); break;
            case 'j': Put(output, MessageJson.WithText(packet, time, isPretty)); break;
            case 'J':
                if (MessageJson.WithJson(packet, time, isPretty) is not { } json) return false;
                Put(output, json);
                break;
            case 'l': PutNumber(output, part, message.Payload.Length); break;
            case 'm': PutNumber(output, part, packet.PacketIdentifier.Value); break;
            case 'P': Put(output, string.Join(' ', (properties?.UserProperties ?? []).Select(pair => $"{pair.Name}:{pair.Value}"))); break;
            case 'p': PutBytes(output, part, message.Payload.Span, part.Width); break;
            case 'q': Put(output, $"{(int)message.QoS}"); break;
            case 'R': PutText(output, part, properties?.ResponseTopic); break;
            case 'r': Put(output, message.Retain ? "1" : "0"); break;
            case 'S': PutNumber(output, part, packet.SubscriptionIdentifiers is [var identifier, ..] ? identifier : null); break;
            case 't': PutText(output, part, message.Topic.ToString()); break;
            case 'U': Put(output, $"{StrfTime.Of('s', time)}.{StrfTime.Of('N', time)}"); break;
            case 'x': PutBytes(output, part, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(message.Payload.Span)), part.Width & ~1); break;
            default: PutBytes(output, part, Encoding.ASCII.GetBytes(Convert.ToHexString(message.Payload.Span)), part.Width & ~1); break;
        }
        return true;
    }

    private static void PutNumber(IBufferWriter<byte> output, Part part, long? value)
    {
        var text = value?.ToString(CultureInfo.InvariantCulture) ?? "";
        Put(output, part.IsLeft ? text.PadRight(part.Width) : text.PadLeft(part.Width, part.Pad));
    }

    // As printf does, widths count bytes and zeros do not fill: but no character is cut in two.
    private static void PutText(IBufferWriter<byte> output, Part part, string? text)
    {
        text ??= "";
        if (part.Max is { } max)
        {
            while (Encoding.UTF8.GetByteCount(text) > max) text = text[..^(text.Length > 1 && char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        }
        PutBytes(output, part with { Pad = ' ' }, Encoding.UTF8.GetBytes(text), max: 0);
    }

    // A payload is also cut to its least width, as by mosquitto; a hexadecimal one to whole bytes.
    private static void PutBytes(IBufferWriter<byte> output, Part part, ReadOnlySpan<byte> bytes, int max)
    {
        if (max > 0 && bytes.Length > max) bytes = bytes[..max];
        var padding = Math.Max(0, part.Width - bytes.Length);
        if (!part.IsLeft) Put(output, new string(part.Pad, padding));
        output.Write(bytes);
        if (part.IsLeft) Put(output, new string(' ', padding));
    }

    private static void Put(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    /// <summary>One piece of a format: text as it is, or a conversion with its widths in bytes.</summary>
    private sealed record Part(Kind Kind, string Text, char Conversion, bool IsLeft = false, char Pad = ' ', int Width = 0, int? Max = null);
}
