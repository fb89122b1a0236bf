namespace Orrery.Mqtt.Flows;

/// <summary>The messages of one session that are in flight to its peer at QoS 1 and 2 (MQTT 5 §4.3, §4.4, §4.9).</summary>
/// <typeparam name="TMessage">What the owner calls a message. The flow keeps it and never looks into it.</typeparam>
/// <remarks>
/// Belongs to one owner and lives as long as the session: connections come and go through <see cref="Open"/> and
/// <see cref="Close"/>. The owner first sends what <see cref="TryNextResend"/> gives, then starts new messages while
/// <see cref="CanStart"/>, and asks both again after each acknowledgement. An empty flow costs no more than its fields,
/// and a message in flight no allocation once the tables have grown.
/// </remarks>
public sealed partial class OutboundFlow<TMessage>
    where TMessage : class
{
    private int _receiveMaximum;                            // 0 while there is no connection
    private int _unacknowledged;                            // PUBLISH packets that use up the quota of this connection
    private int _owedCount;                                 // entries not yet sent on this connection
    private int _owed = None;                               // where the next of them is looked for

    /// <summary>How many messages are in flight, owed ones included: 0 to 65,535.</summary>
    public int InFlightCount { get; private set; }

    /// <summary>How many more PUBLISH packets the peer takes now; 0 without a connection (MQTT 5 §4.9).</summary>
    public int Quota => _receiveMaximum - _unacknowledged;

    /// <summary>True while something of an earlier connection waits to be sent again on this one.</summary>
    public bool OwesResend => _owedCount > 0;

    /// <summary>True if <see cref="Start"/> may be called.</summary>
    /// <remarks>
    /// There is a connection, all that was in flight was sent again, so a new message never overtakes an older one, and
    /// both the peer's Receive Maximum [MQTT-3.3.4-9] and the identifiers leave room.
    /// </remarks>
    public bool CanStart => Quota > 0 && !OwesResend && HasFreeIdentifier;

    /// <summary>A connection resumes the session: everything in flight is owed again, in the order it was first sent.</summary>
    /// <param name="receiveMaximum">
    /// How many unacknowledged PUBLISH packets the peer takes on this connection, 1 to 65,535 (MQTT 5 §3.1.2.11.3). It
    /// has nothing to do with that of an earlier connection.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public void Open(int receiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(receiveMaximum, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(receiveMaximum, ushort.MaxValue);

        Close();
        _receiveMaximum = receiveMaximum;
        for (var slot = _first; slot != None; slot = _entries[slot].Next)
        {
            _entries[slot].IsOwed = true;
        }
        _owedCount = InFlightCount;
        _owed = _first;
    }

    /// <summary>The connection is gone: nothing can be sent until <see cref="Open"/>. What is in flight stays.</summary>
    public void Close()
    {
        for (var slot = _first; slot != None; slot = _entries[slot].Next)
        {
            _entries[slot].UsesQuota = false;
            _entries[slot].IsOwed = false;
        }
        _unacknowledged = 0;
        _receiveMaximum = 0;
        _owedCount = 0;
        _owed = None;
    }

    /// <summary>Takes the next packet to send again: PUBREL in state AwaitingPubComp, else PUBLISH with DUP 1.</summary>
    /// <returns>
    /// False if nothing is owed, or if the next one is a PUBLISH and the quota is used up: it comes after an
    /// acknowledgement. Nothing passes it, so the order stays [MQTT-4.6.0-1].
    /// </returns>
    public bool TryNextResend(out Outbound<TMessage> owed)
    {
        owed = default;
        if (!OwesResend) return false;

        while (!_entries[_owed].IsOwed) _owed = _entries[_owed].Next;
        ref var entry = ref _entries[_owed];
        if (OutboundTable.Judge(entry.State, OutboundEvent.Resume).Action == OutboundAction.ResendPublish)
        {
            if (Quota <= 0) return false;
            UseQuota(ref entry);
        }
        Settle(ref entry);
        owed = entry.ToOutbound();
        return true;
    }

    /// <summary>Takes up a new message, which the caller sends with DUP 0 and the identifier.</summary>
    /// <param name="message">The message, kept until its exchange is over.</param>
    /// <param name="qos">1 or 2.</param>
    /// <exception cref="InvalidOperationException"><see cref="CanStart"/> is false.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The QoS is 0: such a message has no flow.</exception>
    public PacketIdentifier Start(TMessage message, QoS qos)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfEqual(qos, QoS.AtMostOnce);
        if (!CanStart) throw new InvalidOperationException("A message is started only while CanStart is true.");

        var what = qos == QoS.AtLeastOnce ? OutboundEvent.StartAtLeastOnce : OutboundEvent.StartExactlyOnce;
        var identifier = TakeIdentifier();
        ref var entry = ref Add(identifier);
        entry.QoS = qos;
        entry.Message = message;
        entry.State = OutboundTable.Judge(OutboundState.Free, what).Next;
        UseQuota(ref entry);
        return identifier;
    }

    /// <summary>Puts back an exchange of an earlier life of the session, behind those that are there: it is owed on the next connection.</summary>
    /// <param name="identifier">Its identifier.</param>
    /// <param name="qos">1 or 2.</param>
    /// <param name="state">How far it had come.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="ArgumentException">The identifier is none or in use, or the state is none of an exchange at this QoS.</exception>
    /// <exception cref="InvalidOperationException">There is a connection.</exception>
    public void Restore(PacketIdentifier identifier, QoS qos, OutboundState state, TMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_receiveMaximum > 0) throw new InvalidOperationException("An exchange is restored before there is a connection.");
        if (identifier.Value == 0 || _slots?.ContainsKey(identifier.Value) == true)
        {
            throw new ArgumentException($"{identifier.Value} is in use, or no identifier.", nameof(identifier));
        }

        var fits = qos switch
        {
            QoS.AtLeastOnce => state == OutboundState.AwaitingPubAck,
            QoS.ExactlyOnce => state is OutboundState.AwaitingPubRec or OutboundState.AwaitingPubComp,
            _ => false,
        };
        if (!fits) throw new ArgumentException($"No exchange at QoS {(int)qos} is in state {state}.", nameof(state));

        _slots ??= [];
        ref var entry = ref Add(identifier);
        entry.QoS = qos;
        entry.Message = message;
        entry.State = state;
        _lastIdentifier = identifier.Value;                     // the next one is not one just used
    }

    /// <summary>Handles PUBACK, with any reason code: even a failure ends the exchange [MQTT-4.4.0-2].</summary>
    /// <param name="identifier">The identifier in the packet.</param>
    /// <param name="reasonCode">The reason code in the packet; Success in MQTT 3.</param>
    /// <param name="message">The message whose exchange ended, or null.</param>
    public FlowOutcome OnPubAck(PacketIdentifier identifier, ReasonCode reasonCode, out TMessage? message)
    {
        _ = reasonCode;
        return Apply(identifier, OutboundEvent.PubAck, out message);
    }

    /// <summary>Handles PUBREC. A failure ends the exchange, and the identifier is free [MQTT-4.4.0-2].</summary>
    /// <param name="identifier">The identifier in the packet.</param>
    /// <param name="reasonCode">The reason code in the packet; Success in MQTT 3.</param>
    /// <param name="message">The message that PUBREC answers; null if it answers none.</param>
    public FlowOutcome OnPubRec(PacketIdentifier identifier, ReasonCode reasonCode, out TMessage? message) => Apply(
        identifier,
        reasonCode < ReasonCode.UnspecifiedError ? OutboundEvent.PubRecAccepted : OutboundEvent.PubRecRefused,
        out message);

    /// <summary>Handles PUBCOMP. With 0x92 the peer knew no such exchange, so it is over all the same.</summary>
    /// <param name="identifier">The identifier in the packet.</param>
    /// <param name="reasonCode">The reason code in the packet; Success in MQTT 3.</param>
    /// <param name="message">The message whose exchange ended, or null.</param>
    public FlowOutcome OnPubComp(PacketIdentifier identifier, ReasonCode reasonCode, out TMessage? message)
    {
        _ = reasonCode;
        return Apply(identifier, OutboundEvent.PubComp, out message);
    }

    /// <summary>Drops a message as if it were acknowledged, for one too large for the new connection [MQTT-3.1.2-25].</summary>
    /// <returns>False if the identifier belongs to no message.</returns>
    public bool Discard(PacketIdentifier identifier)
    {
        if (!TryGetSlot(identifier, out var slot)) return false;
        End(slot);
        return true;
    }

    /// <summary>Takes an identifier for a SUBSCRIBE or UNSUBSCRIBE, which share the numbers with PUBLISH [MQTT-2.2.1-3].</summary>
    /// <returns>False if all 65,535 are in use.</returns>
    public bool TryReserve(out PacketIdentifier identifier)
    {
        identifier = default;
        if (!HasFreeIdentifier) return false;
        identifier = TakeIdentifier();
        _slots.Add(identifier.Value, Reserved);
        return true;
    }

    /// <summary>Gives back an identifier of <see cref="TryReserve"/>.</summary>
    /// <returns>False if it was not reserved.</returns>
    public bool Release(PacketIdentifier identifier) =>
        _slots is not null && _slots.GetValueOrDefault(identifier.Value, None) == Reserved && _slots.Remove(identifier.Value);

    /// <summary>The messages in flight, in the order they were first sent.</summary>
    public IEnumerable<Outbound<TMessage>> InFlight()
    {
        for (var slot = _first; slot != None; slot = _entries[slot].Next)
        {
            yield return _entries[slot].ToOutbound();
        }
    }

    /// <summary>Forgets all messages and identifiers: the session is over. A connection stays open.</summary>
    public void Clear()
    {
        ForgetAll();
        _unacknowledged = 0;
        _owedCount = 0;
        _owed = None;
    }

    private FlowOutcome Apply(PacketIdentifier identifier, OutboundEvent what, out TMessage? message)
    {
        var known = TryGetSlot(identifier, out var slot);
        var verdict = OutboundTable.Judge(known ? _entries[slot].State : OutboundState.Free, what);
        message = null;
        switch (verdict.Action)
        {
            case OutboundAction.SendPubRel:
                ref var entry = ref _entries[slot];
                entry.State = verdict.Next;
                message = entry.Message;
                Settle(ref entry);                              // PUBREL leaves now, so it is not owed any more
                return FlowOutcome.SendPubRel;
            case OutboundAction.SendPubRelNotFound:
                return FlowOutcome.SendPubRelNotFound;
            case OutboundAction.Complete:
                message = _entries[slot].Message;
                End(slot);
                return FlowOutcome.Completed;
            default:
                return FlowOutcome.Ignored;
        }
    }

    private void UseQuota(ref Entry entry)
    {
        entry.UsesQuota = true;
        _unacknowledged++;
    }

    private void Settle(ref Entry entry)
    {
        if (!entry.IsOwed) return;
        entry.IsOwed = false;
        _owedCount--;
    }

    private void End(int slot)
    {
        ref var entry = ref _entries[slot];
        if (entry.UsesQuota) _unacknowledged--;
        Settle(ref entry);
        if (_owed == slot) _owed = entry.Next;
        Remove(slot);
    }
}
