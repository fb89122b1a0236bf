using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Oracles;

/// <summary>What may have become the retained message of a topic.</summary>
/// <param name="Content">What it says; null for a broker's end that takes everything with it.</param>
/// <param name="MayFrom">The first index at which it may count.</param>
/// <param name="SureBy">The index by which it surely did; <see cref="int.MaxValue"/> when it may not have.</param>
/// <param name="MayTo">The last index at which it may have been written.</param>
/// <param name="Event">What wrote it.</param>
internal sealed record RetainedWrite(Content? Content, int MayFrom, int SureBy, int MayTo, HistoryEvent? Event)
{
    /// <summary>Whether it leaves the topic without a message.</summary>
    public bool IsRemoval => Content is null || Content.Sample.Payload.IsEmpty;

    /// <summary>When its message expires; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresAt { get; init; } = long.MaxValue;
}

/// <summary>The retained messages of every broker, as a register for each topic that the last write wins.</summary>
internal sealed class RetainedModel
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly HistoryView _view;
    private readonly Dictionary<(string Broker, string Topic), List<RetainedWrite>> _writes = [];

    private RetainedModel(HistoryView view) => _view = view;

    /// <summary>Every topic that anybody ever wrote to, in ordinal order.</summary>
    public IEnumerable<(string Broker, ApplicationMessage Sample)> Topics =>
        _writes.OrderBy(entry => entry.Key.Topic, StringComparer.Ordinal).Select(entry => (entry.Key.Broker, entry.Value.Find(write => write.Content is not null)!.Content!.Sample));

    /// <summary>The model of a history.</summary>
    public static RetainedModel Of(HistoryView view)
    {
        var model = new RetainedModel(view);
        var refused = view.Decisions.Where(decision => JudgedDecisions.Is(decision, JudgedDecisions.RetainedRefused)).ToList();
        foreach (var publication in view.Publications.Where(publication => publication.Packet.Message.Retain && publication.CopiesMax > 0))
        {
            var broker = publication.Sends[0].Connection.Broker;
            var isRefused = refused.Exists(decision => decision.Node == broker && decision.Detail!.Contains($" for {publication.Content.Topic} was", StringComparison.Ordinal));
            isRefused |= publication.Owned is null && publication.MayFrom < view.History.Events.Count && model.IsStalled(broker, view.History.Events[publication.MayFrom].Nanoseconds, view.History.Events[publication.MayFrom].Nanoseconds);
            var seconds = publication.Packet.Message.Properties?.MessageExpiryIntervalSeconds;
            model.Add(broker, new RetainedWrite(publication.Content, publication.MayFrom, isRefused ? int.MaxValue : publication.SureBy, publication.MayTo, publication.Sends[0].Sent)
            {
                ExpiresAt = seconds is null ? long.MaxValue : view.History.Events[publication.MayFrom].Nanoseconds + (seconds.Value * NanosecondsPerSecond),
            });
        }

        foreach (var fate in view.Once(WillFate.Of).Where(fate => fate.Due != WillDue.Never && fate.Connection.Will!.Message.Retain))
        {
            var content = view.ContentOf(fate.Connection.Will!.Message)!;
            var last = fate.To == long.MaxValue ? int.MaxValue - 1 : view.IndexAt(fate.To + 1);
            var seconds = fate.Connection.Will.Message.Properties?.MessageExpiryIntervalSeconds;
            model.Add(fate.Connection.Broker, new RetainedWrite(content, view.IndexAt(fate.From), fate.Due == WillDue.Surely && !model.IsStalled(fate.Connection.Broker, fate.From, fate.To) ? last : int.MaxValue, last, fate.Connection.ConnectRead)
            {
                ExpiresAt = seconds is null ? long.MaxValue : fate.From + (seconds.Value * NanosecondsPerSecond),
            });
        }

        model.AddEnds();
        foreach (var writes in model._writes.Values) writes.Sort((left, right) => left.MayFrom.CompareTo(right.MayFrom));
        return model;
    }

    /// <summary>The writes to a topic, by time.</summary>
    public IReadOnlyList<RetainedWrite> WritesTo(string broker, string topic) => _writes.GetValueOrDefault((broker, topic)) ?? [];

    /// <summary>What may have been the retained message at some instant of a stretch; one with a removal for none.</summary>
    public IEnumerable<RetainedWrite> Possible(string broker, string topic, int from, int to)
    {
        var writes = WritesTo(broker, topic);
        return writes.Where(write => write.MayFrom <= to && SupersededBy(writes, write, from) is null);
    }

    /// <summary>The write that surely came after another one and before an index; null for none.</summary>
    public static RetainedWrite? SupersededBy(IReadOnlyList<RetainedWrite> writes, RetainedWrite write, int before) =>
        writes.FirstOrDefault(later => later.MayFrom > write.MayTo && later.SureBy < before);

    /// <summary>Whether a topic surely had a message throughout a stretch.</summary>
    public bool SurelyHasValue(string broker, string topic, int from, int to)
    {
        var writes = WritesTo(broker, topic);
        if (!writes.Any(write => write.SureBy < from && !write.IsRemoval)) return false;
        var until = to < _view.History.Events.Count ? _view.History.Events[to].Nanoseconds : _view.Facts.EndNanoseconds;
        return Possible(broker, topic, from, to).All(write => !write.IsRemoval && write.ExpiresAt > until);
    }

    /// <summary>Whether a store may have taken nothing: what was written in the last second before it said so was perhaps not kept either.</summary>
    private bool IsStalled(string broker, long from, long to) =>
        _view.Stalls.Any(stall => stall.Node == broker && stall.From - NanosecondsPerSecond <= to && stall.To >= from);

    // What is not on disk ends with the process.
    private void AddEnds()
    {
        foreach (var ended in _view.History.Events.Where(happened => happened.Kind == HistoryKind.ProcessEnded))
        {
            if (!_view.Facts.Brokers.TryGetValue(ended.Node, out var broker)) continue;
            var isSure = broker.Persistence == Persistence.Memory || ended.Name == "wiped_disk";
            var survives = _view.Survives(ended.Node, ended.Nanoseconds);
            if (survives) continue;
            foreach (var (key, writes) in _writes.Where(entry => entry.Key.Broker == ended.Node))
                writes.Add(new RetainedWrite(null, ended.Index, isSure ? ended.Index : int.MaxValue, ended.Index, ended));
        }
    }

    private void Add(string broker, RetainedWrite write)
    {
        var key = (broker, write.Content!.Topic);
        if (!_writes.TryGetValue(key, out var list)) _writes.Add(key, list = []);
        list.Add(write);
    }
}
