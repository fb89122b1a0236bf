using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Clients;

/// <summary>A client under a script's control: sends any packet or bytes, answers nothing, keeps what it gets (C5).</summary>
internal sealed class RawClient(SimulationKernel kernel, Link link, MqttVersion version = MqttVersion.V5) : IStreamOwner
{
    private ByteQueue _unsent;
    private ByteQueue _unread;
    private readonly PacketReader _reader = new(new PacketReaderOptions
    {
        Sender = PeerRole.Server,
        Version = version,
        MaximumPacketSize = PacketReader.PacketSizeMax,
        TopicAliasMaximum = ushort.MaxValue,
    });

    /// <summary>The end of its connection; null before <see cref="Open"/>.</summary>
    public StreamEnd? End { get; private set; }

    /// <summary>Whether the connection was accepted.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether it takes what arrives (C2). Set before bytes arrive.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>Whether what arrives is taken for packets. Default: true.</summary>
    public bool Decodes { get; init; } = true;

    /// <summary>Whether the server has ended its direction.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Why the connection was lost; null if it was not.</summary>
    public string? Loss { get; private set; }

    /// <summary>When the connection ended, in an orderly way or not; null while it has not.</summary>
    public long? EndedNanoseconds { get; private set; }

    /// <summary>What arrived, and when.</summary>
    public List<(long Nanoseconds, Packet Packet)> Received { get; } = [];

    /// <summary>Every byte that arrived.</summary>
    public List<byte> ReceivedBytes { get; } = [];

    /// <summary>Asks for a connection. What is sent before it is there waits for it.</summary>
    public RawClient Open()
    {
        End = link.Connect(this);
        return this;
    }

    /// <summary>Sends packets.</summary>
    public void Send(params Packet[] packets)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var packet in packets)
        {
            PacketWriter.Write(bytes, packet, version);
        }

        SendBytes(bytes.WrittenSpan);
    }

    /// <summary>Sends bytes as they are.</summary>
    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        _unsent.Append(bytes);
        if (IsConnected) Push();
    }

    /// <summary>Takes what waits in the system's buffer.</summary>
    public void Read()
    {
        ReceivedBytes.AddRange(End!.Unread.FirstSpan);
        if (Decodes) _unread.Append(End.Unread.FirstSpan);
        End.Consume((int)End.Unread.Length);
        var input = _unread.Sequence;
        while (_reader.TryRead(ref input, out var packet, out var violation) is var status && status != DecodeStatus.NeedMoreBytes)
        {
            if (status == DecodeStatus.Malformed) throw new InvalidOperationException($"The server sent bytes that can't be read: {violation}");
            Received.Add((kernel.NowNanoseconds, packet!));
        }

        _unread.Discard(_unread.Count - (int)input.Length);
    }

    /// <inheritdoc/>
    void IStreamOwner.OnConnected()
    {
        IsConnected = true;
        Push();
    }

    /// <inheritdoc/>
    void IStreamOwner.OnReadable()
    {
        if (IsReading) Read();
        if (!End!.PeerHasFinished || IsFinished) return;
        IsFinished = true;
        EndedNanoseconds = kernel.NowNanoseconds;
    }

    /// <inheritdoc/>
    void IStreamOwner.OnWritable() => Push();

    /// <inheritdoc/>
    void IStreamOwner.OnLost(string reason)
    {
        Loss = reason;
        EndedNanoseconds ??= kernel.NowNanoseconds;
    }

    private void Push() => _unsent.Discard(End!.Send(_unsent.Span));
}
