using System.Buffers;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Flows;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

/// <summary>An MQTT client without a socket, a clock or a thread: bytes, calls and time go in, bytes and events come out.</summary>
/// <remarks>
/// It lives as long as the session. For each connection the owner calls <see cref="Open"/>, then <see cref="Receive"/>
/// with what arrives, <see cref="Tick"/> at <see cref="NextDeadline"/>, and <see cref="CloseTransport"/> when the
/// transport is gone; after any call it sends the output and takes the events. The same calls at the same times give
/// the same bytes and events. Time is monotonic, from any origin, and never goes back. One thread at a time.
/// </remarks>
public sealed partial class ClientCore
{
    private const int BatchBytesMax = 64 * 1024;            // the reader copies at most this much ahead of its handling

    private readonly ClientOptions _options;
    private readonly OutboundFlow<Delivery> _outbound = new();
    private readonly InboundFlow _inbound = new();
    private readonly Queue<ClientEvent> _events = new();
    private IBufferWriter<byte>? _output;
    private PacketReader? _reader;
    private bool _cleanStart;
    private bool _hasSession;                               // a server may hold state of ours since an earlier connection
    private long _lastToken;

    /// <summary>Makes a client that is not connected.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1.</exception>
    public ClientCore(ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.ReceiveMaximum);
        ArgumentOutOfRangeException.ThrowIfZero(options.InFlightMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueuedMessagesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ConnectTimeout, TimeSpan.Zero);
        _options = options;
        ClientId = options.ClientId;
    }

    /// <summary>Where the client stands.</summary>
    public ClientState State { get; private set; }

    /// <summary>The client identifier in use: the server's choice after CONNACK, if it made one.</summary>
    public string ClientId { get; private set; }

    /// <summary>The limits of the present connection; null before CONNACK.</summary>
    public ConnAckPacket? ConnAck { get; private set; }

    /// <summary>How many messages are in flight or wait for it.</summary>
    public int UnfinishedCount => _outbound.InFlightCount + QueuedCount;

    /// <summary>The transport is connected: sends CONNECT.</summary>
    /// <param name="output">Takes the bytes of this connection, until it is over.</param>
    /// <param name="now">The time.</param>
    /// <param name="cleanStart">
    /// Whether to start a new session; null means as the options say, but never to discard a session that was made to
    /// outlive its connection.
    /// </param>
    /// <exception cref="InvalidOperationException">A connection is open.</exception>
    public void Open(IBufferWriter<byte> output, TimeSpan now, bool? cleanStart = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (State != ClientState.Disconnected) throw new InvalidOperationException("A connection is open.");

        _cleanStart = cleanStart ?? (_options.CleanStart && !(_hasSession && SessionOutlivesConnection));
        _output = output;
        _reader = new PacketReader(new PacketReaderOptions
        {
            Sender = PeerRole.Server,
            Version = _options.Version,
            MaximumPacketSize = _options.MaximumPacketSize ?? PacketReader.PacketSizeMax,
            TopicAliasMaximum = _options.TopicAliasMaximum,
            TopicLevelsMax = ushort.MaxValue + 1,           // the server was asked for these topics: no limit of our own
        });
        ConnAck = null;
        State = ClientState.AwaitingConnAck;
        StartTimers(now);
        Send(_options.ToConnect(_cleanStart) with { ClientId = ClientId }, now);
    }

    /// <summary>Takes the next event.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryNextEvent(out ClientEvent? next) => _events.TryDequeue(out next);

    /// <summary>Says DISCONNECT and ends the connection. Without one, does nothing.</summary>
    /// <param name="reasonCode">Success, or DisconnectWithWillMessage for a will that is to be published. MQTT 3 has no code.</param>
    /// <param name="now">The time.</param>
    /// <param name="sessionExpiryIntervalSeconds">A new lifetime for the session; null keeps the one of CONNECT. MQTT 5 only.</param>
    public void Disconnect(ReasonCode reasonCode, TimeSpan now, uint? sessionExpiryIntervalSeconds = null) =>
        Disconnect(new DisconnectPacket { ReasonCode = reasonCode, SessionExpiryIntervalSeconds = sessionExpiryIntervalSeconds }, now);

    /// <summary>Says DISCONNECT in words of the caller's and ends the connection. Without one, does nothing.</summary>
    /// <param name="packet">What to say. MQTT 3 says no more than that it leaves.</param>
    /// <param name="now">The time.</param>
    public void Disconnect(DisconnectPacket packet, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (State == ClientState.Connected) Send(packet, now);
        if (State != ClientState.Disconnected) End(DisconnectCause.ByClient, packet.ReasonCode, "the client disconnected");
    }

    /// <summary>The transport closed or failed. Without a connection, does nothing.</summary>
    /// <param name="detail">One clause for people.</param>
    public void CloseTransport(string detail)
    {
        if (State != ClientState.Disconnected) End(DisconnectCause.TransportLost, null, detail);
    }

    private bool SessionOutlivesConnection =>
        _options.Version == MqttVersion.V5 ? _options.SessionExpiryIntervalSeconds > 0 : !_options.CleanStart;

    private void Send(Packet packet, TimeSpan now)
    {
        PacketWriter.Write(_output!, packet, _options.Version);
        _lastSent = now;
    }

    private void End(DisconnectCause cause, ReasonCode? reasonCode, string detail)
    {
        State = ClientState.Disconnected;
        _output = null;
        _reader = null;
        _outbound.Close();
        StopTimers();
        _events.Enqueue(new ClientEvent.Disconnected(cause, reasonCode, detail));
        AbandonRequests();
    }

    /// <summary>Ends the connection over a rule that the server broke; MQTT 5 says which [MQTT-4.13.1-1].</summary>
    private void Fail(ProtocolViolation violation, TimeSpan now)
    {
        if (_options.Version == MqttVersion.V5 && State == ClientState.Connected)
        {
            Send(new DisconnectPacket { ReasonCode = violation.ReasonCode }, now);
        }
        End(DisconnectCause.ProtocolViolation, violation.ReasonCode, $"{violation.Detail} ({violation.Statement})");
    }

    /// <summary>One message to publish, from the call until nothing more will be heard of it.</summary>
    private sealed record Delivery(long Token, ApplicationMessage Message, ushort TopicAlias);
}
