using System.Buffers.Binary;
using Orrery.Mqtt.Text;

namespace Orrery.Mqtt.Codec;

/// <summary>Reads the fields of one packet whose bytes are all there.</summary>
/// <remarks>
/// The first rule that is broken stays in <see cref="Failure"/>, and from then on nothing remains and every field reads
/// as zero. So a codec reads straight on and is asked once, at the end, whether what it read means anything.
/// </remarks>
internal ref struct PacketCursor(byte[] slab, int start, int end, MqttVersion version)
{
    private readonly ReadOnlySpan<byte> _bytes = slab;

    /// <summary>Which rules hold. CONNECT sets it once it has read it.</summary>
    public MqttVersion Version { get; set; } = version;

    /// <summary>Who sent the packet.</summary>
    public PeerRole Sender { get; init; }

    /// <summary>The most filters or user properties.</summary>
    public int ItemsMax { get; init; }

    /// <summary>The most levels of a topic.</summary>
    public int TopicLevelsMax { get; init; }

    /// <summary>Where the next field starts, as an index into the slab.</summary>
    public int Position { get; private set; } = start;

    /// <summary>Where the packet, or the section of it that is being read, ends.</summary>
    public int End { get; private set; } = end;

    /// <summary>The first rule that the packet breaks; null so far.</summary>
    public Rule? Failure { get; private set; }

    /// <summary>How many bytes are left; 0 after a failure.</summary>
    public readonly int Remaining => End - Position;

    public void Fail(Rule rule)
    {
        Failure ??= rule;
        Position = End;
    }

    public byte ReadByte()
    {
        if (Position >= End)
        {
            Fail(Rules.Truncated);
            return 0;
        }
        return _bytes[Position++];
    }

    public ushort ReadUInt16()
    {
        if (Remaining < sizeof(ushort))
        {
            Fail(Rules.Truncated);
            return 0;
        }
        var value = BinaryPrimitives.ReadUInt16BigEndian(_bytes[Position..]);
        Position += sizeof(ushort);
        return value;
    }

    public uint ReadUInt32()
    {
        if (Remaining < sizeof(uint))
        {
            Fail(Rules.Truncated);
            return 0;
        }
        var value = BinaryPrimitives.ReadUInt32BigEndian(_bytes[Position..]);
        Position += sizeof(uint);
        return value;
    }

    public int ReadVariableByteInteger()
    {
        var status = VariableByteInteger.TryRead(_bytes[Position..End], out var value, out var length);
        Position += length;
        if (status != DecodeStatus.Complete) Fail(status == DecodeStatus.Malformed ? Rules.Length : Rules.Truncated);
        return value;
    }

    /// <summary>Bytes behind a length of two bytes.</summary>
    public ReadOnlySpan<byte> ReadPrefixed()
    {
        var length = ReadUInt16();
        if (Remaining < length)
        {
            Fail(Rules.Truncated);
            return default;
        }
        var value = _bytes.Slice(Position, length);
        Position += length;
        return value;
    }

    /// <summary>Bytes behind a length of two bytes, as a slice of the slab.</summary>
    public ReadOnlyMemory<byte> ReadBinary()
    {
        var length = ReadPrefixed().Length;
        return slab.AsMemory(Position - length, length);
    }

    /// <summary>The bytes of a valid string.</summary>
    public ReadOnlySpan<byte> ReadUtf8()
    {
        var value = ReadPrefixed();
        if (MqttUtf8.IsValid(value)) return value;
        Fail(value.Contains((byte)0) ? Rules.NullCharacter : Rules.IllFormedString);
        return default;
    }

    public string ReadString() => MqttUtf8.GetString(ReadUtf8());

    /// <summary>A number that must not be 0 [MQTT-2.2.1-3].</summary>
    public PacketIdentifier ReadPacketIdentifier()
    {
        var value = ReadUInt16();
        if (value == 0) Fail(Rules.NoPacketIdentifier);
        return new PacketIdentifier(value);
    }

    /// <summary>All that is left, as a slice of the slab.</summary>
    public ReadOnlyMemory<byte> ReadRest()
    {
        var rest = slab.AsMemory(Position, Remaining);
        Position = End;
        return rest;
    }

    /// <summary>All that is left, for a message that may outlive its batch by far: a copy, unless it is most of the slab.</summary>
    /// <remarks>So a message of 64 bytes that waits for days in a queue does not keep the 64 KiB it arrived in.</remarks>
    public ReadOnlyMemory<byte> ReadRestToKeep()
    {
        if (slab.Length <= 2 * Remaining) return ReadRest();
        var rest = _bytes[Position..End].ToArray();
        Position = End;
        return rest;
    }

    /// <summary>Narrows the cursor to a section behind its length, as properties are.</summary>
    /// <returns>What <see cref="Leave"/> needs to widen it again.</returns>
    public int Enter()
    {
        var outerEnd = End;
        var length = ReadVariableByteInteger();
        if (length > Remaining) Fail(Rules.Truncated);
        else End = Position + length;
        return outerEnd;
    }

    /// <summary>Widens the cursor behind a section that was read to its end.</summary>
    public void Leave(int outerEnd)
    {
        End = outerEnd;
        if (Failure is not null) Position = End;
    }

    /// <summary>The bytes between two positions as a slice of the slab.</summary>
    public readonly ReadOnlyMemory<byte> Slice(int from, int to) => slab.AsMemory(from, to - from);
}
