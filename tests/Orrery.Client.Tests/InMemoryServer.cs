using System.IO.Pipelines;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.Client.Tests;

/// <summary>A server's end of a stream in memory: a test reads the client's packets from it and writes its own.</summary>
internal sealed class InMemoryServer
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly PacketReader _reader = new(new PacketReaderOptions { Sender = PeerRole.Client });

    public InMemoryServer() => ClientStream = new DuplexStream(_toClient.Reader.AsStream(), _toServer.Writer.AsStream());

    public Stream ClientStream { get; }

    public static async Task<(MqttClient Client, InMemoryServer Server)> ConnectedAsync(ClientOptions? options = null)
    {
        var (client, server) = (new MqttClient(options ?? new ClientOptions { ClientId = "c" }), new InMemoryServer());
        var connecting = client.ConnectAsync(server.ClientStream);
        Assert.IsType<ConnectPacket>(await server.ReadAsync());
        await server.WriteAsync(new ConnAckPacket());
        await connecting;
        return (client, server);
    }

    /// <summary>The client's next packet; null once the client has closed.</summary>
    public async Task<Packet?> ReadAsync()
    {
        while (true)
        {
            var result = await _toServer.Reader.ReadAsync();
            var input = result.Buffer;
            var status = _reader.TryRead(ref input, out var packet, out _);
            _toServer.Reader.AdvanceTo(input.Start, status == DecodeStatus.Complete ? input.Start : result.Buffer.End);
            if (status == DecodeStatus.Complete) return packet;
            Assert.Equal(DecodeStatus.NeedMoreBytes, status);
            if (result.IsCompleted) return null;
        }
    }

    public async Task WriteAsync(params Packet[] packets)
    {
        foreach (var packet in packets) PacketWriter.Write(_toClient.Writer, packet, MqttVersion.V5);
        await _toClient.Writer.FlushAsync();
    }

    public async Task CloseAsync() => await _toClient.Writer.CompleteAsync();

    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            input.Dispose();
            output.Dispose();
            base.Dispose(disposing);
        }
    }
}
