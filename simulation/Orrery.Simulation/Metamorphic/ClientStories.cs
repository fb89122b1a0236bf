using System.Globalization;
using System.Text;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Metamorphic;

/// <summary>What clients see of a run: nothing that only a broker or the network knows.</summary>
internal static class ClientStories
{
    /// <summary>One thing that a client saw.</summary>
    /// <param name="Nanoseconds">When.</param>
    /// <param name="Client">Who.</param>
    /// <param name="Connection">On which connection.</param>
    /// <param name="What">"sent", "read", "delivered", "opened" or "ended".</param>
    /// <param name="Packet">The packet; null for none.</param>
    /// <param name="Detail">How a connection ended.</param>
    public sealed record Seen(long Nanoseconds, string Client, string Connection, string What, Packet? Packet, string Detail);

    /// <summary>All that clients saw, in order.</summary>
    public static IEnumerable<Seen> Of(RunResult run)
    {
        var clients = new HashSet<string>(StringComparer.Ordinal);
        foreach (var happened in run.History.Events)
        {
            if (happened.Kind == HistoryKind.ConnectionRequested) clients.Add(happened.Node);
            if (happened.Connection is not { } connection || !clients.Contains(happened.Node)) continue;
            var what = happened.Kind switch
            {
                HistoryKind.PacketSent => "sent",
                HistoryKind.PacketReceived => "read",
                HistoryKind.Delivered => "delivered",
                HistoryKind.ConnectionOpened => "opened",
                HistoryKind.ConnectionEnded => "ended",
                _ => null,
            };
            if (what is not null) yield return new Seen(happened.Nanoseconds, happened.Node, connection, what, happened.Packet?.Packet, what == "ended" ? happened.Name ?? "" : "");
        }
    }

    /// <summary>All packets and deliveries of each connection must be the same, and at the same time.</summary>
    /// <remarks>At one instant a client may read two packets and then hand on the first, or the first before it reads the second.</remarks>
    public static IEnumerable<string> CompareAll(RunResult before, RunResult after) =>
        Differences(Lines(Of(before), seen => $"{seen.Connection} {seen.What}", Timed), Lines(Of(after), seen => $"{seen.Connection} {seen.What}", Timed));

    /// <summary>Each client must be handed the same messages in the same order.</summary>
    public static IEnumerable<string> CompareDeliveries(RunResult before, RunResult after) => Differences(
        Lines(Of(before).Where(seen => seen.What == "delivered"), seen => seen.Client, Message), Lines(Of(after).Where(seen => seen.What == "delivered"), seen => seen.Client, Message));

    /// <summary>Texts in order, by what they are grouped by.</summary>
    public static SortedDictionary<string, List<(string Text, long Nanoseconds)>> Lines(IEnumerable<Seen> seen, Func<Seen, string> key, Func<Seen, string> text)
    {
        var lines = new SortedDictionary<string, List<(string, long)>>(StringComparer.Ordinal);
        foreach (var one in seen)
        {
            if (!lines.TryGetValue(key(one), out var list)) lines.Add(key(one), list = []);
            list.Add((text(one), one.Nanoseconds));
        }

        return lines;
    }

    /// <summary>The first difference of each group.</summary>
    public static IEnumerable<string> Differences(
        SortedDictionary<string, List<(string Text, long Nanoseconds)>> before, SortedDictionary<string, List<(string Text, long Nanoseconds)>> after)
    {
        foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (left, right) = (before.GetValueOrDefault(key) ?? [], after.GetValueOrDefault(key) ?? []);
            var at = 0;
            while (at < left.Count && at < right.Count && left[at].Text == right[at].Text) at++;
            if (at == left.Count && at == right.Count) continue;
            yield return $"{key}, number {at + 1}: {Show(left, at)} before, and {Show(right, at)} in the changed world.";
        }
    }

    /// <summary>What was seen, with its time.</summary>
    public static string Timed(Seen seen) => string.Create(CultureInfo.InvariantCulture, $"{seen.Nanoseconds} {Plain(seen)}");

    /// <summary>What was seen.</summary>
    public static string Plain(Seen seen) => Plain(seen, (_, text) => text);

    /// <summary>What was seen, with some fields rewritten.</summary>
    public static string Plain(Seen seen, Func<string, string, string> rewrite) => $"{seen.Connection} {seen.What} {seen.Detail}{(seen.Packet is { } packet ? Fields.Of(packet, rewrite) : "")}";

    private static string Message(Seen seen)
    {
        var message = ((PublishPacket)seen.Packet!).Message;
        return string.Create(CultureInfo.InvariantCulture, $"{message.Topic} {Convert.ToHexStringLower(message.Payload.Span)} QoS {(int)message.QoS}{(message.Retain ? " retained" : "")}");
    }

    private static string Show(List<(string Text, long Nanoseconds)> lines, int at) => at < lines.Count ? $"'{lines[at].Text}' ({Readable.Time(lines[at].Nanoseconds)})" : "nothing";

    /// <summary>All fields of a packet, none of them cut.</summary>
    private sealed class Fields(Func<string, string, string> rewrite) : IPacketFieldSink
    {
        private readonly StringBuilder _text = new();

        public static string Of(Packet packet, Func<string, string, string> rewrite)
        {
            var fields = new Fields(rewrite);
            PacketFields.Write(packet, fields);
            return PacketFields.NameOf(packet.Type) + fields._text;
        }

        public void Number(string name, long value) => _text.Append(CultureInfo.InvariantCulture, $" {name}={value}");

        public void Seconds(string name, long value) => Number(name, value);

        public void Text(string name, string value) => _text.Append(CultureInfo.InvariantCulture, $" {name}={rewrite(name, value)}");

        public void Flag(string name) => _text.Append(' ').Append(name);

        public void Bytes(string name, ReadOnlyMemory<byte> value) => _text.Append(CultureInfo.InvariantCulture, $" {name}={PacketText.OfPayload(value.Span)}:{Convert.ToHexStringLower(value.Span)}");

        public void List(string name, IReadOnlyList<string> values) => _text.Append(CultureInfo.InvariantCulture, $" {name}=").AppendJoin('|', values.Select(value => rewrite(name, value)));
    }
}
