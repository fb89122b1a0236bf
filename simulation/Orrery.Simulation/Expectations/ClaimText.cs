using System.Globalization;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Expectations;

/// <summary>Claims as the file has them, on one line.</summary>
internal static class ClaimText
{
    /// <summary>The claim in the words of the format.</summary>
    public static string Of(Claim claim)
    {
        var text = claim.Expectation switch
        {
            ClosedExpectation closed => Join($"closed_by: {closed.ClosedBy}", $"conn: {closed.Conn}", Optional("reason", closed.Reason), Optional("code", Hex(closed.Code))),
            DeliveredExpectation delivered => Join(
                $"delivered: {Of(delivered.Delivered)}", delivered.ExactlyOnce ? "exactly_once: true" : null,
                delivered.AtLeastOnce ? "at_least_once: true" : null, delivered.Order is null ? null : "order: publisher"),
            RecoveredExpectation recovered => Join(
                $"recovered: {recovered.Recovered}", $"data_loss: {(recovered.DataLoss == DataLoss.None ? "none" : recovered.DataLoss == DataLoss.All ? "all" : "unsynced")}"),
            ConnAckExpectation connAck => Join(
                "connack: { " + Join($"code: {Hex(connAck.ConnAck.Code)}", Optional("session_present", Bool(connAck.ConnAck.SessionPresent))) + " }",
                Optional("conn", connAck.Conn)),
            SubAckExpectation subAck => $"suback: {{ codes: [{string.Join(", ", subAck.SubAck.Codes.Select(code => Hex(code)))}] }}",
            PacketExpectation packet => Join(
                $"packet: {packet.Packet.ToString().ToUpperInvariant()}", $"dir: {(packet.Dir == Direction.In ? "in" : "out")}",
                Optional("conn", packet.Conn), Optional("code", Hex(packet.Code)), Optional("duplicate", Bool(packet.Duplicate))),
            StateExpectation state => Join($"state: {state.State}", $"is: {state.Is}"),
            _ => claim.Expectation.GetType().Name,
        };
        return text + Times(claim.Expectation);
    }

    private static string Of(MessagePattern pattern) => "{ " + Join(
        Optional("client", pattern.Client), Optional("topic", pattern.Topic), Optional("payload", pattern.Payload),
        Optional("qos", pattern.QoS?.ToString(CultureInfo.InvariantCulture)), Optional("retain", Bool(pattern.Retain)),
        Optional("expiry", pattern.Expiry is { } expiry ? Length(expiry) : null)) + " }";

    private static string Times(Expectation expectation) => (expectation.Times is { } times ? $", times: {times}" : "")
        + (expectation.Between.Count == 2 ? $", between: [{Length(expectation.Between[0])}, {Length(expectation.Between[1])}]" : "")
        + (expectation.Until is { } until ? $", until: {Length(until)}" : "");

    private static string Length(Duration duration)
    {
        var (seconds, rest) = Math.DivRem(duration.Nanoseconds, 1_000_000_000);
        var digits = rest.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{seconds}{(digits.Length == 0 ? "" : ".")}{digits}s");
    }

    private static string? Optional(string key, string? value) => value is null ? null : $"{key}: {value}";

    private static string? Hex(int? code) => code is { } value ? string.Create(CultureInfo.InvariantCulture, $"0x{value:X2}") : null;

    private static string? Bool(bool? value) => value is { } flag ? flag ? "true" : "false" : null;

    private static string Join(params string?[] parts) => string.Join(", ", parts.OfType<string>());
}
