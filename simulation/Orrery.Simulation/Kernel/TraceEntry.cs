using System.Globalization;

namespace Orrery.Simulation.Kernel;

/// <summary>One thing that went into the hash or stands beside it, kept only in the window that a search looks at.</summary>
/// <param name="EventIndex">The event during which it happened; what is set up beforehand counts to event 0.</param>
/// <param name="Nanoseconds">When.</param>
/// <param name="Source">Who: a process, a link, a client, a random stream.</param>
/// <param name="Message">What was said or drawn.</param>
/// <param name="Field">Which part of it.</param>
/// <param name="Value">The part, if it is a number.</param>
/// <param name="Bytes">The part, if it is bytes; else null.</param>
/// <param name="Causes">What led to the event.</param>
internal sealed record TraceEntry(
    long EventIndex, long Nanoseconds, string Source, string Message, string Field, ulong Value, byte[]? Bytes, CauseList? Causes)
{
    /// <summary>The part, if it is a text that only a reader needs and the hash does not take; else null.</summary>
    public string? Text { get; init; }

    /// <summary>Names the first field in which two entries differ, and both values; null if they are the same.</summary>
    public static (string Field, string First, string Second)? Compare(TraceEntry first, TraceEntry second)
    {
        if (first.EventIndex != second.EventIndex) return ("event", $"{first.EventIndex}", $"{second.EventIndex}");
        if (first.Nanoseconds != second.Nanoseconds) return ("time", $"{first.Nanoseconds} ns", $"{second.Nanoseconds} ns");
        if (first.Source != second.Source) return ("source", first.Source, second.Source);
        if (first.Message != second.Message) return ("message", first.Message, second.Message);
        if (first.Field != second.Field) return ("field", first.Field, second.Field);
        if (first.Value != second.Value) return (first.Field, $"{first.Value}", $"{second.Value}");
        if (first.Text != second.Text) return (first.Field, first.Text ?? "none", second.Text ?? "none");
        var (one, other) = (first.Bytes ?? [], second.Bytes ?? []);
        var same = one.AsSpan().CommonPrefixLength(other);
        return same == one.Length && same == other.Length ? null : ($"{first.Field}[{same}]", ByteAt(one, same), ByteAt(other, same));
    }

    /// <summary>One line, the same in every process.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"event {EventIndex} at {Nanoseconds} ns: {Source}, {Message}, {Field}: {Text ?? (Bytes is null ? $"{Value}" : Convert.ToHexString(Bytes))}");

    private static string ByteAt(byte[] bytes, int index) => index < bytes.Length ? $"0x{bytes[index]:X2}" : $"end after {index} bytes";
}
