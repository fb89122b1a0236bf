using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Orrery.Mqtt.Text;

/// <summary>The rules for UTF-8 Encoded Strings (MQTT 5 §1.5.4).</summary>
public static class MqttUtf8
{
    /// <summary>The most bytes that a string may have, since a two-byte length precedes it.</summary>
    public const int BytesMax = ushort.MaxValue;

    /// <summary>True if the bytes, without their length prefix, may stand in a packet.</summary>
    /// <remarks>
    /// Overlong forms, encoded surrogates, code points above U+10FFFF and cut sequences are ill-formed [MQTT-1.5.4-1],
    /// and U+0000 is ruled out [MQTT-1.5.4-2]. Control characters and non-characters may be refused by an
    /// implementation; they are not here, since clients do send them. The length is not judged.
    /// </remarks>
    public static bool IsValid(ReadOnlySpan<byte> utf8) => !utf8.Contains((byte)0) && Utf8.IsValid(utf8);

    /// <summary>The text of valid bytes. U+FEFF is kept wherever it stands [MQTT-1.5.4-3].</summary>
    public static string GetString(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>Encodes text that may stand in a packet.</summary>
    /// <returns>False for a lone surrogate, for U+0000, and for more than <see cref="BytesMax"/> bytes.</returns>
    public static bool TryGetBytes(string text, [NotNullWhen(true)] out byte[]? utf8)
    {
        ArgumentNullException.ThrowIfNull(text);
        utf8 = null;
        if (text.Length > BytesMax || text.Contains('\0', StringComparison.Ordinal)) return false;

        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        if (bytes.Length > BytesMax) return false;
        var status = Utf8.FromUtf16(text, bytes, out _, out var written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done || written != bytes.Length) return false;
        utf8 = bytes;
        return true;
    }
}
