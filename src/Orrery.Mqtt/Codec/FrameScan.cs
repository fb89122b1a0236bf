using System.Buffers;

namespace Orrery.Mqtt.Codec;

/// <summary>Finds how many whole packets the input starts with, by their fixed headers alone.</summary>
internal readonly struct FrameScan
{
    private const int HeaderBytesMax = 5;

    private FrameScan(int count, long bytes, Rule? failure)
    {
        Count = count;
        Bytes = (int)bytes;
        Failure = failure;
    }

    /// <summary>How many packets are whole and fit.</summary>
    public int Count { get; }

    /// <summary>How many bytes they take.</summary>
    public int Bytes { get; }

    /// <summary>The rule that the header behind them breaks; null if it is fine, cut, or not looked at.</summary>
    public Rule? Failure { get; }

    /// <summary>Scans from the start of the input.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="options">Who sends, and the largest packet.</param>
    /// <param name="version">The version of the connection; null before CONNECT.</param>
    /// <param name="bytesMax">Where to stop; the first packet may be larger.</param>
    /// <param name="countMax">After how many packets to stop.</param>
    public static FrameScan Of(
        in ReadOnlySequence<byte> input, PacketReaderOptions options, MqttVersion? version, int bytesMax, int countMax) =>
        input.IsSingleSegment
            ? OfSpan(input.FirstSpan, options, version, bytesMax, countMax)
            : OfSegments(input, options, version, bytesMax, countMax);

    private static FrameScan OfSpan(
        ReadOnlySpan<byte> bytes, PacketReaderOptions options, MqttVersion? version, int bytesMax, int countMax)
    {
        var position = 0;
        var count = 0;
        while (count < countMax)
        {
            var status = ReadHeader(bytes[position..], options, version, out var length, out var failure);
            if (status == DecodeStatus.Malformed) return new FrameScan(count, position, failure);
            if (status == DecodeStatus.NeedMoreBytes || length > bytes.Length - position) break;
            if (count > 0 && position + length > bytesMax) break;
            position += (int)length;
            count++;
            if (version is null) break;                     // what follows CONNECT is read by its version
        }
        return new FrameScan(count, position, null);
    }

    private static FrameScan OfSegments(
        in ReadOnlySequence<byte> input, PacketReaderOptions options, MqttVersion? version, int bytesMax, int countMax)
    {
        Span<byte> copy = stackalloc byte[HeaderBytesMax];
        var reader = new SequenceReader<byte>(input);
        var count = 0;
        while (count < countMax)
        {
            scoped var header = reader.UnreadSpan;
            if (header.Length < HeaderBytesMax)
            {
                var available = (int)Math.Min(HeaderBytesMax, reader.Remaining);
                input.Slice(reader.Position, available).CopyTo(copy);
                header = copy[..available];
            }
            var status = ReadHeader(header, options, version, out var length, out var failure);
            if (status == DecodeStatus.Malformed) return new FrameScan(count, reader.Consumed, failure);
            if (status == DecodeStatus.NeedMoreBytes || length > reader.Remaining) break;
            if (count > 0 && reader.Consumed + length > bytesMax) break;
            reader.Advance(length);
            count++;
            if (version is null) break;                     // what follows CONNECT is read by its version
        }
        return new FrameScan(count, reader.Consumed, null);
    }

    /// <summary>Judges a header. The first byte is judged even if the length has not arrived.</summary>
    private static DecodeStatus ReadHeader(
        ReadOnlySpan<byte> bytes, PacketReaderOptions options, MqttVersion? version, out long packetLength, out Rule? failure)
    {
        packetLength = 0;
        failure = null;
        if (bytes.IsEmpty) return DecodeStatus.NeedMoreBytes;

        failure = FixedHeader.Judge(bytes[0], options.Sender, version);
        if (failure is not null) return DecodeStatus.Malformed;
        var status = VariableByteInteger.TryRead(bytes[1..], out var remainingLength, out var lengthBytes);
        if (status == DecodeStatus.Malformed) failure = Rules.Length;
        if (status != DecodeStatus.Complete) return status;

        packetLength = 1L + lengthBytes + remainingLength;
        if (packetLength <= options.MaximumPacketSize) return DecodeStatus.Complete;
        failure = Rules.PacketTooLarge;
        return DecodeStatus.Malformed;
    }
}
