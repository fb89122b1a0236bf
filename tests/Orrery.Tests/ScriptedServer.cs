using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Tests;

/// <summary>A server on a free port of the loopback that takes one connection, keeps what it says, and answers by a script.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Packet, IEnumerable<Packet>> _answer;
    private readonly Task _serving;

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">The answers to a packet. None to a packet of a protocol's own is given by itself.</param>
    public ScriptedServer(Func<Packet, IEnumerable<Packet>>? answer = null)
    {
        _answer = answer ?? Accept;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Port => $"{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The packets of the client, complete once it has closed.</summary>
    public List<Packet> Received { get; } = [];

    public T Single<T>() => Assert.Single(Received.OfType<T>());

    /// <summary>What a server says that accepts everything.</summary>
    public static IEnumerable<Packet> Accept(Packet packet) => packet switch
    {
        ConnectPacket => [new ConnAckPacket()],
        PublishPacket { Message.QoS: QoS.AtLeastOnce } publish => [new PubAckPacket { PacketIdentifier = publish.PacketIdentifier }],
        PublishPacket { Message.QoS: QoS.ExactlyOnce } publish => [new PubRecPacket { PacketIdentifier = publish.PacketIdentifier }],
        PubRelPacket release => [new PubCompPacket { PacketIdentifier = release.PacketIdentifier }],
        SubscribePacket subscribe =>
            [new SubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [.. subscribe.Subscriptions.Select(wanted => (ReasonCode)wanted.MaximumQoS)] }],
        UnsubscribePacket unsubscribe =>
            [new UnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = [.. unsubscribe.Filters.Select(_ => ReasonCode.Success)] }],
        _ => [],
    };

    public Task ClosedByClientAsync() => _serving;

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var input = PipeReader.Create(stream);
        var reader = new PacketReader(new PacketReaderOptions { Sender = PeerRole.Client, TopicAliasMaximum = 9 });
        while (true)
        {
            var result = await input.ReadAsync();
            var bytes = result.Buffer;
            while (reader.TryRead(ref bytes, out var packet, out _) == DecodeStatus.Complete)
            {
                Received.Add(packet!);
                var output = new ArrayBufferWriter<byte>();
                foreach (var answer in _answer(packet!)) PacketWriter.Write(output, answer, reader.Version!.Value);
                await stream.WriteAsync(output.WrittenMemory);
            }
            if (result.IsCompleted) return;
            input.AdvanceTo(bytes.Start, bytes.End);
        }
    }
}
