using Orrery.Mqtt;

namespace Orrery.Simulation.Expectations;

/// <summary>The reasons that `closed_by` may name, and how a history shows them.</summary>
internal static class CloseReasons
{
    private static readonly Row[] Table =
    [
        new("bad_authentication_method", ReasonCode.BadAuthenticationMethod, "authentication method"),
        new("client_identifier_not_valid", ReasonCode.ClientIdentifierNotValid, "client identifier"),
        new("connect_timeout", null, "no CONNECT in time"),
        new("connection_lost", null, "connection closed by client", "connection reset by peer", "connection timed out"),
        new("disconnected", null, "DISCONNECT Success", "DISCONNECT DisconnectWithWillMessage"),
        new("keep_alive_timeout", ReasonCode.KeepAliveTimeout, "exceeded timeout"),
        new("malformed_packet", ReasonCode.MalformedPacket),
        new("packet_too_large", ReasonCode.PacketTooLarge, "Maximum Packet Size"),
        new("payload_format_invalid", ReasonCode.PayloadFormatInvalid, "said to be UTF-8 and is not"),
        new("protocol_error", ReasonCode.ProtocolError, "is not allowed here", "before CONNECT"),
        new("qos_not_supported", ReasonCode.QoSNotSupported, "above the maximum of"),
        new("quota_exceeded", ReasonCode.QuotaExceeded, "limit of"),
        new("receive_maximum_exceeded", ReasonCode.ReceiveMaximumExceeded, "unanswered publications"),
        new("retain_not_supported", ReasonCode.RetainNotSupported, "retained messages are switched off"),
        new("server_shutting_down", ReasonCode.ServerShuttingDown, "shutting down", "is stopping"),
        new("session_failed", ReasonCode.UnspecifiedError, "the session failed"),
        new("session_taken_over", ReasonCode.SessionTakenOver, "another connection uses this client identifier"),
        new("subscription_identifiers_not_supported", ReasonCode.SubscriptionIdentifiersNotSupported, "subscription identifiers are switched off"),
        new("topic_alias_invalid", ReasonCode.TopicAliasInvalid, "alias"),
        new("topic_name_invalid", ReasonCode.TopicNameInvalid),
        new("unsupported_protocol_version", ReasonCode.UnsupportedProtocolVersion, "version"),
    ];

    /// <summary>All names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>Whether a scenario may name a reason.</summary>
    public static bool IsKnown(string name) => Array.Exists(Table, row => row.Name == name);

    /// <summary>Whether what a history says of a close is a reason; null when it says too little.</summary>
    /// <param name="name">The reason.</param>
    /// <param name="code">The Reason Code of the closer's DISCONNECT or refusing CONNACK; null where it sent none.</param>
    /// <param name="words">What the broker's log or the end of the connection says; null for nothing.</param>
    public static bool? Matches(string name, ReasonCode? code, string? words)
    {
        var row = Array.Find(Table, row => row.Name == name) ?? throw new ArgumentException($"'{name}' is no reason.", nameof(name));
        if (code is not null && row.Code is not null) return code == row.Code;
        if (words is not null && row.Words.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase))) return true;
        if (code is not null && code >= ReasonCode.UnspecifiedError) return false;

        // Without a code the words decide, where this reason and the one that was given have some.
        if (words is null) return null;
        return row.Words.Length > 0 || Array.Exists(Table, other => other.Words.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase))) ? false : null;
    }

    private sealed record Row(string Name, ReasonCode? Code, params string[] Words);
}
