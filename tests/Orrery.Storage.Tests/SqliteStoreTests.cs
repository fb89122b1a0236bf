using FsCheck;
using FsCheck.Fluent;
using Orrery.Broker.Persistence;
using Orrery.Storage.Tests.Models;

namespace Orrery.Storage.Tests;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private StorageOptions Options => new() { Path = _folder.File("store.db") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_store_is_empty_and_takes_ids_from_1()
    {
        using var store = new SqliteStore(Options);
        var reader = new StoreReader();

        store.Open(reader);

        Assert.Equal((0L, 0L), reader.Opened);
        Assert.Empty(reader.Queues);
        Assert.Empty(reader.Retained);
    }

    [Fact]
    public void What_is_recovered_after_any_changes_is_what_the_model_holds() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), numbers =>
        {
            using var folder = new TemporaryFolder();
            var options = new StorageOptions
            {
                Path = folder.File("store.db"),
                Mode = DurabilityMode.OperatingSystem,
                LogPagesMax = 20,
                JournalBytesMax = (numbers.Length % 3) switch { 0 => 0, 1 => 500, _ => 100_000 },
            };
            var workload = new Workload();
            var reader = new StoreReader();
            using (var store = new SqliteStore(options))
            {
                store.Open(reader);
                foreach (var group in workload.Groups(numbers))
                {
                    store.Commit(group);
                    AssertPages(store, reader, workload.Model);
                }

                Assert.Empty(reader.Failures);
                if (numbers.Length % 2 == 0) store.Close();
            }

            using var again = new SqliteStore(options);
            Assert.Equal(workload.Model.Text(), StoreReader.TextOf(again));
            again.Close();
            AssertWhole(options);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(120));

    /// <summary>Messages of a few queues, in one group or each change in its own: what is gathered for one statement changes nothing.</summary>
    [Fact]
    public void What_a_group_gathers_is_what_its_changes_come_to_one_by_one() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), numbers =>
        {
            using var folder = new TemporaryFolder();
            var workload = new Exchanges(numbers);
            var texts = new[] { (1, 0), (7, 300), (7, 1_000_000), (1_000, 0) }.Select(sizes =>
            {
                var (size, journal) = sizes;
                var options = new StorageOptions { Path = folder.File($"{size}-{journal}.db"), Mode = DurabilityMode.OperatingSystem, JournalBytesMax = journal };
                using var store = new SqliteStore(options);
                var reader = new StoreReader();
                store.Open(reader);
                foreach (var group in workload.Mutations.Chunk(size)) store.Commit(group);
                Assert.Empty(reader.Failures);
                var text = StoreReader.TextOf(store);
                store.Close();
                AssertWhole(options);
                return text;
            }).ToArray();
            Assert.All(texts, text => Assert.Equal(workload.Model.Text(), text));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(200));

    [Fact]
    public void A_store_of_the_first_version_is_brought_up_to_date()
    {
        using (var connection = new Native.SqliteConnection(Options.Path, Native.ChecksumFileSystem.NameOverSystem, isCreated: true))
        {
            connection.Execute("PRAGMA locking_mode = EXCLUSIVE");
            Schema.Migrate(connection, Options.Path, target: 1);
            connection.Execute("""
                INSERT INTO queues (id, kind, name, expiry, expires_at, will_due) VALUES (1, 0, 'a', 60, 0, 0);
                INSERT INTO messages VALUES (1, 0, 0, x'3206000174000168'), (2, 0, 0, x'3206000174000169');
                INSERT INTO entries VALUES (1, 1, 1, 2, NULL, NULL, NULL, NULL), (1, 2, 1, 2, NULL, 7, 1, 1);
                UPDATE marks SET value = 1000;
                """);
        }

        using (var engine = SqliteEngine.Open(Options)) Assert.Empty(engine.Check());
        using var store = new SqliteStore(Options);
        var queue = Build.Session(1, "a");
        store.Open(new StoreReader());
        store.Commit([Build.Add(Build.Message(1_001), queue), new StoreMutation.RemoveMessage(queue, Build.Message(1))]);

        var text = StoreReader.TextOf(store);
        Assert.Contains("exchange 7", text, StringComparison.Ordinal);
        Assert.Contains("message 2 t [69]", text, StringComparison.Ordinal);
        Assert.Contains("message 1001 t", text, StringComparison.Ordinal);
        Assert.Contains("waiting 1, 6 bytes", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_the_past_are_never_given_again()
    {
        var workload = new Workload();
        using (var store = new SqliteStore(Options))
        {
            store.Open(new StoreReader());
            foreach (var group in workload.Groups(Enumerable.Range(0, 300))) store.Commit(group);
            foreach (var queue in workload.Model.Queues) store.Commit([new StoreMutation.EndQueue(queue.Name)]);
        }

        using var again = new SqliteStore(Options);
        var reader = new StoreReader();
        again.Open(reader);

        Assert.InRange(reader.Opened!.Value.Queue, 1, long.MaxValue);
        Assert.InRange(reader.Opened.Value.Message, 100, long.MaxValue);
        Assert.Empty(reader.Queues);
    }

    [Fact]
    public void A_page_ends_at_the_number_of_messages_or_of_bytes_and_has_one_in_any_case()
    {
        using var store = new SqliteStore(Options);
        var reader = new StoreReader();
        store.Open(reader);
        var queue = Build.Session(1, "a");
        store.Commit([new StoreMutation.BeginQueue(queue)]);
        store.Commit([.. Enumerable.Range(1, 10).Select(id => Build.Add(Build.Message(id, payloadBytes: 99), queue))]);  // 100 bytes each

        Assert.Equal([3, 3, 3, 1], Pages(countMax: 3, bytesMax: long.MaxValue));
        Assert.Equal([2, 2, 2, 2, 2], Pages(countMax: 100, bytesMax: 200));
        Assert.Equal([2, 2, 2, 2, 2], Pages(countMax: 100, bytesMax: 299));
        Assert.Equal(10, Pages(countMax: 100, bytesMax: 1).Count);

        List<int> Pages(int countMax, long bytesMax)
        {
            var sizes = new List<int>();
            for (var after = 0L; ;)
            {
                var page = reader.Page(store, queue, after, countMax, bytesMax);
                if (page.Count == 0) return sizes;
                sizes.Add(page.Count);
                after = page[^1].Message.Id;
            }
        }
    }

    [Fact]
    public void A_message_is_stored_once_for_all_of_its_queues_and_gone_with_the_last()
    {
        using var store = new SqliteStore(Options);
        store.Open(new StoreReader());
        var queues = Enumerable.Range(1, 50).Select(id => Build.Session(id, $"c{id}")).ToArray();
        store.Commit([.. queues.Select(queue => new StoreMutation.BeginQueue(queue))]);
        var message = Build.Message(1, payloadBytes: 1_000_000);

        store.Commit([Build.Add(message, queues), new StoreMutation.SetRetained(message)]);
        store.Close();
        var full = _folder.SizeOf("store.db");
        Assert.InRange(full, 1_000_000, 1_200_000);

        store.Open(new StoreReader());
        store.Commit([.. queues.Select(queue => new StoreMutation.RemoveMessage(queue, message)), new StoreMutation.ClearRetained("t")]);
        store.Close();
        using var engine = SqliteEngine.Open(Options);
        engine.Compact();
        engine.Close();
        Assert.InRange(_folder.SizeOf("store.db"), 1, 100_000);
    }

    [Fact]
    public void Space_of_what_was_deleted_is_used_again()
    {
        using var store = new SqliteStore(Options);
        store.Open(new StoreReader());
        var queue = Build.Session(1, "a");
        store.Commit([new StoreMutation.BeginQueue(queue)]);
        var sizes = new List<long>();
        for (var round = 0; round < 20; round++)
        {
            var messages = Enumerable.Range(1, 200).Select(i => Build.Message((round * 200) + i, payloadBytes: 5_000)).ToArray();
            store.Commit([.. messages.Select(message => Build.Add(message, queue))]);
            store.Commit([.. messages.Select(message => new StoreMutation.RemoveMessage(queue, message))]);
            store.Close();
            store.Open(new StoreReader());
            sizes.Add(_folder.SizeOf("store.db"));
        }

        Assert.InRange(sizes[^1], 1, sizes[0] + 100_000);
    }

    [Fact]
    public void The_end_of_a_long_queue_is_worked_off_bit_by_bit_also_after_a_restart()
    {
        const int Count = 5_500;
        var queue = Build.Session(1, "a");
        var other = Build.Session(2, "b");
        using (var store = new SqliteStore(Options with { JournalBytesMax = 0 }))
        {
            store.Open(new StoreReader());
            store.Commit([new StoreMutation.BeginQueue(queue), new StoreMutation.BeginQueue(other)]);
            store.Commit([.. Enumerable.Range(1, Count).Select(id => Build.Add(Build.Message(id), queue, other))]);

            store.Commit([new StoreMutation.BeginQueue(Build.Session(3, "a"))]);
            Assert.True(store.HasCleanUp);
            store.Commit([Build.Add(Build.Message(Count + 1), queue, other)]);
        }

        using var again = new SqliteStore(Options);
        var reader = new StoreReader();
        again.Open(reader);
        Assert.Equal([2L, 3L], reader.Queues.Select(found => found.Queue.Id));
        Assert.Equal([Count + 1, 0L], reader.Queues.Select(found => found.QueuedCount));
        for (var turns = 0; again.HasCleanUp; turns++)
        {
            Assert.InRange(turns, 0, 5);
            again.CleanUp();
        }

        again.Close();
        AssertWhole(Options);
    }

    [Fact]
    public void Closing_leaves_one_file_and_no_log()
    {
        using var store = new SqliteStore(Options);
        var reader = new StoreReader();
        store.Open(reader);
        store.Commit([new StoreMutation.BeginQueue(Build.Session(1, "a"))]);

        store.Close();

        Assert.Equal(1, reader.Closed);
        Assert.Empty(reader.Failures);
        Assert.Equal(0, _folder.SizeOf("store.db-wal"));
    }

    // Pages are read while the journal knows more than the tables.
    private static void AssertPages(SqliteStore store, StoreReader reader, StoreModel model)
    {
        foreach (var queue in model.Queues)
        {
            var waiting = queue.Entries.Where(entry => entry.Value.Packet.IsNone).Select(entry => entry.Key).ToArray();
            var after = waiting.Length > 2 ? waiting[1] : 0;
            var page = reader.Page(store, queue.Name, after, countMax: 4, long.MaxValue);
            var expected = waiting.Where(id => id > after).ToArray();
            Assert.Equal(expected.Take(4), page.Select(entry => entry.Message.Id));
            if (reader.IsLast) Assert.InRange(expected.Length, 0, 4);
            else Assert.InRange(expected.Length, 4, int.MaxValue);

            // What does not fit by its bytes is not the end of the queue.
            page = reader.Page(store, queue.Name, after, countMax: 100, bytesMax: 20);
            Assert.Equal(expected.Take(page.Count), page.Select(entry => entry.Message.Id));
            Assert.Equal(reader.IsLast, page.Count == expected.Length);
        }
    }

    private static void AssertWhole(StorageOptions options)
    {
        using var engine = SqliteEngine.Open(options);
        Assert.Empty(engine.Check());
    }
}
