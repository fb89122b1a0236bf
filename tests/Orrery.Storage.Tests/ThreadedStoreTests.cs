using System.Collections.Concurrent;
using Orrery.Broker.Persistence;

namespace Orrery.Storage.Tests;

public sealed class ThreadedStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Calls_are_answered_in_order_on_a_thread_of_its_own()
    {
        var listener = new Listener();
        var queue = Build.Session(1, "a");
        using (var store = new ThreadedStore(new StorageOptions { Path = _folder.File("store.db") }))
        {
            store.Open(listener);
            store.Commit([new StoreMutation.BeginQueue(queue), Build.Add(Build.Message(1), queue)]);
            store.ReadQueue(queue, 0, 10, 1_000);
            store.Close();
        }

        Assert.Equal(["opened", "committed", "page of 1", "closed"], listener.Heard);
        Assert.Equal("orrery-store", Assert.Single(listener.Threads.Distinct()));
    }

    [Fact]
    public void A_failure_is_told_and_the_thread_goes_on()
    {
        var listener = new Listener();
        using (var store = new ThreadedStore(new StorageOptions { Path = _folder.File("missing/store.db") }))
        {
            store.Open(listener);
            store.Close();
            store.Open(listener);
        }

        Assert.Equal(["Unavailable", "closed", "Unavailable"], listener.Heard);
    }

    [Fact]
    public void What_waits_in_ended_queues_is_deleted_while_nobody_calls()
    {
        var options = new StorageOptions { Path = _folder.File("store.db") };
        var queue = Build.Session(1, "a");
        using (var store = new ThreadedStore(options))
        {
            store.Open(new Listener());
            store.Commit([new StoreMutation.BeginQueue(queue)]);
            store.Commit([.. Enumerable.Range(1, 5_000).Select(id => Build.Add(Build.Message(id), queue))]);
            store.Commit([new StoreMutation.EndQueue(queue)]);
        }

        using var engine = SqliteEngine.Open(options);
        Assert.False(engine.HasEndedQueues);
        Assert.Empty(engine.Check());
    }

    private sealed class Listener : IMessageStoreListener
    {
        public ConcurrentQueue<string> Heard { get; } = [];

        public ConcurrentQueue<string?> Threads { get; } = [];

        public void OnQueue(RecoveredQueue queue) => Hear("queue");

        public void OnRetained(StoredMessage message) => Hear("retained");

        public void OnOpened(long largestQueueId, long largestMessageId) => Hear("opened");

        public void OnCommitted() => Hear("committed");

        public void OnPage(StoredQueue queue, IReadOnlyList<StoredEntry> messages, bool isLast) => Hear($"page of {messages.Count}");

        public void OnFailed(StoreFailure failure) => Hear($"{failure.Kind}");

        public void OnClosed() => Hear("closed");

        private void Hear(string what)
        {
            Heard.Enqueue(what);
            Threads.Enqueue(Thread.CurrentThread.Name);
        }
    }
}
