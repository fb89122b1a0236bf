using System.Buffers;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Tests.Fuzzing;

/// <summary>Reads damaged packets and checks what must hold of every input, however bad.</summary>
/// <remarks>
/// Each input is one to three valid packets with up to eight mutations, cut into up to three segments. Checked: nothing is thrown;
/// the three outcomes are consistent; every call makes progress or ends; memory is bounded by the bytes given; what
/// was accepted can be written, and reads as itself. The same seed gives the same inputs.
/// </remarks>
internal sealed class CodecFuzzer
{
    /// <summary>The most that reading may allocate per byte of input.</summary>
    /// <remarks>
    /// A filter of one byte takes 4 bytes in SUBSCRIBE and becomes a filter with its bytes, text, level and options; a
    /// list that grows doubles its part.
    /// </remarks>
    public const int AllocatedBytesPerByteMax = 96;

    /// <summary>What reading may allocate whatever the input's size: the batch, and a table of topics.</summary>
    public const int AllocatedBytesBase = 2_048;

    private const int CorpusSize = 2_048;
    private static readonly byte[] Interesting = [0x00, 0x01, 0x02, 0x03, 0x7F, 0x80, 0x81, 0xC0, 0xED, 0xF4, 0xFF, (byte)'+', (byte)'#', (byte)'/'];

    private readonly int _seed;
    private readonly Random _random;
    private readonly (MqttVersion Version, PeerRole Sender, byte[][] Items)[] _corpora;
    private readonly byte[] _buffer = new byte[16_384];

    public CodecFuzzer(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        var generator = new PacketGenerator(_random);
        _corpora = [.. from version in Enum.GetValues<MqttVersion>()
                       from sender in Enum.GetValues<PeerRole>()
                       select (version, sender, MakeCorpus(generator, version, sender))];
    }

    /// <summary>Packets that were accepted.</summary>
    public long Accepted { get; private set; }

    /// <summary>Inputs that ended in a violation.</summary>
    public long Refused { get; private set; }

    /// <summary>Inputs that ended where more bytes were asked for.</summary>
    public long Unfinished { get; private set; }

    /// <summary>The largest allocation seen, per byte of input, of inputs of 64 bytes or more.</summary>
    public double AllocatedPerByte { get; private set; }

    /// <summary>Reads that many inputs.</summary>
    /// <exception cref="InvalidOperationException">A check failed; the message has the seed and the input's bytes.</exception>
    public void Run(long count)
    {
        for (var index = 0L; index < count; index++)
        {
            var (version, sender, items) = _corpora[_random.Next(_corpora.Length)];
            var length = MakeInput(items);
            try
            {
                var input = Cut(length);
                var bytesMax = _random.Next(2) == 0 ? 65_536 : 16;

                // What the runtime makes once, such as the table of rules, is not the input's: a second reading tells.
                if (ReadAll(version, sender, input, bytesMax, index) is not null
                    && ReadAll(version, sender, input, bytesMax, index) is { } excess)
                {
                    throw new InvalidOperationException(excess);
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"seed {_seed}, input {index}, {version} from {sender}: {Convert.ToHexString(_buffer, 0, length)}: {exception.Message}", exception);
            }
        }
    }

    private static byte[][] MakeCorpus(PacketGenerator generator, MqttVersion version, PeerRole sender)
    {
        var output = new ArrayBufferWriter<byte>();
        var items = new byte[CorpusSize][];
        for (var index = 0; index < CorpusSize; index++)
        {
            output.ResetWrittenCount();
            PacketWriter.Write(output, generator.Next(version, sender), version);
            items[index] = output.WrittenSpan.ToArray();
        }
        return items;
    }

    private int MakeInput(byte[][] items)
    {
        var length = 0;
        for (var parts = _random.Next(1, 4); parts > 0; parts--)
        {
            var item = items[_random.Next(items.Length)];
            if (length + item.Length > _buffer.Length / 2) break;
            item.CopyTo(_buffer, length);
            length += item.Length;
        }
        for (var mutations = _random.Next(9); mutations > 0 && length > 0; mutations--) length = Mutate(length);
        return length;
    }

    private int Mutate(int length)
    {
        // Half of the damage is in the first bytes, where headers and lengths stand.
        var at = _random.Next(2) == 0 ? _random.Next(Math.Min(length, 16)) : _random.Next(length);
        switch (_random.Next(8))
        {
            case 0:
                _buffer[at] ^= (byte)(1 << _random.Next(8));
                return length;
            case 1:
                _buffer[at] = (byte)_random.Next(256);
                return length;
            case 2:
                _buffer[at] = Interesting[_random.Next(Interesting.Length)];
                return length;
            case 3:
                _buffer[at]++;
                return length;
            case 4:
                _buffer[at]--;
                return length;
            case 5:
                return at;                                  // cut
            case 6:
                var removed = Math.Min(length - at, _random.Next(1, 5));
                _buffer.AsSpan((at + removed)..length).CopyTo(_buffer.AsSpan(at));
                return length - removed;
            default:
                var repeated = Math.Min(_random.Next(1, 9), length - at);
                if (length + repeated > _buffer.Length) return length;
                _buffer.AsSpan(at..length).CopyTo(_buffer.AsSpan(at + repeated));
                return length + repeated;
        }
    }

    /// <returns>What was allocated above the bound; null if nothing was.</returns>
    private string? ReadAll(MqttVersion version, PeerRole sender, ReadOnlySequence<byte> input, int bytesMax, long index)
    {
        var length = input.Length;
        string? excess = null;
        var reader = new PacketReader(new PacketReaderOptions
        {
            Sender = sender,
            Version = sender == PeerRole.Client && length > 0 && _buffer[0] >> 4 == (int)ControlPacketType.Connect ? null : version,
            TopicAliasMaximum = 10,
        });
        var calls = 0;
        while (true)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var remaining = input.Length;
            var status = reader.TryReadBatch(ref input, bytesMax, out var batch);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            if (allocated > AllocatedBytesPerByteMax * remaining + AllocatedBytesBase) excess = $"{allocated} bytes were allocated for {remaining}";
            else if (remaining >= 64) AllocatedPerByte = Math.Max(AllocatedPerByte, (double)allocated / remaining);
            Check(input.Length == remaining - batch.Bytes, "it consumed other bytes than those of its packets");
            Check(++calls <= length + 1, "it never ends");
            Check(batch.Count == 0 == (batch.Bytes == 0), "packets without bytes");
            foreach (var packet in batch.Packets) Check(packet is not null, "a packet is missing");
            Accepted += batch.Count;
            if ((index & 7) == 0) CheckWritten(batch, reader, sender);

            switch (status)
            {
                case DecodeStatus.Malformed:
                    Check(batch.Violation is { ReasonCode: >= ReasonCode.UnspecifiedError, Statement.Length: > 0 }, "a violation without its reason");
                    Refused++;
                    return excess;
                case DecodeStatus.NeedMoreBytes:
                    Check(batch.Count == 0 && batch.Violation is null, "it asks for more and gives something");
                    Unfinished++;
                    return excess;
                default:
                    Check(batch.Count > 0 && batch.Violation is null, "complete without a packet");
                    break;
            }
        }
    }

    /// <summary>What was read is written, read and written again: the two written forms are the same bytes.</summary>
    private static void CheckWritten(PacketBatch batch, PacketReader reader, PeerRole sender)
    {
        foreach (var packet in batch.Packets)
        {
            var version = packet is ConnectPacket connect ? connect.Version : reader.Version!.Value;
            var first = Written(packet, version);
            var again = new PacketReader(new PacketReaderOptions
            {
                Sender = sender,
                Version = packet is ConnectPacket ? null : version,
                TopicAliasMaximum = 10,
            });
            var input = new ReadOnlySequence<byte>(first);
            var status = again.TryRead(ref input, out var copy, out var violation);
            Check(status == DecodeStatus.Complete, $"what was accepted is refused when written: {violation}");
            Check(first.AsSpan().SequenceEqual(Written(copy!, version)), "what was written reads as something else");
        }
    }

    private static byte[] Written(Packet packet, MqttVersion version)
    {
        var output = new ArrayBufferWriter<byte>();
        var size = PacketWriter.Write(output, packet, version);
        Check(size == output.WrittenCount && size == PacketWriter.SizeOf(packet, version), "the size is not what was written");
        return output.WrittenSpan.ToArray();
    }

    private ReadOnlySequence<byte> Cut(int length)
    {
        var cuts = _random.Next(3);
        if (cuts == 0) return new ReadOnlySequence<byte>(_buffer, 0, length);
        var middle = _random.Next(length + 1);
        var end = cuts == 1 ? length : _random.Next(middle, length + 1);
        var first = new Segment(_buffer.AsMemory(0, middle), 0, null);
        var second = new Segment(_buffer.AsMemory(middle, end - middle), middle, first);
        var last = cuts == 1 ? second : new Segment(_buffer.AsMemory(end, length - end), end, second);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex, Segment? previous)
        {
            Memory = memory;
            RunningIndex = runningIndex;
            if (previous is not null) previous.Next = this;
        }
    }
}
