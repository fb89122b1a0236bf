namespace Orrery.Mqtt.Codec;

/// <summary>Seven bits a byte, the lowest first, one to four bytes (MQTT 5 §1.5.5).</summary>
internal static class VariableByteInteger
{
    /// <summary>The largest value: 28 bits.</summary>
    public const int Max = 268_435_455;

    /// <summary>How many bytes the shortest form takes, which is the only valid one [MQTT-1.5.5-1].</summary>
    public static int SizeOf(uint value) => value switch { < 1 << 7 => 1, < 1 << 14 => 2, < 1 << 21 => 3, _ => 4 };

    /// <summary>Reads from the start of the bytes.</summary>
    /// <param name="bytes">May go on behind the integer.</param>
    /// <param name="value">0 to <see cref="Max"/>; 0 unless complete.</param>
    /// <param name="length">How many bytes it took, 1 to 4; 0 unless complete.</param>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> bytes, out int value, out int length)
    {
        value = 0;
        length = 0;
        var sum = 0;
        for (var index = 0; index < 4; index++)
        {
            if (index == bytes.Length) return DecodeStatus.NeedMoreBytes;
            var encoded = bytes[index];
            sum |= (encoded & 0x7F) << (7 * index);
            if (encoded >= 0x80) continue;

            // A last byte of zero means that a shorter form existed [MQTT-1.5.5-1].
            if (encoded == 0 && index > 0) return DecodeStatus.Malformed;
            value = sum;
            length = index + 1;
            return DecodeStatus.Complete;
        }
        return DecodeStatus.Malformed;                      // the fourth byte asks for a fifth
    }

    /// <summary>Writes the shortest form of a value up to <see cref="Max"/>.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, uint value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[length] = (byte)value;
        return length + 1;
    }
}
