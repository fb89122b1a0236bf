using System.Diagnostics;
using System.Globalization;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Storage;

namespace Orrery.Benchmarks.Storage;

/// <summary>The store on a real disk: commits by mode and size of group, pages of a queue, and what a start costs. One line a figure.</summary>
/// <remarks>A group of n stands for n publishers whose messages wait together for one commit.</remarks>
internal static class StoreBenchmark
{
    private const int PayloadBytes = 100;
    private const int QueuedSessions = 1_000;
    private const double SecondsEach = 3.0;

    /// <param name="args">A folder on the disk to measure, by default the present one; then how many queued messages and sessions a start
    /// is measured with, by default 1000000 and 100000.</param>
    public static int Run(string[] args)
    {
        var folder = Directory.CreateDirectory(Path.Combine(args.Length > 0 ? args[0] : ".", "orrery-store-benchmark")).FullName;
        var queued = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
        var sessions = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000;
        try
        {
            RunSyncs(folder);
            // The mode without syncs last: what it leaves to be written would be in the way of others' syncs.
            foreach (var mode in new[] { DurabilityMode.Group, DurabilityMode.OperatingSystem })
            {
                foreach (var size in new[] { 1, 10, 100, 1_000 })
                {
                    RunCommits(folder, mode, size);
                }
            }

            RunStart(folder, "queued messages", queued, path => FillQueues(path, queued));
            RunStart(folder, "sessions", sessions, path => FillSessions(path, sessions));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static void RunSyncs(string folder)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "sync"), FileMode.Create, FileAccess.Write);
        var page = new byte[4_096];
        var count = 0L;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < SecondsEach)
        {
            RandomAccess.Write(file, page, count++ % 1_000 * page.Length);
            RandomAccess.FlushToDisk(file);
        }

        Print("disk", "sync of 4 KiB", $"{count / watch.Elapsed.TotalSeconds:N0} /s");
    }

    private static void RunCommits(string folder, DurabilityMode mode, int size)
    {
        var path = Path.Combine(folder, $"commits-{mode}-{size}.db");
        using var engine = SqliteEngine.Open(new StorageOptions { Path = path, Mode = mode });
        var queue = new StoredQueue(StoredQueueKind.Session, "offline") { Id = 1 };
        engine.Commit([new StoreMutation.BeginQueue(queue)]);
        var id = 0L;
        var commits = 0L;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < SecondsEach)
        {
            engine.Commit([.. Enumerable.Range(0, size).Select(_ => Add(queue, ++id))]);
            engine.Checkpoint();
            commits++;
        }

        var name = mode == DurabilityMode.OperatingSystem ? "os" : "group";
        Print(name, $"groups of {size}", $"{commits / watch.Elapsed.TotalSeconds:N0} commits/s, {id / watch.Elapsed.TotalSeconds:N0} messages/s");
        if (size != 1_000) return;

        watch.Restart();
        var read = 0L;
        for (var after = 0L; engine.ReadQueue(1, after, 1_000, long.MaxValue) is { Count: > 0 } page; after = page[^1].Message.Id)
        {
            read += page.Count;
        }

        Print(name, "pages of 1,000", $"{read / watch.Elapsed.TotalSeconds:N0} messages/s read");
        watch.Restart();
        for (var removed = 0L; removed < id;)
        {
            var count = (int)Math.Min(size, id - removed);
            engine.Commit([.. Enumerable.Range(0, count).Select(_ => new StoreMutation.RemoveMessage(queue, Stored(++removed)))]);
            engine.Checkpoint();
        }

        Print(name, "groups of 1000", $"{id / watch.Elapsed.TotalSeconds:N0} messages/s removed");
    }

    private static void RunStart(string folder, string what, int count, Action<string> fill)
    {
        var path = Path.Combine(folder, "start.db");
        File.Delete(path);
        fill(path);
        var size = new FileInfo(path).Length;
        var before = Process.GetCurrentProcess().WorkingSet64;
        var watch = Stopwatch.StartNew();
        var kept = new List<RecoveredQueue>();
        using var engine = SqliteEngine.Open(new StorageOptions { Path = path });
        engine.Recover(kept.Add, _ => { });
        var elapsed = watch.Elapsed.TotalSeconds;
        var after = Process.GetCurrentProcess().WorkingSet64;
        Print("start", $"{count:N0} {what}", string.Create(
            CultureInfo.InvariantCulture,
            $"{elapsed:N2} s, {(after - before) / 1e6:N0} MB more in memory, {size / 1e6:N0} MB on disk, {kept.Sum(queue => queue.QueuedCount):N0} queued"));
    }

    private static void FillQueues(string path, int count)
    {
        using var engine = SqliteEngine.Open(new StorageOptions { Path = path, Mode = DurabilityMode.OperatingSystem });
        var queues = Enumerable.Range(1, QueuedSessions).Select(id => new StoredQueue(StoredQueueKind.Session, $"client-{id}") { Id = id }).ToArray();
        engine.Commit([.. queues.Select(queue => new StoreMutation.BeginQueue(queue))]);
        foreach (var chunk in Enumerable.Range(1, count).Chunk(10_000))
        {
            engine.Commit([.. chunk.Select(id => Add(queues[id % QueuedSessions], id))]);
            engine.Checkpoint();
        }

        engine.Close();
    }

    private static void FillSessions(string path, int count)
    {
        using var engine = SqliteEngine.Open(new StorageOptions { Path = path, Mode = DurabilityMode.OperatingSystem });
        foreach (var chunk in Enumerable.Range(1, count).Chunk(5_000))
        {
            engine.Commit([.. chunk.SelectMany(id => Session(id))]);
            engine.Checkpoint();
        }

        engine.Close();
    }

    private static IEnumerable<StoreMutation> Session(int id)
    {
        var queue = new StoredQueue(StoredQueueKind.Session, $"client-{id}") { Id = id };
        yield return new StoreMutation.BeginQueue(queue);
        yield return new StoreMutation.Attach(queue, 3_600, null);
        foreach (var filter in new[] { $"site/{id}/command/#", "broadcast/#" })
        {
            yield return new StoreMutation.PutSubscription(queue, new Subscription(TopicFilter.Parse(filter), QoS.AtLeastOnce), null);
        }

        yield return new StoreMutation.Detach(queue, 3_600, long.MaxValue, 0);
    }

    private static StoreMutation.AddMessage Add(StoredQueue queue, long id) =>
        new(Stored(id), [new QueueTarget(queue, QoS.AtLeastOnce, Retain: false, Identifiers: null)]);

    private static StoredMessage Stored(long id) => new(Message) { Id = id };

    private static readonly ApplicationMessage Message = new()
    {
        Topic = TopicName.Parse("site/17/telemetry"),
        Payload = new byte[PayloadBytes],
        QoS = QoS.AtLeastOnce,
    };

    private static void Print(string what, string size, string figure) => Console.WriteLine($"{what,-8} {size,-28} {figure}");
}
