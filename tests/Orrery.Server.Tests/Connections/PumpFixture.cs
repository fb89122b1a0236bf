using System.Buffers;
using Orrery.Broker.Connections;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Server.Connections;

namespace Orrery.Server.Tests.Connections;

/// <summary>A pump between a connection without a socket and an actor that records.</summary>
internal sealed class PumpFixture
{
    public static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    public PumpFixture(FakeConnection? connection = null)
    {
        Connection = connection ?? new FakeConnection();
        Pump = new ConnectionPump(Connection, new PacketReader(new PacketReaderOptions()), new CloseLimit(Time, CloseLimit));
        Pump.Start(Actor);
    }

    public FakeConnection Connection { get; }

    public ManualTime Time { get; } = new();

    public RecordingRef Actor { get; } = new();

    public ConnectionPump Pump { get; }

    public IReadOnlyList<PacketBatch> Batches => [.. Actor.Told.OfType<ConnectionProtocol.Received>().Select(m => m.Batch)];

    public IReadOnlyList<Packet> Packets => [.. Batches.SelectMany(batch => batch.Packets.ToArray())];

    public IReadOnlyList<string> PeerClosedReasons => [.. Actor.Told.OfType<ConnectionProtocol.PeerClosed>().Select(m => m.Reason)];

    public int Drained => Actor.Told.OfType<ConnectionProtocol.OutputDrained>().Count();

    /// <summary>Asks for more after each batch, as an actor that keeps up does.</summary>
    public PumpFixture Greedy()
    {
        Actor.OnTold = message =>
        {
            if (message is ConnectionProtocol.Received) Pump.RequestInput();
        };
        Pump.RequestInput();
        return this;
    }

    public void Write(int bytes)
    {
        Pump.Output.Write(new byte[bytes]);
    }
}

/// <summary>Packets as bytes, written out by hand.</summary>
internal static class Bytes
{
    // MQTT 3.1.1, clean session, keep-alive 60 s, client identifier "a".
    public static readonly byte[] Connect = [0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, 1, (byte)'a'];

    public static readonly byte[] PingReq = [0xC0, 0];

    /// <summary>A PUBLISH at QoS 0 to the topic "t".</summary>
    public static byte[] Publish(int payloadBytes)
    {
        var length = new List<byte>();
        for (var rest = payloadBytes + 3; ; rest >>= 7)
        {
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            if (rest <= 0x7F) break;
        }

        return [0x30, .. length, 0, 1, (byte)'t', .. new byte[payloadBytes]];
    }
}
