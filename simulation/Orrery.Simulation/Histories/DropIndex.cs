using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

/// <summary>What brokers dropped, and said so in their log: found by the fingerprint that each such line starts with.</summary>
internal sealed class DropIndex
{
    private readonly Dictionary<string, List<HistoryEvent>> _lines = new(StringComparer.Ordinal);

    /// <summary>Takes in the log lines of a history.</summary>
    public DropIndex(IEnumerable<HistoryEvent> decisions)
    {
        foreach (var decision in decisions)
        {
            if (!JudgedDecisions.Is(decision, JudgedDecisions.Dropped) && !JudgedDecisions.Is(decision, JudgedDecisions.Void)) continue;
            var key = KeyOf(decision.Node, (decision.Detail ?? "").Split(' ')[0]);
            if (!_lines.TryGetValue(key, out var lines)) _lines.Add(key, lines = []);
            lines.Add(decision);
        }
    }

    /// <summary>The line that says that a message was dropped for a client, or for a shared subscription; null for none.</summary>
    public HistoryEvent? Find(string broker, ApplicationMessage message, string receiver)
    {
        var start = $"{FingerprintOf(message)} {message.Topic}: dropped for {receiver}: ";
        return LinesOf(broker, message).FirstOrDefault(line => line.Detail!.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>How many lines say that a message was dropped for a client, or for a shared subscription.</summary>
    public int Count(string broker, ApplicationMessage message, string receiver)
    {
        var start = $"{FingerprintOf(message)} {message.Topic}: dropped for {receiver}: ";
        return LinesOf(broker, message).Count(line => line.Detail!.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>How the broker's log names a message.</summary>
    public static string FingerprintOf(ApplicationMessage message) =>
        ((uint)(Hashing.Hash(message.Payload.Span) ^ message.Topic.Hash)).ToString("x8", null);

    private List<HistoryEvent> LinesOf(string broker, ApplicationMessage message) =>
        _lines.GetValueOrDefault(KeyOf(broker, FingerprintOf(message))) ?? [];

    private static string KeyOf(string broker, string fingerprint) => $"{broker} {fingerprint}";
}
