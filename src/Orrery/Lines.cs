using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Orrery;

/// <summary>Cuts bytes into lines, without taking them for text.</summary>
internal static class Lines
{
    /// <summary>The lines that are not empty, without "\n" or "\r\n". The last one needs no end.</summary>
    public static async IAsyncEnumerable<byte[]> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(input);
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var line = Trim(rest.Slice(0, end).ToArray());
                rest = rest.Slice(rest.GetPosition(1, end));
                if (line.Length > 0) yield return line;
            }
            if (result.IsCompleted)
            {
                if (Trim(rest.ToArray()) is { Length: > 0 } last) yield return last;
                yield break;
            }
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    private static byte[] Trim(byte[] line) => line is [.., (byte)'\r'] ? line[..^1] : line;
}
