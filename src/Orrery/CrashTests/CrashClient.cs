using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>A client that writes down all that it sends and receives, and keeps its session's state from connection to connection.</summary>
/// <remarks>Each connection is read by a thread of its own; whoever drives the client calls from another one.</remarks>
internal sealed partial class CrashClient : IDisposable
{
    private const int BatchBytesMax = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly CrashHistory _history;
    private readonly ArrayBufferWriter<byte> _output = new();
    private Conduct _conduct = Conduct.Good;
    private Socket? _socket;
    private Thread? _reading;
    private volatile bool _isConnected;
    private volatile bool _isOver = true;

    public CrashClient(CrashClientOptions options, CrashHistory history) => (Options, _history) = (options, history);

    public CrashClientOptions Options { get; }

    /// <summary>The count of its connections.</summary>
    public int Connection { get; private set; }

    /// <summary>From CONNACK to the end of the connection.</summary>
    public bool IsConnected => _isConnected && !_isOver;

    /// <summary>True while there is no connection.</summary>
    public bool IsOver => _isOver;

    /// <summary>Connects, and says CONNECT; CONNACK comes later.</summary>
    /// <returns>False if nobody listens.</returns>
    public bool Connect(int port, Conduct conduct, Func<int, Will>? will = null)
    {
        WaitUntilOver(TimeSpan.FromSeconds(5));
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        lock (_lock)
        {
            Connection++;
            (_socket, _conduct, _isConnected, _isOver) = (socket, conduct, false, false);
            BeginConnection();
            Send(Options.ToConnect(will?.Invoke(Connection)));
            Flush();
            _reading = new Thread(() => Read(socket)) { IsBackground = true, Name = Options.Name };
            _reading.Start();
        }

        return true;
    }

    /// <summary>Says good-bye, and lets the broker close the connection.</summary>
    public void Disconnect(ReasonCode code)
    {
        lock (_lock)
        {
            if (!IsConnected) return;
            Send(new DisconnectPacket { ReasonCode = code });
            _isConnected = false;                       // nothing may follow
            Flush();
        }
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            if (_isOver) return;
            _history.Add(CrashEventKind.Aborting, Options.Name, Connection);
            _isConnected = false;
            _socket!.LingerState = new LingerOption(enable: true, seconds: 0);
            _socket.Close();
        }
    }

    /// <summary>Waits until the connection is over and all that came on it was read.</summary>
    public bool WaitUntilOver(TimeSpan limit) => _reading is not { } reading || reading.Join(limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        _reading?.Join();
    }

    private void Read(Socket socket)
    {
        var reader = new PacketReader(new PacketReaderOptions { Sender = PeerRole.Server, Version = Options.Version });
        var buffer = new byte[BatchBytesMax];
        var kept = 0;
        try
        {
            while (true)
            {
                if (_conduct.ReadDelay > TimeSpan.Zero) Thread.Sleep(_conduct.ReadDelay);
                if (kept == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var count = socket.Receive(buffer.AsSpan(kept));
                if (count == 0) break;
                var input = new ReadOnlySequence<byte>(buffer, 0, kept + count);
                var broken = Handle(reader, ref input);
                kept = (int)input.Length;
                input.CopyTo(buffer);
                if (broken) break;
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The end of a connection, as any other.
        }

        lock (_lock)
        {
            _isOver = true;
            _history.Add(CrashEventKind.Closed, Options.Name, Connection);
        }

        socket.Dispose();
    }

    private bool Handle(PacketReader reader, ref ReadOnlySequence<byte> input)
    {
        while (true)
        {
            var status = reader.TryReadBatch(ref input, BatchBytesMax, out var batch);
            lock (_lock)
            {
                foreach (var packet in batch.Packets) Handle(packet);
                Flush();
            }

            if (status != DecodeStatus.Complete) return status == DecodeStatus.Malformed;
        }
    }

    /// <summary>Writes down that a packet is sent, and puts it to what <see cref="Flush"/> writes.</summary>
    private void Send(Packet packet, MessageTag? message = null)
    {
        _history.Add(CrashEventKind.Sent, Options.Name, Connection, packet, message);
        PacketWriter.Write(_output, packet, Options.Version);
    }

    private void Flush()
    {
        if (_output.WrittenCount == 0) return;
        try
        {
            _socket!.Send(_output.WrittenSpan);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The reading thread sees the end too.
        }

        _output.ResetWrittenCount();
    }
}
