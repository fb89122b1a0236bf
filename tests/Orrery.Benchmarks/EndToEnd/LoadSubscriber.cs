using System.Buffers.Binary;
using System.Net;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>Counts deliveries and checks that each publisher's messages come whole, once and in order.</summary>
internal sealed class LoadSubscriber : LoadConnection
{
    private const ushort SubscribeIdentifier = 1;

    private readonly int _qos;
    private readonly int _payloadBytes;
    private readonly int _topicBytes;
    private readonly long[] _deliveredOf;
    private readonly long[] _expected;
    private byte[] _acknowledgements = new byte[4096];
    private int _acknowledgementsCount;

    // deliveredOf counts per publisher, and all subscribers of the one generator thread share it.
    public LoadSubscriber(IPEndPoint broker, Workload workload, int index, long[] deliveredOf)
        : base(broker, $"bench-s{index}", cleanSession: !workload.IsPersistent)
    {
        _qos = workload.QoS;
        _payloadBytes = workload.PayloadBytes;
        _deliveredOf = deliveredOf;
        _expected = new long[deliveredOf.Length];
        var topic = workload.TopicOf(index);
        _topicBytes = topic.Length;

        // What waits for a session comes right behind CONNACK: its subscription is there already.
        if (!IsSessionPresent)
        {
            Socket.Send(EncodeSubscribe(SubscribeIdentifier, topic, _qos));
            Expect(0x90, 5);
        }

        Socket.Blocking = false;
    }

    public long Delivered { get; private set; }

    public override void Write()
    {
        if (_acknowledgementsCount == 0) return;
        var sent = SendSome(_acknowledgements.AsSpan(0, _acknowledgementsCount));
        _acknowledgements.AsSpan(sent, _acknowledgementsCount - sent).CopyTo(_acknowledgements);
        _acknowledgementsCount -= sent;
    }

    protected override void OnPacket(byte header, ReadOnlySpan<byte> body)
    {
        var payloadOffset = 2 + _topicBytes + (_qos > 0 ? 2 : 0);
        if (header != (0x30 | (_qos << 1)) || body.Length != payloadOffset + _payloadBytes || ReadUInt16(body) != _topicBytes)
        {
            Fault ??= $"expected a PUBLISH, got {header:X2} {Convert.ToHexString(body[..Math.Min(32, body.Length)])}";
            return;
        }

        var publisher = BinaryPrimitives.ReadInt32LittleEndian(body[payloadOffset..]);
        var number = BinaryPrimitives.ReadInt64LittleEndian(body[(payloadOffset + 4)..]);
        if ((uint)publisher >= (uint)_expected.Length || number != _expected[publisher])
        {
            Fault ??= $"message {number} of publisher {publisher} came where "
                + $"{((uint)publisher < (uint)_expected.Length ? _expected[publisher] : -1)} was due";
            return;
        }

        _expected[publisher] = number + 1;
        _deliveredOf[publisher]++;
        Delivered++;
        if (_qos > 0) Acknowledge(body.Slice(2 + _topicBytes, 2));
    }

    protected override void AfterRead()
    {
        if (!IsBlocked) Write();
    }

    private void Acknowledge(ReadOnlySpan<byte> identifier)
    {
        if (_acknowledgementsCount + 4 > _acknowledgements.Length)
        {
            Array.Resize(ref _acknowledgements, _acknowledgements.Length * 2);
        }

        var packet = _acknowledgements.AsSpan(_acknowledgementsCount, 4);
        packet[0] = 0x40;
        packet[1] = 2;
        identifier.CopyTo(packet[2..]);
        _acknowledgementsCount += 4;
    }
}
