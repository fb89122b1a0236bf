using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>Takeover, resume, the will, and the session's end.</summary>
internal sealed partial class SessionActor
{
    private const string WillTimer = "will";
    private const string ExpiryTimer = "expiry";

    private Attachment? _attached;
    private AttachStep _attachStep;
    private Attach? _attaching;
    private long _attachesHandled;
    private bool _hasState;                             // false before the first connection and after the session's end
    private Will? _will;                                // armed: of the live connection, or waiting for its delay
    private uint _sessionExpiryIntervalSeconds;

    private enum AttachStep
    {
        None,
        AwaitingOldConnection,
        Settling,
        Finishing,
    }

    private void OnAttach(Attach attach)
    {
        _work.Enqueue(attach);
        Advance();
    }

    private void BeginAttach(Attach attach)
    {
        _attachesHandled++;
        if (RefusalOf(attach.Connect) is var (code, reason))
        {
            attach.Connection.Tell(new ConnectionProtocol.Refused(code, reason), Self);
            if (!_hasState)
            {
                _urgentWork.Enqueue(Farewell.Instance);
            }

            return;
        }

        _attaching = attach;
        if (_attached is null)
        {
            _attachStep = AttachStep.Settling;
            return;
        }

        // The old connection is closed before anything is sent on the new one, so wait for its end.
        _attachStep = AttachStep.AwaitingOldConnection;
        _awaiting++;
        Transmit();
        DropHeld();                                     // a takeover does not wait for the disk
        _attached.Connection.Tell(
            new ConnectionProtocol.Disconnect(ReasonCode.SessionTakenOver, "another connection uses this client identifier"), Self); // [MQTT-3.1.4-3]
    }

    private void ContinueAttach()
    {
        if (_attachStep == AttachStep.Settling)
        {
            SettleWill(_attaching!.Connect.CleanStart);
            _attachStep = AttachStep.Finishing;
            return;                                     // a will that is due goes out first
        }

        Invariant.That(_attachStep == AttachStep.Finishing);
        var attach = _attaching!;
        _attaching = null;
        _attachStep = AttachStep.None;
        Finish(attach);
    }

    /// <summary>A new connection cancels a will that still waits, unless it ends the session [MQTT-3.1.3-9].</summary>
    private void SettleWill(bool cleanStart)
    {
        Timers.Cancel(WillTimer);
        Timers.Cancel(ExpiryTimer);
        if (_will is { } will && cleanStart)
        {
            _urgentWork.Enqueue(Dated(will.Message));
        }

        _will = null;
    }

    private void Finish(Attach attach)
    {
        var connect = attach.Connect;
        // A session that was to end with its connection has ended, also where this connection took that one's place.
        var isOver = !_hasState || _sessionExpiryIntervalSeconds == 0; // MQTT 3.1.1 [MQTT-3.1.2-6]
        var present = !connect.CleanStart && !isOver;   // [MQTT-3.2.2-2], [MQTT-3.2.2-3]
        if (!present)
        {
            Discard();                                  // [MQTT-3.1.2-4]
        }

        var expiry = ExpiryOf(connect);
        if (!_hasState)
        {
            _hasState = true;
            Count(Counter.SessionsStarted);
            BeginKeeping(expiry, connect.Will);
        }

        KeepAttach(expiry, connect.Will);
        var receiveMaximum = Math.Min(connect.ReceiveMaximum ?? ushort.MaxValue, _broker.Options.InFlightMax);
        _attached = new Attachment(attach.Connection, connect.Version, connect.MaximumPacketSize ?? uint.MaxValue, receiveMaximum, expiry)
        {
            InboundMaximum = _broker.Options.ReceiveMaximum,
            HasResumed = present,
        };
        _will = connect.Will;
        Context.Watch(attach.Connection);
        _outbound.Open(receiveMaximum);
        _inbound.Open();
        _queue.Rise();
        Answer(new ConnectionProtocol.Attached(Self, AnswerTo(attach, present, expiry)), promises: true);
        Pump();
        TellRoom();
    }

    /// <summary>How long the session of this connection will outlive it, in seconds.</summary>
    private uint ExpiryOf(ConnectPacket connect)
    {
        var max = _broker.Options.SessionExpiryIntervalMaxSeconds;
        return connect.Version == MqttVersion.V5 ? Math.Min(connect.SessionExpiryIntervalSeconds ?? 0, max)
            : connect.CleanStart ? 0 : max;
    }

    private ConnAckPacket AnswerTo(Attach attach, bool present, uint expiry)
    {
        var (connect, options) = (attach.Connect, _broker.Options);
        return new ConnAckPacket
        {
            SessionPresent = present,
            SessionExpiryIntervalSeconds = expiry == (connect.SessionExpiryIntervalSeconds ?? 0) ? null : expiry,
            ReceiveMaximum = _attached!.InboundMaximum == ushort.MaxValue ? null : (ushort)_attached.InboundMaximum,
            MaximumQoS = options.MaximumQoS == QoS.ExactlyOnce ? null : options.MaximumQoS,
            RetainAvailable = options.RetainAvailable ? null : false,
            MaximumPacketSize = options.MaximumPacketSize >= BrokerOptions.LargestPacket ? null : options.MaximumPacketSize,
            AssignedClientIdentifier = connect.ClientId.Length == 0 ? attach.ClientId : null, // [MQTT-3.2.2-16]
            TopicAliasMaximum = options.TopicAliasMaximum == 0 ? null : (ushort)options.TopicAliasMaximum,
            WildcardSubscriptionAvailable = options.WildcardSubscriptionAvailable ? null : false,
            SubscriptionIdentifiersAvailable = options.SubscriptionIdentifiersAvailable ? null : false,
            SharedSubscriptionAvailable = options.SharedSubscriptionAvailable ? null : false,
            ServerKeepAliveSeconds = attach.KeepAliveSeconds == connect.KeepAliveSeconds ? null : (ushort)attach.KeepAliveSeconds,
        };
    }

    private void OnTerminated(IActorRef actor)
    {
        if (_attached is not { } attached || !actor.Equals(attached.Connection))
        {
            OnConfirmerTerminated();
            return;
        }

        Detach(attached);
        if (_attachStep == AttachStep.AwaitingOldConnection)
        {
            _attachStep = AttachStep.Settling;
            _awaiting--;
        }

        Advance();
    }

    private void Detach(Attachment attached)
    {
        _attached = null;
        Invariant.That(_outCount == 0);                 // each turn hands over what it decided; the connection counts what it lost
        _outbound.Close();
        DropHeld();
        ForgetRetained();
        StopShares();
        _heldDemand = false;
        _queue.DropUnacknowledged(_gaveWay);
        DropGaveWay(Counter.QoS0Offline);
        if (_isDurable)
        {
            AbandonRead();
            _queue.FallBehind();
        }

        _sessionExpiryIntervalSeconds = attached.SessionExpiryIntervalSeconds;
        TellRoom();
        if (_attachStep == AttachStep.AwaitingOldConnection)
        {
            SettleDisplacedWill();
            return;
        }

        KeepDetach();
        StartWillDelay();
        StartExpiry(TimeSpan.FromSeconds(_sessionExpiryIntervalSeconds));
    }

    private void StartExpiry(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
        {
            _work.Enqueue(EndSession.Instance);
        }
        else if (_sessionExpiryIntervalSeconds != uint.MaxValue)
        {
            Timers.StartSingleTimer(ExpiryTimer, SessionExpiryElapsed.Instance, left);
        }
    }

    /// <summary>A displaced connection was closed by the network as far as its will goes: only a delay can save it.</summary>
    private void SettleDisplacedWill()
    {
        if (_will is { } will
            && (will.DelayIntervalSeconds == 0 || _sessionExpiryIntervalSeconds == 0 || _attaching!.Connect.CleanStart))
        {
            _urgentWork.Enqueue(Dated(will.Message));
        }

        _will = null;
    }

    /// <summary>The will is due after its delay or with the session's end, whichever is first [MQTT-3.1.2-8].</summary>
    private void StartWillDelay()
    {
        if (_will is not { } will)
        {
            return;
        }

        StartWillDelay(TimeSpan.FromSeconds(Math.Min(will.DelayIntervalSeconds, _sessionExpiryIntervalSeconds)));
    }

    private void StartWillDelay(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
        {
            OnWillDelayElapsed();
        }
        else
        {
            Timers.StartSingleTimer(WillTimer, WillDelayElapsed.Instance, left);
        }
    }

    private void OnWillDelayElapsed()
    {
        if (_will is { } will)
        {
            _will = null;
            _work.Enqueue(Dated(will.Message));
        }

        Advance();
    }

    private void OnSessionExpiryElapsed()
    {
        _work.Enqueue(EndSession.Instance);
        Advance();
    }

    private void End()
    {
        if (IsAttached)
        {
            return;                                     // never while connected [MQTT-4.1.0-1]
        }

        Invariant.That(_will is null);                  // due with the session's end at the latest, and queued before it
        if (_hasState && _sessionExpiryIntervalSeconds != 0)
        {
            Count(Counter.SessionsExpired);
        }

        Discard();
        _urgentWork.Enqueue(Farewell.Instance);
    }

    /// <summary>Asks to be stopped. A connection that waits to be taken on was not counted, and keeps this actor alive.</summary>
    private void SayFarewell() => _broker.Sessions.Tell(new Ending(_clientId, _attachesHandled), Self);

    /// <summary>Forgets the session: subscriptions, queue, exchanges. The actor may serve a new one.</summary>
    private void Discard()
    {
        if (_hasState)
        {
            SessionLog.Ended(_broker.Logger, _clientId, _queue.Count);
            Count(Counter.SessionsEnded);
        }

        _hasState = false;
        GiveBackAll();
        DropInFlight();
        UnsubscribeAll();
        Count(Counter.SessionEnded, _queue.Clear(_gaveWay));
        DropGaveWay(Counter.SessionEnded);
        EndKeeping();
        _outbound.Clear();
        _inbound.Clear();
        ForgetRetained();
        Timers.Cancel(ExpiryTimer);
    }

    /// <summary>What is lost with the session, once shared subscriptions have got back what is theirs.</summary>
    private void DropInFlight()
    {
        foreach (var owed in _outbound.InFlight())
        {
            if (owed.Message.Share is null)
            {
                Drop(Counter.SessionEnded, owed.Message.Message);
            }
        }
    }

    private ApplicationMessage Dated(ApplicationMessage message) =>
        message.Properties?.MessageExpiryIntervalSeconds is { } seconds
            ? message with { ExpiresAtTicks = NowTicks + (seconds * TimeSpan.TicksPerSecond) }
            : message;
}
