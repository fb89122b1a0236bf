using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Running;

/// <summary>The packets in what one place of a connection sees pass in one direction.</summary>
internal sealed class PacketStream(bool isToBroker)
{
    private ByteQueue _bytes;
    private PacketReader? _reader;
    private int _count;
    private bool _isReported;

    /// <summary>What is wrong with the bytes; null while nothing is. Nothing behind it is read.</summary>
    public string? Violation { get; private set; }

    /// <summary>A copy of the bytes that are no whole packet.</summary>
    public ReadOnlyMemory<byte> Rest => _bytes.Memory.ToArray();

    /// <summary>The version as these bytes show it: of a CONNECT, or of one that asks for a version there is not.</summary>
    public MqttVersion? Version => _reader?.Version ?? _reader?.RequestedProtocolLevel switch
    {
        { } level when Enum.IsDefined((MqttVersion)level) => (MqttVersion)level,
        > (byte)MqttVersion.V5 => MqttVersion.V5,
        { } => MqttVersion.V311,
        null => null,
    };

    /// <summary>Adds what passed.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Violation is null) _bytes.Append(bytes);
    }

    /// <summary>Whether nobody has told of the violation yet.</summary>
    public bool TryReport() => !_isReported && (_isReported = true);

    /// <summary>Takes the next whole packet.</summary>
    /// <param name="version">The connection's version, where the bytes do not say it.</param>
    /// <returns>Null if there is none.</returns>
    public WirePacket? Next(MqttVersion? version)
    {
        if (Violation is not null || _bytes.Count == 0) return null;
        _reader ??= new PacketReader(new PacketReaderOptions
        {
            Sender = isToBroker ? PeerRole.Client : PeerRole.Server,
            Version = isToBroker ? null : version ?? MqttVersion.V5,
            TopicAliasMaximum = ushort.MaxValue,
            TopicLevelsMax = ushort.MaxValue + 1,
            ItemsPerPacketMax = int.MaxValue,
        });
        var input = _bytes.Sequence;
        var status = _reader.TryRead(ref input, out var packet, out var violation);
        if (status == DecodeStatus.Malformed)
        {
            Violation = violation!.Detail;
            return null;
        }

        if (status != DecodeStatus.Complete) return null;
        var length = _bytes.Count - (int)input.Length;
        var wire = new WirePacket(isToBroker, _count++, _reader.Version ?? MqttVersion.V5, packet!, _bytes.Memory[..length].ToArray());
        _bytes.Discard(length);
        return wire;
    }
}
