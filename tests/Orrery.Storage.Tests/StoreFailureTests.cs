using Orrery.Broker.Persistence;
using Orrery.Storage.Native;
using Orrery.Storage.Tests.Models;

namespace Orrery.Storage.Tests;

public sealed class StoreFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private StorageOptions Options => new() { Path = _folder.File("store.db") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_newer_version_is_refused_and_left_as_it_is()
    {
        MakeStore();
        SetByHand($"PRAGMA user_version = {Schema.Version + 1}");
        var before = File.ReadAllBytes(Options.Path);

        var failure = OpenFails(Options);

        Assert.Equal(StoreFailureKind.NewerVersion, failure.Kind);
        Assert.Contains($"format {Schema.Version + 1}, which is newer than this program's {Schema.Version}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Options.Path, failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Options.Path));
    }

    [Fact]
    public void A_database_of_something_else_is_refused_and_left_as_it_is()
    {
        SetByHand("CREATE TABLE other (a)");
        var before = File.ReadAllBytes(Options.Path);

        Assert.Contains("is not a store of Orrery", OpenFails(Options).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Options.Path));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        var before = Enumerable.Range(0, 9_000).Select(i => (byte)(i * 7)).ToArray();
        File.WriteAllBytes(Options.Path, before);

        Assert.Contains("is not a store of Orrery", OpenFails(Options).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Options.Path));
    }

    [Fact]
    public void A_store_that_is_open_elsewhere_is_refused()
    {
        using var first = new SqliteStore(Options);
        first.Open(new StoreReader());

        var failure = OpenFails(Options);

        Assert.Equal(StoreFailureKind.Unavailable, failure.Kind);
        Assert.Contains("another process has it open", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused()
    {
        var failure = OpenFails(Options with { Path = _folder.File("missing/store.db") });

        Assert.Equal(StoreFailureKind.Unavailable, failure.Kind);
        Assert.Contains("its folder must be there", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_not_made_where_one_must_be_there()
    {
        var failure = OpenFails(Options with { IsCreated = false });

        Assert.Equal(StoreFailureKind.Unavailable, failure.Kind);
        Assert.False(File.Exists(Options.Path));
    }

    [Fact]
    public void A_store_that_failed_refuses_everything_until_it_is_opened_again()
    {
        using var store = new SqliteStore(Options with { IsCreated = false });
        var reader = new StoreReader();
        store.Open(reader);

        store.Commit([new StoreMutation.BeginQueue(Build.Session(1, "a"))]);
        store.ReadQueue(Build.Session(1, "a"), 0, 1, 1);
        Assert.Equal(3, reader.Failures.Count);
        Assert.Contains("takes nothing since it failed", reader.Failures[2].Message, StringComparison.Ordinal);
        Assert.Equal(0, reader.Committed);

        MakeStore();
        store.Open(reader);
        store.Commit([new StoreMutation.BeginQueue(Build.Session(1, "a"))]);
        Assert.Equal(1, reader.Committed);
    }

    [Fact]
    public void What_contradicts_itself_is_damage_and_not_data()
    {
        using (var store = new SqliteStore(Options))
        {
            store.Open(new StoreReader());
            var queue = Build.Session(1, "a");
            store.Commit([new StoreMutation.BeginQueue(queue), Build.Add(Build.Message(1, payloadBytes: EntryWriter.BodyBytesMax), queue)]);
            store.Close();
        }

        SetByHand("DELETE FROM messages");

        using var again = new SqliteStore(Options);
        var reader = new StoreReader();
        again.Open(reader);
        again.ReadQueue(reader.Queues[0].Queue, 0, 1, 1);
        var failure = Assert.Single(reader.Failures);
        Assert.Equal(StoreFailureKind.Damaged, failure.Kind);
        Assert.Contains("message 1 is missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_the_disk_changed_is_damage_and_not_data()
    {
        var queue = Build.Session(1, "a");
        using (var store = new SqliteStore(Options))
        {
            store.Open(new StoreReader());
            store.Commit([new StoreMutation.BeginQueue(queue), .. Enumerable.Range(1, 20).Select(id => Build.Add(Build.Message(id, payloadBytes: 5_000), queue))]);
            store.Close();
        }

        // One bit of each page in turn; the last page is in the middle of a payload, where nothing but a checksum would tell.
        var whole = File.ReadAllBytes(Options.Path);
        for (var position = 200; position < whole.Length; position += 4_096)
        {
            var damaged = whole.ToArray();
            damaged[position] ^= 0x10;
            File.WriteAllBytes(Options.Path, damaged);

            using var again = new SqliteStore(Options);
            var reader = new StoreReader();
            again.Open(reader);
            if (reader.Failures.Count == 0) again.ReadQueue(queue, 0, 100, long.MaxValue);
            if (reader.Failures.Count == 0) again.Close();
            else Assert.Equal(StoreFailureKind.Damaged, Assert.Single(reader.Failures).Kind);
            if (reader.Failures.Count == 0) Assert.Contains("Damaged", CheckFails(), StringComparison.Ordinal);
        }

        File.WriteAllBytes(Options.Path, whole);
        using var engine = SqliteEngine.Open(Options);
        Assert.Empty(engine.Check());

        string CheckFails()
        {
            using var checkedEngine = SqliteEngine.Open(Options);
            return $"{Assert.Throws<StoreException>(() => checkedEngine.Check()).Failure.Kind}";
        }
    }

    [Fact]
    public void A_page_in_the_place_of_another_is_damage_and_not_data()
    {
        using (var store = new SqliteStore(Options))
        {
            store.Open(new StoreReader());
            var queue = Build.Session(1, "a");
            store.Commit([new StoreMutation.BeginQueue(queue), .. Enumerable.Range(1, 50).Select(id => Build.Add(Build.Message(id, payloadBytes: 5_000), queue))]);
            store.Close();
        }

        var bytes = File.ReadAllBytes(Options.Path);
        bytes.AsSpan(30 * 4_096, 4_096).CopyTo(bytes.AsSpan(31 * 4_096));
        File.WriteAllBytes(Options.Path, bytes);

        // Where the page is read for its own sake the failure is an answer of the check, else it ends the check.
        using var engine = SqliteEngine.Open(Options);
        var problems = new List<string>();
        var thrown = Record.Exception(() => problems.AddRange(engine.Check())) as StoreException;
        Assert.True(thrown?.Failure.Kind == StoreFailureKind.Damaged || problems.Count > 0);
    }

    /// <summary>Changes that break a rule, and the words for it.</summary>
    [Theory]
    [InlineData("DELETE FROM messages WHERE id = 1", "1 messages are missing that a queue or a topic refers to")]
    [InlineData("DELETE FROM queues", "1 queues are missing")]
    [InlineData("DELETE FROM shares", "1 messages are counted wrong")]
    [InlineData("DELETE FROM entries WHERE message = 1", "1 messages are counted wrong")]
    [InlineData("INSERT INTO shares VALUES (9, 2)", "1 counts are there of messages that are not")]
    [InlineData("UPDATE entries SET packet = 1, state = 7", "3 messages in flight are in no state that there is")]
    [InlineData("UPDATE entries SET packet = 1, state = 1", "1 packet identifiers are in use twice")]
    [InlineData("UPDATE marks SET value = 0", "2 marks are below ids that are in use")]
    [InlineData("UPDATE messages SET body = x'00'", "message 1 is not readable")]
    [InlineData("UPDATE entries SET body = x'00' WHERE message = 3", "message 3 is not readable")]
    [InlineData("UPDATE marks SET value = 2", "1 marks are below ids that are in use")]
    public void A_check_names_what_is_wrong(string sql, string expected)
    {
        using (var store = new SqliteStore(Options))
        {
            store.Open(new StoreReader());
            var queue = Build.Session(1, "a");
            var (alone, shared) = (Build.Message(1, payloadBytes: EntryWriter.BodyBytesMax), Build.Message(2, payloadBytes: EntryWriter.BodyBytesMax));
            store.Commit(
                [new StoreMutation.BeginQueue(queue), Build.Add(alone, queue), Build.Add(shared, queue), new StoreMutation.SetRetained(shared), Build.Add(Build.Message(3), queue)]);
            store.Close();
        }

        using (var engine = SqliteEngine.Open(Options)) Assert.Empty(engine.Check());
        SetByHand(sql);

        using var damaged = SqliteEngine.Open(Options);
        Assert.Contains(damaged.Check(), problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Sqlite3.Full, StoreFailureKind.Full)]
    [InlineData(Sqlite3.IOErrorWrite, StoreFailureKind.InputOutput)]
    [InlineData(Sqlite3.IOErrorRead, StoreFailureKind.InputOutput)]
    [InlineData(Sqlite3.IOErrorSync, StoreFailureKind.Sync)]
    [InlineData(Sqlite3.IOErrorDirectorySync, StoreFailureKind.Sync)]
    [InlineData(Sqlite3.IOErrorData, StoreFailureKind.Damaged)]
    [InlineData(Sqlite3.Corrupt, StoreFailureKind.Damaged)]
    [InlineData(Sqlite3.NotADatabase, StoreFailureKind.Damaged)]
    [InlineData(Sqlite3.ReadOnly, StoreFailureKind.Unavailable)]
    [InlineData(Sqlite3.CanNotOpen, StoreFailureKind.Unavailable)]
    [InlineData(Sqlite3.Busy, StoreFailureKind.Unavailable)]
    [InlineData(99, StoreFailureKind.InputOutput)]
    public void Every_error_has_a_meaning_and_names_the_file(int code, StoreFailureKind kind)
    {
        var failure = StoreFailures.Of(new SqliteException(code, 28, "what it said"), "data/store.db");

        Assert.Equal(kind, failure.Kind);
        Assert.Contains("data/store.db", failure.Message, StringComparison.Ordinal);
    }

    private void MakeStore()
    {
        using var store = new SqliteStore(Options);
        store.Open(new StoreReader());
        store.Close();
    }

    private void SetByHand(string sql)
    {
        using var connection = new SqliteConnection(Options.Path, ChecksumFileSystem.NameOverSystem, isCreated: true);
        connection.Execute("PRAGMA locking_mode = EXCLUSIVE");
        connection.Execute(sql);
    }

    private static StoreFailure OpenFails(StorageOptions options)
    {
        using var store = new SqliteStore(options);
        var reader = new StoreReader();
        store.Open(reader);
        Assert.Null(reader.Opened);
        return Assert.Single(reader.Failures);
    }
}
