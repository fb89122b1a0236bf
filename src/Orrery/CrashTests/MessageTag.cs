using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Orrery.CrashTests;

/// <summary>Who published a message, and the how manieth of its publisher it is: the head of each payload.</summary>
/// <param name="Publisher">The client; its will counts connections instead, under <see cref="OfWill"/>.</param>
/// <param name="Sequence">From 1, in the order of publication.</param>
internal readonly record struct MessageTag(string Publisher, long Sequence)
{
    private const byte Separator = (byte)':';
    private const byte Filler = (byte)'.';

    /// <summary>Names the will of a client's connection.</summary>
    public static MessageTag OfWill(string client, int connection) => new($"{client}'s will", connection);

    /// <summary>The payload: the tag, then so much filling that the length tells whether all of it came.</summary>
    public byte[] ToPayload(int length)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Publisher}:{Sequence}:{length}:"));
        var payload = new byte[Math.Max(length, head.Length)];
        payload.AsSpan().Fill(Filler);
        head.CopyTo(payload, 0);
        return payload;
    }

    /// <summary>Reads the head of a payload.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out MessageTag tag)
    {
        tag = default;
        var nameEnd = payload.IndexOf(Separator);
        if (nameEnd <= 0) return false;
        var rest = payload[(nameEnd + 1)..];
        if (!Utf8Parser.TryParse(rest, out long sequence, out var digits) || digits == rest.Length || rest[digits] != Separator) return false;
        tag = new MessageTag(Encoding.UTF8.GetString(payload[..nameEnd]), sequence);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Publisher}:{Sequence}");
}
