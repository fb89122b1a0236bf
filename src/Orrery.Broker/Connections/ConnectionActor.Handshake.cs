using Orrery.Broker.Publishing;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Connections.ConnectionProtocol;

namespace Orrery.Broker.Connections;

/// <summary>From CONNECT to CONNACK, and the keep-alive that starts there.</summary>
internal sealed partial class ConnectionActor
{
    private const string ConnectTimer = "connect";
    private const string KeepAliveTimer = "keep-alive";

    // A timer that comes later than this means that the broker itself stood still, not the client.
    private static readonly TimeSpan LatenessMax = TimeSpan.FromMilliseconds(100);

    // After the broker stood still: time for what waits in the socket's buffer to be read.
    private static readonly TimeSpan KeepAliveGrace = TimeSpan.FromMilliseconds(500);

    private ConnectPacket? _connect;
    private TimeSpan _keepAlive;                        // 1.5 times what was agreed; zero: none
    private int _keepAliveSeconds;
    private byte? _requestedLevel;                      // of a CONNECT that breaks a rule
    private TimeSpan _lastPacketAt;
    private TimeSpan _keepAliveDue;

    private void OnConnect(ConnectPacket connect)
    {
        _version = connect.Version;
        _connect = connect;
        if (Fault(connect) is var (code, reason))
        {
            Refuse(code, reason);
            return;
        }

        _state = ConnectionState.Attaching;
        _clientId = connect.ClientId;
        _keepAliveSeconds = KeepAliveFor(connect);
        _broker.Sessions.Tell(new SessionProtocol.Attach(Self, connect, connect.ClientId, _keepAliveSeconds), Self);
    }

    /// <summary>What keeps a well-formed CONNECT from being accepted.</summary>
    private (ReasonCode Code, string Reason)? Fault(ConnectPacket connect)
    {
        var options = _broker.Options;
        var id = connect.ClientId;
        return connect switch
        {
            { AuthenticationMethod: { } method } =>
                (ReasonCode.BadAuthenticationMethod, $"the authentication method {method} is not supported"), // [MQTT-4.12.0-1]
            { Version: MqttVersion.V311, CleanStart: false } when id.Length == 0 =>
                (ReasonCode.ClientIdentifierNotValid, "an empty client identifier needs Clean Session 1"), // MQTT 3.1.1 [MQTT-3.1.3-8]
            { Version: MqttVersion.V31 } when id.Length == 0 || (id.Length > 23 && !options.LongClientIdentifiersInMqtt31) =>
                (ReasonCode.ClientIdentifierNotValid, "MQTT 3.1 client identifiers have 1 to 23 characters"),
            { Will: { } will } when will.Message.QoS > options.MaximumQoS =>
                (ReasonCode.QoSNotSupported, $"the will's QoS is above the maximum of {(int)options.MaximumQoS}"), // [MQTT-3.2.2-12]
            { Will: { } will } when options.PayloadFormatChecked && PayloadFormat.IsBroken(will.Message) =>
                (ReasonCode.PayloadFormatInvalid, "the will's payload is said to be UTF-8 and is not"),
            { Will.Message.Retain: true } when !options.RetainAvailable =>
                (ReasonCode.RetainNotSupported, "retained messages are switched off"), // [MQTT-3.2.2-13]
            _ => null,
        };
    }

    private int KeepAliveFor(ConnectPacket connect)
    {
        var max = _broker.Options.KeepAliveMaxSeconds;
        return connect.Version != MqttVersion.V5 || max == 0 ? connect.KeepAliveSeconds
            : connect.KeepAliveSeconds == 0 || connect.KeepAliveSeconds > max ? max
            : connect.KeepAliveSeconds;
    }

    private void OnAttached(Attached attached)
    {
        if (_state != ConnectionState.Attaching)
        {
            return;                                     // closed meanwhile; the session learns it from our end
        }

        Timers.Cancel(ConnectTimer);
        _session = attached.Session;
        Context.Watch(_session);
        _state = ConnectionState.Connected;
        var connect = _connect!;
        _connect = null;
        _clientId = attached.Answer.AssignedClientIdentifier ?? connect.ClientId;
        _maximumPacketSize = connect.MaximumPacketSize ?? uint.MaxValue;
        _aliasesLeft = Math.Min(connect.TopicAliasMaximum ?? 0, _broker.Options.TopicAliasMaximum);
        ConnectionLog.Connected(
            _broker.Logger, _info.RemoteEndPoint, _clientId, (int)_version, connect.CleanStart ? 1 : 0, _keepAliveSeconds);
        Count(Counter.ConnectsAccepted);

        Write(attached.Answer with { SessionPresent = attached.Answer.SessionPresent && _version != MqttVersion.V31 });
        if (_state != ConnectionState.Connected)
        {
            return;                                     // CONNACK did not fit
        }

        if (_keepAliveSeconds > 0)
        {
            _keepAlive = TimeSpan.FromSeconds(_keepAliveSeconds * 1.5);
            _lastPacketAt = Now;
            StartKeepAlive(_keepAlive);
        }

        RequestInput();
    }

    /// <summary>Answers CONNECT with a refusal, and closes [MQTT-3.1.4-2].</summary>
    private void Refuse(ReasonCode code, string reason)
    {
        if (_state == ConnectionState.Closed)
        {
            return;
        }

        ConnectionLog.Refused(_broker.Logger, _info.RemoteEndPoint, code, reason);
        Count(Counter.ConnectsRefused);
        _tally.Add(ReasonCounter.ConnectRefused, code);
        _maximumPacketSize = _connect?.MaximumPacketSize ?? uint.MaxValue;
        if (_version == MqttVersion.V5 || HasReturnCode(code))
        {
            WriteWithReason(new ConnAckPacket { ReasonCode = code }, p => p with { ReasonString = reason });
        }

        End();
    }

    /// <summary>Whether one of the five return codes before version 5 says it; else nothing is said (MQTT 3.1.1 [MQTT-3.2.2-6]).</summary>
    private static bool HasReturnCode(ReasonCode code) => code is ReasonCode.UnsupportedProtocolVersion
        or ReasonCode.ClientIdentifierNotValid or ReasonCode.BadUserNameOrPassword or ReasonCode.NotAuthorized
        or ReasonCode.ServerUnavailable or ReasonCode.ServerBusy or ReasonCode.ServerShuttingDown or ReasonCode.QuotaExceeded;

    /// <summary>A CONNECT that breaks a rule: who can be told why is, in the words of the version asked for.</summary>
    private void RefuseMalformed(ProtocolViolation violation)
    {
        if (_requestedLevel >= (int)MqttVersion.V5)
        {
            _version = MqttVersion.V5;                  // also for a newer one: it still reads version 5's CONNACK best
            Refuse(violation.ReasonCode, violation.Detail); // [MQTT-3.1.4-1]
        }
        else if (violation.ReasonCode == ReasonCode.UnsupportedProtocolVersion && _requestedLevel is not null)
        {
            Refuse(violation.ReasonCode, violation.Detail); // MQTT 3.1.1 [MQTT-3.1.2-2]
        }
        else
        {
            Close(null, violation.Detail);
        }
    }

    private void StartKeepAlive(TimeSpan delay)
    {
        _keepAliveDue = Now + delay;
        Timers.StartSingleTimer(KeepAliveTimer, KeepAliveElapsed.Instance, delay);
    }

    /// <summary>Closes a silent connection 1.5 times its Keep Alive after the last whole packet [MQTT-3.1.2-22].</summary>
    private void OnKeepAliveElapsed()
    {
        if (_state != ConnectionState.Connected)
        {
            return;
        }

        var now = Now;
        var left = _lastPacketAt + _keepAlive - now;
        if (left > TimeSpan.Zero)
        {
            StartKeepAlive(left);                       // one timer a connection, moved only when it fires
        }
        else if (_sessionBusy || now - _keepAliveDue > LatenessMax)
        {
            StartKeepAlive(KeepAliveGrace);             // we were the slow side: bytes may wait unread
        }
        else
        {
            Count(Counter.KeepAliveTimeouts);
            Close(ReasonCode.KeepAliveTimeout, "exceeded timeout");
        }
    }
}
