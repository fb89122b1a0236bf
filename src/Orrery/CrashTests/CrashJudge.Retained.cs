using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>Retained values: of each topic a register, with the writes that may be the last one.</summary>
internal sealed partial class CrashJudge
{
    private readonly Dictionary<string, List<RetainedValue>> _retained = [];
    private long _retainedWrites;
    private bool _isRetainedQuiet = true;               // nobody has written since the broker was started

    /// <summary>How many topics have a value for certain.</summary>
    public int RetainedTopics => _retained.Values.Count(writes => !writes.Exists(write => write.Text.Length == 0));

    private long WriteRetained(ApplicationMessage message, JudgedMessage? judged)
    {
        var topic = message.Topic.ToString();
        if (!_retained.TryGetValue(topic, out var writes)) _retained[topic] = writes = [new RetainedValue(0, "")];
        writes.Add(new RetainedValue(++_retainedWrites, judged?.Tag.ToString() ?? ""));
        _isRetainedQuiet = false;
        return _retainedWrites;
    }

    /// <summary>No earlier write can be the last one any more.</summary>
    private void AcknowledgeRetained(long number)
    {
        foreach (var writes in _retained.Values)
        {
            if (writes.FindIndex(write => write.Number == number) is var index and > 0) writes.RemoveRange(0, index);
        }
    }

    private void OnRetained(JudgedSession session, PublishPacket publish, CrashEvent next)
    {
        var topic = publish.Message.Topic.ToString();
        var value = next.Message?.ToString() ?? "";
        if (!session.RetainedSeen.TryAdd(topic, value)) Find(CrashRule.Retained, $"{session.Client} got {topic} twice for one subscription", next);
        if (!_retained.TryGetValue(topic, out var writes) || !writes.Exists(write => write.Text == value))
        {
            Find(CrashRule.Retained, $"{topic} has {value}, and not {Wanted(writes)}", next);
        }

        if (publish.Message.QoS == QoS.AtMostOnce) return;
        session.Inbound[publish.PacketIdentifier.Value] = new InboundExchange(null, session.NextOrdinal()) { SeenOn = next.Connection };
    }

    private void OnRetainedRead(JudgedSession session, CrashEvent next)
    {
        foreach (var (topic, writes) in _retained)
        {
            var value = session.RetainedSeen.GetValueOrDefault(topic, "");
            if (!writes.Exists(write => write.Text == value)) Find(CrashRule.Retained, $"{topic} has {(value.Length == 0 ? "no value" : value)}, and not {Wanted(writes)}", next);
            if (!_isRetainedQuiet) continue;

            // Nobody writes and the broker has recovered: it is this one now.
            var only = writes.FindLast(write => write.Text == value) ?? new RetainedValue(0, value);
            writes.Clear();
            writes.Add(only);
        }
    }

    private static string Wanted(List<RetainedValue>? writes) =>
        writes is null ? "nothing" : string.Join(" or ", writes.Select(write => write.Text.Length == 0 ? "nothing" : write.Text));

    private sealed record RetainedValue(long Number, string Text);
}
