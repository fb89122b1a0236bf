using System.Text;
using Orrery.Broker.Persistence;

namespace Orrery.Storage.Tests.Models;

/// <summary>Listens to a store, and reads all of it.</summary>
internal sealed class StoreReader : IMessageStoreListener
{
    private readonly List<StoredEntry> _page = [];

    public List<RecoveredQueue> Queues { get; } = [];

    public List<StoredMessage> Retained { get; } = [];

    public List<StoreFailure> Failures { get; } = [];

    public int Committed { get; private set; }

    public int Closed { get; private set; }

    /// <summary>Whether the last page was said to be the queue's last.</summary>
    public bool IsLast { get; private set; }

    public (long Queue, long Message)? Opened { get; private set; }

    public void OnQueue(RecoveredQueue queue) => Queues.Add(queue);

    public void OnRetained(StoredMessage message) => Retained.Add(message);

    public void OnOpened(long largestQueueId, long largestMessageId) => Opened = (largestQueueId, largestMessageId);

    /// <summary>Is told of each commit at the moment it is acknowledged.</summary>
    public Action? Acknowledged { get; set; }

    public void OnCommitted()
    {
        Committed++;
        Acknowledged?.Invoke();
    }

    public void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast)
    {
        _page.Clear();
        _page.AddRange(messages);
        IsLast = isLast;
    }

    public void OnFailed(StoreFailure failure) => Failures.Add(failure);

    public void OnClosed() => Closed++;

    /// <summary>Opens a store and reads everything in it, a few entries at a time.</summary>
    public static string TextOf(IMessageStore store)
    {
        var reader = new StoreReader();
        store.Open(reader);
        Assert.Empty(reader.Failures);
        return reader.Text(store);
    }

    /// <summary>All of the store that was just opened with this listener.</summary>
    public string Text(IMessageStore store)
    {
        Assert.NotNull(Opened);
        var text = new StringBuilder();
        foreach (var queue in Queues) text.Append(StoreText.OfQueue(queue, Read(store, queue.Queue)));
        foreach (var message in Retained) text.Append(StoreText.OfRetained(message));
        return text.ToString();
    }

    /// <summary>One page of a queue.</summary>
    public IReadOnlyList<StoredEntry> Page(IMessageStore store, StoredQueue queue, long after, int countMax, long bytesMax)
    {
        store.ReadQueue(queue, after, countMax, bytesMax);
        Assert.Empty(Failures);
        return [.. _page];
    }

    private List<StoredEntry> Read(IMessageStore store, StoredQueue queue, int countMax = 3)
    {
        var all = new List<StoredEntry>();
        while (true)
        {
            store.ReadQueue(queue, all.Count == 0 ? 0 : all[^1].Message.Id, countMax, long.MaxValue);
            Assert.Empty(Failures);
            if (_page.Count == 0) return all;
            Assert.InRange(_page.Count, 1, countMax);
            all.AddRange(_page);
        }
    }
}
