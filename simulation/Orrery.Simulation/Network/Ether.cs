using System.Buffers;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Network;

/// <summary>What all links and programs of one world share: when anything last travelled, and what is spare between two uses.</summary>
/// <remarks>What was given back last is taken first, since a cache still holds it: of ten thousand connections, few carry anything at once.</remarks>
internal sealed class Ether
{
    /// <summary>What fits a spare segment: most packets do. A larger segment is made for its one use.</summary>
    public const int SmallBytes = 128;

    private const int OutputBytesMax = 4 * 1024;            // a buffer that a burst has made large is not kept
    private const int SparesMax = 64 * 1_024;               // of each kind: as many as clients of one rhythm have on their way at once

    /// <summary>What every byte of a spare is in a disturbed run.</summary>
    public const byte Poison = 0xA5;

    private readonly Stack<Segment> _segments = new();
    private readonly Stack<ArrayBufferWriter<byte>> _outputs = new();
    private readonly bool _poisons;

    private Ether(bool poisons) => _poisons = poisons;

    /// <summary>When a segment was last put on a line, or something was read that came on one.</summary>
    public long LastTrafficNanoseconds { get; set; }

    /// <summary>The one of a world. In a disturbed run, what is spare is overwritten, so that nothing can be read from an earlier use.</summary>
    public static Ether Of(SimulationKernel kernel) => kernel.Shared(static kernel => new Ether(kernel.IsDisturbed));

    /// <summary>A segment with a copy of some bytes.</summary>
    public Segment Take(SegmentKind kind, ReadOnlySpan<byte> bytes)
    {
        if (!_segments.TryPop(out var segment)) segment = new Segment(this);
        segment.Fill(kind, bytes);
        return segment;
    }

    /// <summary>A segment that carries nothing.</summary>
    public Segment Take(SegmentKind kind) => Take(kind, []);

    /// <summary>Takes a segment back.</summary>
    public void Return(Segment segment)
    {
        if (_poisons) segment.Buffer.AsSpan().Fill(Poison);
        if (_segments.Count < SparesMax && segment.Buffer.Length <= SmallBytes) _segments.Push(segment);
    }

    /// <summary>An empty buffer to write to.</summary>
    public ArrayBufferWriter<byte> TakeOutput()
    {
        if (!_outputs.TryPop(out var output)) output = new ArrayBufferWriter<byte>(SmallBytes);
        if (_poisons) output.GetSpan().Fill(Poison);        // a new one too: a byte that nobody writes is another one in each run
        return output;
    }

    /// <summary>Takes a buffer back that nothing in it is needed of any more.</summary>
    public void Return(ArrayBufferWriter<byte> output)
    {
        output.ResetWrittenCount();
        if (_outputs.Count < SparesMax && output.Capacity <= OutputBytesMax) _outputs.Push(output);
    }
}
