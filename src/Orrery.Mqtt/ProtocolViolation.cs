namespace Orrery.Mqtt;

/// <summary>What a peer did that ends the connection (MQTT 5 §4.13).</summary>
/// <param name="ReasonCode">What to tell the peer, where its version and the moment allow that; 0x80 or above.</param>
/// <param name="Statement">
/// The normative statement that was broken, such as "MQTT-3.1.2-3", with the prefix "v311:" where the peer speaks
/// MQTT 3.1.1 or 3.1; a section such as "MQTT 5 §2.2.2.2" where the rule has no number; or the limit's option.
/// </param>
/// <param name="Detail">One sentence for a log. It holds nothing that the peer sent.</param>
public sealed record ProtocolViolation(ReasonCode ReasonCode, string Statement, string Detail);
