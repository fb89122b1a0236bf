using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Oracles;

/// <summary>The packets of one kind that a broker read on a connection, and its answers to them.</summary>
/// <param name="Connection">Where.</param>
/// <param name="Pairs">Each packet that was read, and the answer: the first one of its identifier behind it; null for none.</param>
/// <param name="Unasked">Answers that answer nothing.</param>
internal sealed record Answers(ConnectionView Connection, IReadOnlyList<(HistoryEvent Read, HistoryEvent? Answer)> Pairs, IReadOnlyList<HistoryEvent> Unasked)
{
    /// <summary>Pairs what was read with what was sent.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="question">The identifier of a packet that is to be answered; null for others.</param>
    /// <param name="answer">The identifier that an answer has; null for other packets.</param>
    public static Answers Of(ConnectionView connection, Func<Packet, ushort?> question, Func<Packet, ushort?> answer)
    {
        var waiting = new Dictionary<ushort, Queue<int>>();
        var pairs = new List<(HistoryEvent Read, HistoryEvent? Answer)>();
        var unasked = new List<HistoryEvent>();
        foreach (var happened in connection.AtBroker)
        {
            var packet = happened.Packet!.Packet;
            if (happened.Packet.IsToBroker && question(packet) is { } asked)
            {
                if (!waiting.TryGetValue(asked, out var queue)) waiting.Add(asked, queue = []);
                queue.Enqueue(pairs.Count);
                pairs.Add((happened, null));
            }
            else if (!happened.Packet.IsToBroker && answer(packet) is { } answered)
            {
                if (waiting.TryGetValue(answered, out var queue) && queue.TryDequeue(out var index)) pairs[index] = (pairs[index].Read, happened);
                else unasked.Add(happened);
            }
        }

        return new Answers(connection, pairs, unasked);
    }

    /// <summary>The packets that should have an answer by now and have none: a later one of the connection has, or it stayed open and undisturbed.</summary>
    public IEnumerable<HistoryEvent> Missing(HistoryView view)
    {
        var lastAnswered = Pairs.Where(pair => pair.Answer is not null).Select(pair => pair.Read.Index).DefaultIfEmpty(-1).Max();
        foreach (var (read, answer) in Pairs)
        {
            if (answer is not null || !Connection.Handled(read)) continue;
            if (read.Index < lastAnswered || IsOverdue(view, read)) yield return read;
        }
    }

    private bool IsOverdue(HistoryView view, HistoryEvent read)
    {
        var due = read.Nanoseconds + Judging.AftermathNanoseconds;
        return due <= view.Facts.EndNanoseconds && view.IsPrompt(Connection.Client) && view.IsCalm(Connection, read.Nanoseconds, due);
    }
}
