using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Oracles;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Expectations;

/// <summary>Finds out whether claims hold in a history.</summary>
internal sealed partial class ClaimChecks(HistoryView view)
{
    private const int ShownMax = 20;

    /// <summary>What is wrong with a claim, or can't be decided; nothing when it holds.</summary>
    public IEnumerable<Finding> Check(Claim claim)
    {
        // A claim that nothing happened may be about an event that was not kept.
        if (view.History.Omitted > 0)
            return [claim.Fail($"The history lacks its last {Say.Count((int)Math.Min(view.History.Omitted, int.MaxValue), "event")}, so this can't be decided.", [], isUnknown: true)];
        return claim.Expectation switch
        {
            ClosedExpectation closed => CheckClosed(claim, closed),
            DeliveredExpectation delivered => CheckDelivered(claim, delivered),
            ConnAckExpectation connAck => CheckConnAck(claim, connAck),
            SubAckExpectation subAck => CheckSubAck(claim, subAck),
            PacketExpectation packet => CheckPacket(claim, packet),
            StateExpectation state => CheckState(claim, state.State, state.Is),
            RecoveredExpectation recovered => CheckRecovered(claim, recovered),
            _ => [claim.Fail("Nobody knows how to decide this.", claim.Anchor, isUnknown: true)],
        };
    }

    /// <summary>Whether an `assert` step held when it was carried out.</summary>
    public IEnumerable<Finding> CheckAssert(AssertStep step, HistoryEvent at) =>
        CheckState(new Claim(new StateExpectation { State = step.State, Is = step.Is }, step, at), step.State, step.Is);

    private IEnumerable<Finding> CheckClosed(Claim claim, ClosedExpectation closed)
    {
        if (view.Connection(closed.Conn) is not { } connection)
            return claim.Allows(0) ? [] : [claim.Fail($"There never was a connection {closed.Conn}.", claim.Anchor)];
        var isBroker = closed.ClosedBy == connection.Broker;
        var ended = isBroker ? connection.BrokerEnded : connection.ClientEnded;
        if (ended is null) return claim.Allows(0) ? [] : [claim.Fail($"{connection} was still open at {Say.Time(view.Facts.EndNanoseconds)}, as far as {closed.ClosedBy} knew.", claim.Anchor)];

        // The end of a socket may wait for a peer that takes nothing; the decision to close it does not.
        var decided = isBroker ? connection.EndDecision ?? ended : ended;
        var by = (isBroker ? connection.BrokerSent : connection.ClientSent).LastOrDefault(sent => sent.Packet!.Packet is DisconnectPacket or ConnAckPacket { ReasonCode: not ReasonCode.Success });
        var seen = by is null ? [decided] : (HistoryEvent[])[by, decided];
        var code = by?.Packet!.Packet switch
        {
            DisconnectPacket disconnect => disconnect.ReasonCode,
            ConnAckPacket connAck => connAck.ReasonCode,
            _ => (ReasonCode?)null,
        };
        var words = decided.Detail ?? (isBroker ? WordsOf(connection) : null);
        var how = $"{ended.Name}{(code is { } said ? $", with {Say.Code(said)}" : "")}{(words is null ? "" : $", \"{words}\"")}";
        if (ended.Name != "closed")
            return claim.Allows(0) ? [] : [claim.Fail($"{closed.ClosedBy} did not end {connection} itself: its end at {Say.Time(decided)} was {how}.", seen)];
        if (!claim.Covers(decided))
            return claim.Allows(0) ? [] : [claim.Fail($"{closed.ClosedBy} closed {connection} at {Say.Time(decided)}; it should have{claim.Window}.", seen)];
        if (!claim.Allows(1)) return [claim.Fail($"{closed.ClosedBy} closed {connection} at {Say.Time(decided)}; it should {claim.Often} have{claim.Window}.", seen)];
        if (closed.Code is { } wanted && (byte?)code != wanted)
            return [claim.Fail($"{closed.ClosedBy} closed {connection} at {Say.Time(decided)} ({how}); the code should have been {Say.Code((ReasonCode)wanted)}.", seen)];
        if (closed.Reason is not { } reason) return [];
        return CloseReasons.Matches(reason, code, words) switch
        {
            true => [],
            false => [claim.Fail($"{closed.ClosedBy} closed {connection} at {Say.Time(decided)} ({how}); the reason should have been {reason}.", seen)],
            null => [claim.Fail($"{closed.ClosedBy} closed {connection} at {Say.Time(decided)}, and nothing says why.", seen, isUnknown: true)],
        };
    }

    private string? WordsOf(ConnectionView connection) => connection.EndDecision?.Detail
        ?? view.Decisions.FirstOrDefault(decision => JudgedDecisions.Is(decision, JudgedDecisions.ClosedBeforeConnect)
            && decision.Node == connection.Broker && decision.Nanoseconds == connection.BrokerEnded?.Nanoseconds)?.Detail;

    private IEnumerable<Finding> CheckConnAck(Claim claim, ConnAckExpectation expected)
    {
        var connections = expected.Conn is { } name ? view.Connections.Where(connection => connection.Name == name)
            : claim.Step is ClientStep step && claim.At is { } at ? FirstAfter(step.Client, at)
            : view.Connections;
        var seen = connections.SelectMany(connection => connection.ClientRead).Where(read => read.Packet!.Packet is ConnAckPacket && claim.Covers(read)).ToList();
        var matching = seen.FindAll(read => Matches((ConnAckPacket)read.Packet!.Packet, expected.ConnAck));
        if (claim.Expectation.Times is not null || seen.Count == 0 ? claim.Allows(matching.Count) : matching.Count == seen.Count) yield break;
        var what = seen.Count == 0 ? "no CONNACK arrived" : $"CONNACK arrived {string.Join(", ", seen.Take(ShownMax).Select(read => $"at {Say.Time(read)} with {Describe((ConnAckPacket)read.Packet!.Packet)}"))}";
        yield return claim.Fail($"{Upper(what)}{claim.Window}; it should have come {claim.Often} with {Describe(expected.ConnAck)}.", [.. claim.Anchor, .. seen.Take(ShownMax)]);
    }

    private IEnumerable<ConnectionView> FirstAfter(string client, HistoryEvent at) =>
        from connection in view.Connections
        where IsClient(connection.Client, client) && (connection.Requested ?? connection.ClientSent.FirstOrDefault())?.Index > at.Index
        group connection by connection.Client into own
        select own.First();

    private static bool Matches(ConnAckPacket packet, ConnAckPattern pattern) =>
        (int)packet.ReasonCode == pattern.Code && (pattern.SessionPresent is null || pattern.SessionPresent == packet.SessionPresent);

    private static string Describe(ConnAckPacket packet) => $"{Say.Code(packet.ReasonCode)}, session present {(packet.SessionPresent ? "true" : "false")}";

    private static string Describe(ConnAckPattern pattern) =>
        Say.Code((ReasonCode)pattern.Code) + (pattern.SessionPresent is { } present ? $", session present {(present ? "true" : "false")}" : "");

    private IEnumerable<Finding> CheckSubAck(Claim claim, SubAckExpectation expected)
    {
        var connections = claim.Step is ClientStep step ? view.Connections.Where(connection => IsClient(connection.Client, step.Client)) : view.Connections;
        var seen = connections.SelectMany(connection => claim.At is null ? connection.ClientRead : AnswerToFirst(connection, claim.At))
            .Where(read => read.Packet!.Packet is SubAckPacket && claim.Covers(read)).ToList();
        var matching = seen.FindAll(read => ((SubAckPacket)read.Packet!.Packet).ReasonCodes.Select(code => (int)code).SequenceEqual(expected.SubAck.Codes));
        if (claim.At is not null && seen.Count > 0 && claim.Expectation.Times is null ? matching.Count == seen.Count : claim.Allows(matching.Count)) yield break;
        var what = seen.Count == 0 ? "no SUBACK arrived" : $"SUBACK arrived {string.Join(", ", seen.Take(ShownMax).Select(read => $"at {Say.Time(read)} with [{string.Join(", ", ((SubAckPacket)read.Packet!.Packet).ReasonCodes.Select(code => Say.Code(code)))}]"))}";
        yield return claim.Fail($"{Upper(what)}{claim.Window}; it should have come {claim.Often} with [{string.Join(", ", expected.SubAck.Codes.Select(code => Say.Code((ReasonCode)code)))}].", [.. claim.Anchor, .. seen.Take(ShownMax)]);
    }

    // The answer to the SUBSCRIBE that a step sent: the first one behind it.
    private static IEnumerable<HistoryEvent> AnswerToFirst(ConnectionView connection, HistoryEvent at)
    {
        var sent = connection.ClientSent.Find(sent => sent.Index > at.Index && sent.Packet!.Packet is SubscribePacket);
        if (sent is null) return [];
        var identifier = ((SubscribePacket)sent.Packet!.Packet).PacketIdentifier;
        return connection.ClientRead.Where(read => read.Index > sent.Index && read.Packet!.Packet is SubAckPacket ack && ack.PacketIdentifier == identifier).Take(1);
    }

    private IEnumerable<Finding> CheckPacket(Claim claim, PacketExpectation expected)
    {
        var own = claim.Step is ClientStep step && expected.Conn is null ? step.Client : null;
        var seen = view.Connections
            .Where(connection => (expected.Conn is null || connection.Name == expected.Conn) && (own is null || IsClient(connection.Client, own)))
            .SelectMany(connection => expected.Dir == Direction.In ? connection.ClientSent : connection.BrokerSent)
            .Where(sent => claim.Covers(sent) && (int)sent.Packet!.Packet.Type == (int)expected.Packet).OrderBy(sent => sent.Index).ToList();
        var matching = seen.FindAll(sent => Matches(sent.Packet!.Packet, expected));
        if (claim.Allows(matching.Count)) yield break;
        var name = expected.Packet.ToString().ToUpperInvariant();
        var others = seen.Count == matching.Count ? "" : $", and {Say.Count(seen.Count - matching.Count, "time")} otherwise";
        var where = expected.Conn is null ? "" : $" on {expected.Conn}";
        yield return claim.Fail(
            $"{name} was sent so {Say.Count(matching.Count, "time")}{(matching.Count == 0 ? "" : $" (at {Say.Times(matching)})")}{others}{where}; it should have been{claim.Window} {claim.Often}.",
            [.. claim.Anchor, .. (matching.Count == 0 ? seen : matching).Take(ShownMax)]);
    }

    private static bool Matches(Packet packet, PacketExpectation expected)
    {
        var code = packet switch
        {
            AcknowledgementPacket acknowledgement => acknowledgement.ReasonCode,
            ConnAckPacket connAck => connAck.ReasonCode,
            DisconnectPacket disconnect => disconnect.ReasonCode,
            AuthPacket auth => auth.ReasonCode,
            SubAckPacket { ReasonCodes: [var only] } => only,
            UnsubAckPacket { ReasonCodes: [var only] } => only,
            _ => (ReasonCode?)null,
        };
        return (expected.Code is null || (byte?)code == expected.Code)
            && (expected.Duplicate is null || (packet is PublishPacket publish && publish.Duplicate == expected.Duplicate));
    }

    private IEnumerable<Finding> CheckState(Claim claim, string path, Comparison expected)
    {
        if (!view.Facts.States.TryGetValue(path, out var samples) || samples.Count == 0)
            return [claim.Fail($"'{path}' was not measured.", claim.Anchor, isUnknown: true)];
        if (claim.IsTimed)
        {
            // The value that stood when the times began, and each that came while they ran.
            var values = samples.Where((sample, i) => sample.Nanoseconds <= claim.To && (i + 1 == samples.Count || samples[i + 1].Nanoseconds > claim.From)).ToArray();
            return Array.Exists(values, sample => Holds(sample.Value, expected)) ? []
                : [claim.Fail($"{path} was {string.Join(", ", values.Take(ShownMax).Select(sample => sample.Value))}{claim.Window}; it should have been {expected}.", claim.Anchor)];
        }

        var at = claim.At?.Nanoseconds ?? view.Facts.EndNanoseconds;
        var value = samples.LastOrDefault(sample => sample.Nanoseconds <= at, samples[0]).Value;
        return Holds(value, expected) ? [] : [claim.Fail($"{path} was {value} at {Say.Time(at)}; it should have been {expected}.", claim.Anchor)];
    }

    private static bool Holds(long value, Comparison comparison) => comparison.Operator switch
    {
        "==" => value == comparison.Value,
        "!=" => value != comparison.Value,
        ">=" => value >= comparison.Value,
        "<=" => value <= comparison.Value,
        ">" => value > comparison.Value,
        _ => value < comparison.Value,
    };

    private IEnumerable<Finding> CheckRecovered(Claim claim, RecoveredExpectation expected)
    {
        var broker = expected.Recovered;
        var isDurable = view.BrokerOf(broker).Persistence != Persistence.Memory;
        var lives = view.History.Events.Where(e => e.Node == broker && e.Kind is HistoryKind.ProcessEnded or HistoryKind.ProcessStarted && e.Nanoseconds <= claim.To).ToList();
        var ended = lives.FindLast(e => e.Kind == HistoryKind.ProcessEnded);
        if (ended is null) return [claim.Fail($"{broker} never ended{claim.Window}, so there was nothing to recover from.", claim.Anchor)];
        var back = lives[^1].Kind != HistoryKind.ProcessStarted ? null
            : isDurable ? view.Decisions.FirstOrDefault(e => e.Node == broker && e.Index > lives[^1].Index && JudgedDecisions.Is(e, JudgedDecisions.StoreRecovered) && e.Nanoseconds <= claim.To)
            : lives[^1];
        if (back is null)
            return [claim.Fail($"{broker} ended at {Say.Time(ended)} and did not {(lives[^1] == ended ? "start again" : "get back what it kept")}{claim.Window}.", [ended, lives[^1]])];
        if (!claim.Covers(back)) return [claim.Fail($"{broker} was back at {Say.Time(back)}; it should have been{claim.Window}.", [ended, back])];
        return isDurable && expected.DataLoss == DataLoss.None ? CheckNothingLost(claim, broker, lives) : [];
    }

    private IEnumerable<Finding> CheckNothingLost(Claim claim, string broker, List<HistoryEvent> lives)
    {
        var forgotten = lives.Find(e => e.Kind == HistoryKind.ProcessEnded && !view.Survives(broker, e.Nanoseconds));
        if (forgotten is not null) yield return claim.Fail($"{broker} ended at {Say.Time(forgotten)} ({forgotten.Name}), which what it keeps is not promised to outlast.", [forgotten]);
        foreach (var loss in view.Losses().Where(loss => loss.Session.Broker == broker).Take(1))
            yield return claim.Fail(loss.Message(view), [.. loss.Evidence.OfType<HistoryEvent>()]);
    }

    /// <summary>Whether a node is the client that a scenario names, or one of its group.</summary>
    private static bool IsClient(string node, string name) =>
        node == name || (node.Length > name.Length && node[name.Length] == '[' && node.StartsWith(name, StringComparison.Ordinal));

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
