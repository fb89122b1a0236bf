using System.Buffers;

namespace Orrery.Simulation.Reports;

/// <summary>One connection as segments of TCP that a capture at both ends would have: numbers that follow, SYN, FIN, RST.</summary>
/// <remarks>The simulated network has neither loss nor repetition below the stream, so neither appears here.</remarks>
internal sealed class TcpConversation
{
    private readonly IBufferWriter<byte> _output;
    private readonly End _client;
    private readonly End _broker;

    public TcpConversation(TcpEndPoint client, TcpEndPoint broker, IBufferWriter<byte> output)
    {
        _output = output;
        _client = new End(client);
        _broker = new End(broker);
    }

    /// <summary>True once a RST went either way.</summary>
    public bool IsReset { get; private set; }

    /// <summary>The client's SYN, once.</summary>
    public void Ask(long nanoseconds)
    {
        if (_client.HasSyn) return;
        _client.HasSyn = true;
        Segment(nanoseconds, _client, TcpFlags.Syn);
        _client.Next++;
    }

    /// <summary>The broker's SYN and ACK, once.</summary>
    public void Accept(long nanoseconds)
    {
        Ask(nanoseconds);
        if (_broker.HasSyn || IsReset) return;
        _broker.HasSyn = true;
        _broker.Read = _client.Next;
        Segment(nanoseconds, _broker, TcpFlags.Syn | TcpFlags.Acknowledge);
        _broker.Next++;
    }

    /// <summary>The client's ACK that opens the connection, once.</summary>
    public void Open(long nanoseconds)
    {
        Accept(nanoseconds);
        if (_client.Read == _broker.Next || _client.Read != 0 || IsReset) return;
        _client.Read = _broker.Next;
        Segment(nanoseconds, _client, TcpFlags.Acknowledge);
    }

    /// <summary>Bytes from one end, in as many segments as it takes.</summary>
    /// <returns>The number that acknowledges all of them.</returns>
    public uint Send(long nanoseconds, bool isByClient, ReadOnlySpan<byte> bytes, string? comment)
    {
        var from = isByClient ? _client : _broker;
        if (bytes.IsEmpty) return from.Next;
        Open(nanoseconds);
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, TcpFrame.SegmentMax)];
            bytes = bytes[piece.Length..];
            Segment(nanoseconds, from, TcpFlags.Push | TcpFlags.Acknowledge, piece, comment);
            from.Next += (uint)piece.Length;
        }
        return from.Next;
    }

    /// <summary>An end has read up to a number that <see cref="Send"/> returned, and says so.</summary>
    public void Read(long nanoseconds, bool isByClient, uint next)
    {
        var end = isByClient ? _client : _broker;
        if (end.IsOver || (int)(next - end.Read) <= 0) return;
        end.Read = next;
        Segment(nanoseconds, end, TcpFlags.Acknowledge);
    }

    /// <summary>FIN from one end, once; the second FIN is acknowledged too. Nothing for a connection that was never taken.</summary>
    public void Finish(long nanoseconds, bool isByClient)
    {
        var (from, to) = isByClient ? (_client, _broker) : (_broker, _client);
        if (!_broker.HasSyn || from.IsOver || IsReset) return;
        from.IsOver = true;
        if (to.IsOver) from.Read = to.Next;
        Segment(nanoseconds, from, TcpFlags.Fin | TcpFlags.Acknowledge);
        from.Next++;
        if (!to.IsOver) return;
        to.Read = from.Next;
        Segment(nanoseconds, to, TcpFlags.Acknowledge);
    }

    /// <summary>RST from one end, once for the connection.</summary>
    public void Reset(long nanoseconds, bool isByClient)
    {
        Ask(nanoseconds);
        if (IsReset) return;
        IsReset = true;
        var from = isByClient ? _client : _broker;
        from.IsOver = true;
        if (from.Read == 0) from.Read = isByClient ? 0 : _client.Next;
        Segment(nanoseconds, from, TcpFlags.Reset | TcpFlags.Acknowledge);
    }

    private void Segment(long nanoseconds, End from, TcpFlags flags, ReadOnlySpan<byte> payload = default, string? comment = null)
    {
        var to = ReferenceEquals(from, _client) ? _broker : _client;
        var frame = TcpFrame.Build(from.Address, to.Address, from.Next, from.Read, flags, payload);
        PcapngBlocks.WriteFrame(nanoseconds, frame, comment, _output);
    }

    private sealed class End(TcpEndPoint address)
    {
        public TcpEndPoint Address { get; } = address;

        /// <summary>The number of the next byte it sends.</summary>
        public uint Next { get; set; }

        /// <summary>The number of the next byte it expects; 0 before it knows.</summary>
        public uint Read { get; set; }

        public bool HasSyn { get; set; }

        public bool IsOver { get; set; }
    }
}
