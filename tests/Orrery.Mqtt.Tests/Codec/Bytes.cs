using System.Buffers;

namespace Orrery.Mqtt.Tests.Codec;

/// <summary>Bytes for tests, from hexadecimal text and in every shape that they can arrive in.</summary>
internal static class Bytes
{
    /// <summary>Hexadecimal digits; blanks are for the reader, and text in single quotes stands for its UTF-8.</summary>
    public static byte[] Of(string hex)
    {
        var bytes = new List<byte>();
        var parts = hex.Split('\'');
        for (var index = 0; index < parts.Length; index++)
        {
            bytes.AddRange(index % 2 == 1
                ? System.Text.Encoding.UTF8.GetBytes(parts[index])
                : Convert.FromHexString(parts[index].Replace(" ", "", StringComparison.Ordinal)));
        }
        return [.. bytes];
    }

    public static ReadOnlySequence<byte> Whole(byte[] bytes) => new(bytes);

    /// <summary>One sequence whose segments end at the given positions, ascending.</summary>
    public static ReadOnlySequence<byte> CutAt(byte[] bytes, params ReadOnlySpan<int> cuts)
    {
        var first = new Segment(bytes.AsMemory(0, cuts.IsEmpty ? bytes.Length : cuts[0]), 0);
        var last = first;
        for (var index = 0; index < cuts.Length; index++)
        {
            var end = index + 1 < cuts.Length ? cuts[index + 1] : bytes.Length;
            last = last.Append(bytes.AsMemory(cuts[index], end - cuts[index]));
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Whole, each cut in two, and one byte a segment.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> SplitsOf(byte[] bytes)
    {
        yield return Whole(bytes);
        for (var cut = 0; cut <= bytes.Length; cut++) yield return CutAt(bytes, cut);
        yield return CutAt(bytes, [.. Enumerable.Range(1, Math.Max(0, bytes.Length - 1))]);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
