using System.Buffers.Binary;
using System.Text;
using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>Takes the fields of a packet and either writes or only counts them.</summary>
/// <remarks>One method per packet type feeds both, so the size that was announced is the size that is written.</remarks>
internal ref struct PacketSink
{
    // Throws on a lone surrogate, which has no UTF-8 form [MQTT-1.5.4-1].
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Span<byte> _destination;
    private readonly bool _writes;

    /// <summary>A sink that writes. <c>default</c> is one that counts.</summary>
    public PacketSink(Span<byte> destination)
    {
        _destination = destination;
        _writes = true;
    }

    /// <summary>How many bytes it took so far.</summary>
    public int Length { get; private set; }

    public void Byte(byte value)
    {
        if (_writes) _destination[Length] = value;
        Length++;
    }

    public void UInt16(ushort value)
    {
        if (_writes) BinaryPrimitives.WriteUInt16BigEndian(_destination[Length..], value);
        Length += sizeof(ushort);
    }

    public void UInt32(uint value)
    {
        if (_writes) BinaryPrimitives.WriteUInt32BigEndian(_destination[Length..], value);
        Length += sizeof(uint);
    }

    /// <exception cref="ArgumentOutOfRangeException">The value does not fit 28 bits.</exception>
    public void VariableByteInteger(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (uint)Codec.VariableByteInteger.Max);
        if (_writes) Codec.VariableByteInteger.Write(_destination[Length..], value);
        Length += Codec.VariableByteInteger.SizeOf(value);
    }

    /// <exception cref="ArgumentException">There are more than 65,535 bytes.</exception>
    public void Binary(ReadOnlySpan<byte> value)
    {
        if (value.Length > ushort.MaxValue) throw new ArgumentException("A field has at most 65,535 bytes.", nameof(value));
        UInt16((ushort)value.Length);
        Raw(value);
    }

    /// <exception cref="ArgumentException">The text is too long, or holds U+0000 or a lone surrogate.</exception>
    public void Text(string value)
    {
        var length = Utf8.GetByteCount(value);
        if (length > ushort.MaxValue) throw new ArgumentException("A string has at most 65,535 bytes.", nameof(value));
        if (value.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A string never holds U+0000 [MQTT-1.5.4-2].", nameof(value));
        UInt16((ushort)length);
        if (_writes) Utf8.GetBytes(value, _destination[Length..]);
        Length += length;
    }

    /// <summary>Bytes without a length of their own.</summary>
    public void Raw(ReadOnlySpan<byte> value)
    {
        if (_writes) value.CopyTo(_destination[Length..]);
        Length += value.Length;
    }

    public void Optional(PropertyId id, bool? value)
    {
        if (value is not { } present) return;
        Byte((byte)id);
        Byte(present ? (byte)1 : (byte)0);
    }

    public void Optional(PropertyId id, ushort? value)
    {
        if (value is not { } present) return;
        Byte((byte)id);
        UInt16(present);
    }

    public void Optional(PropertyId id, uint? value)
    {
        if (value is not { } present) return;
        Byte((byte)id);
        UInt32(present);
    }

    public void Optional(PropertyId id, string? value)
    {
        if (value is null) return;
        Byte((byte)id);
        Text(value);
    }

    public void Optional(PropertyId id, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } present) return;
        Byte((byte)id);
        Binary(present.Span);
    }

    public void SubscriptionIdentifier(uint value)
    {
        Byte((byte)PropertyId.SubscriptionIdentifier);
        VariableByteInteger(value);
    }

    public void UserProperties(IReadOnlyList<UserProperty> properties)
    {
        for (var index = 0; index < properties.Count; index++)
        {
            Byte((byte)PropertyId.UserProperty);
            Text(properties[index].Name);
            Text(properties[index].Value);
        }
    }
}
