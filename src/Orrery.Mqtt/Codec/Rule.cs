namespace Orrery.Mqtt.Codec;

/// <summary>One rule that bytes can break, made once: a flood of violations allocates nothing.</summary>
internal sealed class Rule
{
    private readonly ProtocolViolation _current;
    private readonly ProtocolViolation _older;

    /// <param name="reasonCode">What a peer is told.</param>
    /// <param name="statement">The statement of MQTT 5.</param>
    /// <param name="olderStatement">The one of MQTT 3.1.1, without a prefix; null if only MQTT 5 has the rule.</param>
    /// <param name="detail">A sentence for a log.</param>
    public Rule(ReasonCode reasonCode, string statement, string? olderStatement, string detail)
    {
        _current = new ProtocolViolation(reasonCode, statement, detail);
        _older = olderStatement is null
            ? _current
            : new ProtocolViolation(reasonCode, "v311:" + olderStatement, detail);
    }

    public ReasonCode ReasonCode => _current.ReasonCode;

    /// <summary>The violation with the ids of the peer's version. MQTT 3.1 has none, so it gets those of 3.1.1.</summary>
    public ProtocolViolation In(MqttVersion? version) => version is MqttVersion.V5 or null ? _current : _older;
}
