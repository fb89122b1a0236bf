using Orrery.Actors;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Connections.ConnectionProtocol;

namespace Orrery.Broker.Connections;

/// <summary>Serves one network connection: handshake, keep-alive, limits and codec state. The only writer of its output.</summary>
internal sealed partial class ConnectionActor : UntypedActor, IWithTimers
{
    private readonly BrokerContext _broker;
    private readonly IConnectionTransport _transport;
    private readonly ConnectionInfo _info;
    private ConnectionState _state = ConnectionState.AwaitingConnect;
    private MqttVersion _version = MqttVersion.V311;
    private IActorRef _session = ActorRefs.Nobody;
    private string _clientId = "";
    private bool _sessionBusy;                          // the session works on a batch
    private string? _peerClosed;                        // the peer is gone, and the session has yet to finish its last batch
    private Tally _tally;
    private ProtocolViolation? _violation;              // what followed the packets that the session works on

    public ConnectionActor(BrokerContext broker, IConnectionTransport transport, ConnectionInfo info)
    {
        _broker = broker;
        _transport = transport;
        _info = info;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        ConnectionLog.Opened(_broker.Logger, _info.RemoteEndPoint, _info.Listener);
        Timers.StartSingleTimer(ConnectTimer, ConnectTimeoutElapsed.Instance, TimeSpan.FromSeconds(_broker.Options.ConnectTimeoutSeconds));
        _transport.Start(Self);
        _transport.RequestInput();
    }

    protected override void PostStop()
    {
        if (_state != ConnectionState.Closed)
        {
            _transport.Abort();                         // stopped from outside, or failed
            CountEnd();
        }

        _tally.Report(_broker.Statistics, Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Received received:
                OnReceived(received.Batch);
                break;
            case TransmitRuns runs:
                OnTransmit(runs);
                break;
            case Transmit transmit:
                OnTransmit(transmit);
                break;
            case FlushOutput:
                OnFlush();
                break;
            case InboundHandled:
                OnInboundHandled();
                break;
            case OutputDrained:
                OnOutputDrained();
                break;
            case Attached attached:
                OnAttached(attached);
                break;
            case Refused refused:
                Refuse(refused.ReasonCode, refused.Reason);
                break;
            case Disconnect disconnect:
                Close(disconnect.ReasonCode, disconnect.Reason);
                break;
            case PeerClosed closed:
                OnPeerClosed(closed.Reason);
                break;
            case Terminated:
                Close(ReasonCode.UnspecifiedError, "the session failed");
                break;
            case KeepAliveElapsed:
                OnKeepAliveElapsed();
                break;
            case StatisticsActor.Collect:
                _tally.Report(_broker.Statistics, Self);
                break;
            case ConnectTimeoutElapsed:
                Count(Counter.ConnectTimeouts);
                Close(null, "no CONNECT in time");
                break;
            default:
                Unhandled(message);
                break;
        }

        _tally.Announce(_broker.Statistics, Self);
    }

    private void OnReceived(PacketBatch batch)
    {
        if (batch.Count > 0)
        {
            _lastPacketAt = Now;                        // whole packets only [MQTT-3.1.2-22]
        }

        _tally.Add(Counter.BytesReceived, batch.Bytes);
        var forSession = false;
        var hasLeft = false;                            // nothing counts behind DISCONNECT [MQTT-3.14.4-1]
        var count = 0;
        foreach (var packet in batch.Packets)
        {
            var type = packet.Type;
            _tally.AddReceived(type);
            if (packet is PublishPacket publish)
            {
                _tally.Add(Counter.PublishBytesReceived, publish.Message.Payload.Length);
            }

            switch (hasLeft ? Verdict.ToSession : ConnectionRules.Judge(_state, type))
            {
                case Verdict.Open:
                    OnConnect((ConnectPacket)packet);
                    return;                             // CONNECT ends its batch
                case Verdict.ReplyPingResp:
                    Write(PingRespPacket.Instance);
                    break;
                case Verdict.ToSession:
                    forSession = true;
                    hasLeft |= type == ControlPacketType.Disconnect;
                    break;
                case Verdict.CloseQuietly:
                    Count(Counter.ProtocolViolations);
                    Close(null, $"{type} before CONNECT");
                    return;
                case Verdict.CloseProtocolError:
                    Hand(batch, count, forSession, new ProtocolViolation(
                        ReasonCode.ProtocolError, "MQTT-3.1.0-2", $"{type} is not allowed here"));
                    return;
                case Verdict.Ignore:
                    return;
                default:
                    throw new InvariantViolationException("no such verdict");
            }

            count++;
        }

        _requestedLevel = batch.RequestedProtocolLevel;
        Hand(batch, count, forSession, hasLeft ? null : batch.Violation);
    }

    /// <summary>Gives the session its packets; what comes after them waits for its answer.</summary>
    private void Hand(PacketBatch batch, int count, bool forSession, ProtocolViolation? violation)
    {
        _violation = violation;
        if (forSession)
        {
            _sessionBusy = true;
            _session.Tell(new SessionProtocol.Inbound(batch, count), Self);
        }
        else
        {
            OnInboundHandled();
        }
    }

    private void OnInboundHandled()
    {
        _sessionBusy = false;
        if (_state == ConnectionState.Closed)
        {
            return;
        }

        if (_violation is { } violation)
        {
            Violated(violation);
        }
        else if (_peerClosed is { } reason)
        {
            Lost(reason);
        }
        else
        {
            RequestInput();
        }
    }

    private void Violated(ProtocolViolation violation)
    {
        Count(Counter.ProtocolViolations);
        if (_state == ConnectionState.AwaitingConnect)
        {
            RefuseMalformed(violation);
            return;
        }

        Close(violation.ReasonCode, $"{violation.Detail} [{violation.Statement}]"); // [MQTT-4.13.1-1]
    }

    private void OnPeerClosed(string reason)
    {
        if (_sessionBusy)
        {
            _peerClosed = reason;                       // a DISCONNECT may be among the packets that the session works on
            _transport.Abort();
            return;
        }

        Lost(reason);
    }

    /// <summary>The network or the peer ended the connection, without a DISCONNECT.</summary>
    private void Lost(string reason)
    {
        if (_state == ConnectionState.Connected)
        {
            Count(Counter.ConnectionsLost);
        }

        Close(null, reason);
    }

    /// <summary>Says why, where the version can, and ends this connection.</summary>
    /// <param name="reasonCode">For DISCONNECT; null sends none.</param>
    /// <param name="reason">In words.</param>
    private void Close(ReasonCode? reasonCode, string reason)
    {
        if (_state == ConnectionState.Closed)
        {
            return;
        }

        if (reasonCode is { } counted)
        {
            _tally.Add(ReasonCounter.ClosedByBroker, counted);
        }

        if (_state == ConnectionState.Connected)
        {
            ConnectionLog.Disconnected(_broker.Logger, _clientId, _info.RemoteEndPoint, reason);
            if (reasonCode is { } code && _version == MqttVersion.V5 && !_slow && _peerClosed is null)
            {
                WriteWithReason(new DisconnectPacket { ReasonCode = code }, p => p with { ReasonString = reason });
            }
        }
        else
        {
            ConnectionLog.ClosedBeforeConnect(_broker.Logger, _info.RemoteEndPoint, reason);
        }

        End();
    }

    private void End()
    {
        if (_state == ConnectionState.Closed)
        {
            return;                                     // an answer that did not fit has ended it
        }

        CountEnd();
        _state = ConnectionState.Closed;
        if (_slow)
        {
            _transport.Abort();                         // the peer takes nothing: there is no point in waiting for it
        }
        else
        {
            _transport.Close();
        }

        Context.Stop(Self);
    }

    private void CountEnd()
    {
        if (_state == ConnectionState.Connected)
        {
            Count(Counter.ClientsDisconnected);
        }

        CountUnsent();
    }

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void Count(Counter counter, long amount = 1) => _tally.Add(counter, amount);

    private sealed record FlushOutput
    {
        public static FlushOutput Instance { get; } = new();
    }

    private sealed record KeepAliveElapsed
    {
        public static KeepAliveElapsed Instance { get; } = new();
    }

    private sealed record ConnectTimeoutElapsed
    {
        public static ConnectTimeoutElapsed Instance { get; } = new();
    }
}
