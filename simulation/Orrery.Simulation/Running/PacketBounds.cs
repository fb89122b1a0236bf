using Orrery.Mqtt;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Running;

/// <summary>Where packets begin in a stream that is about to be sent, and which types they are.</summary>
internal sealed class PacketBounds
{
    private ByteQueue _begun;              // sent bytes of a packet whose rest was not sent
    private long _sentPackets;
    private long _judged = -1;                              // the last packet that was asked about

    /// <summary>How many bytes go before the first packet that is to be held.</summary>
    /// <param name="bytes">What follows everything that was sent.</param>
    /// <param name="holds">Asked once of each packet that begins in the bytes.</param>
    public int BeforeHeld(ReadOnlySpan<byte> bytes, Func<ControlPacketType, bool> holds)
    {
        if (_begun.Count == 0 && bytes.IsEmpty) return 0;
        Span<byte> all = [.. _begun.Memory.Span, .. bytes];
        var position = 0;
        for (var number = _sentPackets; LengthAt(all, position) is var length && position < all.Length; number++)
        {
            if (position >= _begun.Count && number > _judged)
            {
                _judged = number;
                if (holds((ControlPacketType)(all[position] >> 4))) return position - _begun.Count;
            }

            if (length is null) break;
            position += length.Value;
        }

        return bytes.Length;
    }

    /// <summary>Bytes were sent.</summary>
    public void OnSent(ReadOnlySpan<byte> bytes)
    {
        _begun.Append(bytes);
        while (_begun.Count > 0 && LengthAt(_begun.Memory.Span, 0) is { } length && length <= _begun.Count)
        {
            _begun.Discard(length);
            _sentPackets++;
        }
    }

    /// <summary>The length of the packet that begins at a position; null if the bytes do not say.</summary>
    private static int? LengthAt(ReadOnlySpan<byte> bytes, int position)
    {
        var length = 0;
        for (var i = 0; i < 4 && position + 1 + i < bytes.Length; i++)
        {
            var encoded = bytes[position + 1 + i];
            length |= (encoded & 0x7F) << (7 * i);
            if ((encoded & 0x80) == 0) return 2 + i + length;
        }

        return null;
    }
}
