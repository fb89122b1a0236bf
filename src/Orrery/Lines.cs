using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Orrery;

/// <summary>Cuts bytes into lines, without taking them for text.</summary>
internal static class Lines
{
    /// <summary>The lines without their "\n", empty ones too, as mosquitto_pub sends them. The last one needs no end.</summary>
    public static async IAsyncEnumerable<byte[]> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(input);
        while (true)
        {
            var result = await reader.ReadAsync(cancellation);
            var rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                yield return rest.Slice(0, end).ToArray();
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (result.IsCompleted)
            {
                if (!rest.IsEmpty) yield return rest.ToArray();
                yield break;
            }
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }
}
