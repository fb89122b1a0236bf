namespace Orrery.Mqtt.Flows;

/// <summary>What the owner of an inbound flow does about a PUBLISH.</summary>
public enum InboundVerdict
{
    /// <summary>The message is new: take it over, then acknowledge it as its QoS asks.</summary>
    Accept,

    /// <summary>The message was taken over before: send PUBREC and nothing more [MQTT-4.3.3-10].</summary>
    AcknowledgeOnly,
}

/// <summary>What the owner of an inbound flow does about a PUBREL.</summary>
public enum PubRelVerdict
{
    /// <summary>Send PUBCOMP: the exchange is over.</summary>
    Found,

    /// <summary>Send PUBCOMP with reason code 0x92; MQTT 3 has no code, so a plain PUBCOMP [MQTT-4.3.3-11].</summary>
    NotFound,
}

/// <summary>The QoS 2 messages of one session that its peer has sent and not yet released (MQTT 5 §4.3.3).</summary>
/// <remarks>
/// Belongs to one owner and lives as long as the session, so that a message repeated on a later connection is known.
/// It holds identifiers only: the owner passes a message on when it accepts it. At most 65,535 of them; the owner
/// refuses more than its Receive Maximum by <see cref="CountOnConnection"/>.
/// </remarks>
public sealed class InboundFlow
{
    private Dictionary<ushort, int>? _connections;          // identifier to the connection of its last PUBLISH
    private int _connection;

    /// <summary>How many exchanges wait for PUBREL: 0 to 65,535.</summary>
    public int Count => _connections?.Count ?? 0;

    /// <summary>How many of them had a PUBLISH on the present connection, so count against Receive Maximum (MQTT 5 §4.9).</summary>
    public int CountOnConnection { get; private set; }

    /// <summary>A new connection resumes the session: its Receive Maximum counts from zero.</summary>
    public void Open()
    {
        _connection++;
        CountOnConnection = 0;
    }

    /// <summary>Handles PUBLISH.</summary>
    /// <param name="identifier">The identifier in the packet; not looked at for QoS 0 and 1.</param>
    /// <param name="qos">The QoS of the packet.</param>
    /// <param name="duplicate">
    /// DUP. It changes nothing: a first copy may carry 1, when the one before was lost, and a later copy that carries 0
    /// is still the same message until PUBREL [MQTT-4.3.3-10].
    /// </param>
    public InboundVerdict OnPublish(PacketIdentifier identifier, QoS qos, bool duplicate)
    {
        _ = duplicate;
        if (qos != QoS.ExactlyOnce) return InboundVerdict.Accept;

        var action = InboundTable.Judge(StateOf(identifier, out var connection), InboundEvent.Publish).Action;
        if (action == InboundAction.Accept || connection != _connection)
        {
            CountOnConnection++;
            (_connections ??= [])[identifier.Value] = _connection;
        }
        return action == InboundAction.Accept ? InboundVerdict.Accept : InboundVerdict.AcknowledgeOnly;
    }

    /// <summary>Puts back an identifier of an earlier life of the session that waits for PUBREL.</summary>
    /// <exception cref="ArgumentException">The identifier is none.</exception>
    public void Restore(PacketIdentifier identifier)
    {
        if (identifier.Value == 0) throw new ArgumentException("0 is no identifier.", nameof(identifier));
        (_connections ??= [])[identifier.Value] = _connection - 1;      // of no connection that counts
    }

    /// <summary>Handles PUBREL, after which a PUBLISH with the identifier is a new message [MQTT-4.3.3-12].</summary>
    public PubRelVerdict OnPubRel(PacketIdentifier identifier)
    {
        var action = InboundTable.Judge(StateOf(identifier, out _), InboundEvent.PubRel).Action;
        if (action != InboundAction.Complete) return PubRelVerdict.NotFound;
        Forget(identifier);
        return PubRelVerdict.Found;
    }

    /// <summary>Undoes an accepted PUBLISH that is answered with a PUBREC of 0x80 or above [MQTT-4.3.3-9].</summary>
    /// <returns>False if the identifier was not waiting for PUBREL.</returns>
    public bool Release(PacketIdentifier identifier) => Forget(identifier);

    /// <summary>True if the identifier waits for PUBREL.</summary>
    public bool Contains(PacketIdentifier identifier) => StateOf(identifier, out _) == InboundState.AwaitingPubRel;

    /// <summary>True if the identifier is one of <see cref="CountOnConnection"/>: its message, sent again, counts no further.</summary>
    public bool UsesQuota(PacketIdentifier identifier) =>
        StateOf(identifier, out var connection) == InboundState.AwaitingPubRel && connection == _connection;

    /// <summary>Forgets all: the session is over.</summary>
    public void Clear()
    {
        _connections = null;
        CountOnConnection = 0;
    }

    private InboundState StateOf(PacketIdentifier identifier, out int connection)
    {
        connection = 0;
        return _connections is not null && _connections.TryGetValue(identifier.Value, out connection)
            ? InboundState.AwaitingPubRel
            : InboundState.Free;
    }

    private bool Forget(PacketIdentifier identifier)
    {
        if (_connections is null || !_connections.Remove(identifier.Value, out var connection)) return false;
        if (connection == _connection) CountOnConnection--;
        return true;
    }
}
