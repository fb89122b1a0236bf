using System.Diagnostics.CodeAnalysis;
using Orrery.Broker.Persistence;
using Orrery.Storage.Journal;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>The store itself: tables of SQLite, read and written on the caller's thread. One thread at a time.</summary>
/// <remarks>
/// What happens to messages is kept as it comes, in the table that is the journal, and written into the other tables later, when most of it
/// is undone. A write-ahead log takes every commit, and is copied into the database when it has grown. The file is locked for this process
/// alone as long as it is open. After an error that leaves doubt about the disk the engine does nothing more: open the file again.
/// </remarks>
public sealed class SqliteEngine : IDisposable
{
    private const int EntriesDeletedPerCommit = 1_000;      // so that the end of a long queue holds nobody up
    private const int PendingEntriesMax = 65_536;           // some 8 MiB of index
    private const int EntriesAppliedPerCommit = 2_048;      // and one row of the journal in any case

    private readonly StorageOptions _options;
    private readonly SqliteConnection _connection;
    private readonly Ids _ids;
    private readonly MutationWriter _writer;
    private readonly QueueReader _reader;
    private readonly PendingChanges _pending;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _insertJournal;
    private readonly SqliteStatement _deleteJournal;
    private long _lastJournalId;
    private int _logPages;
    private StoreFailure? _failure;

    private SqliteEngine(StorageOptions options, SqliteConnection connection)
    {
        _options = options;
        _connection = connection;
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        var (format, buffers) = (new RowFormat(), new JournalBuffers());
        _pending = new PendingChanges(buffers);
        _ids = new Ids(connection);
        _writer = new MutationWriter(connection, format, _ids, buffers);
        _reader = new QueueReader(connection, format, _pending, options.Path);
        _insertJournal = connection.Prepare("INSERT INTO journal (id, records) VALUES (?1, ?2)");
        _deleteJournal = connection.Prepare("DELETE FROM journal WHERE id <= ?1");
    }

    /// <summary>The largest id that a queue ever had, or a number above it.</summary>
    public long LargestQueueId => _ids.QueueMark;

    /// <summary>The largest id that a message ever had, or a number above it.</summary>
    public long LargestMessageId => _ids.MessageMark;

    /// <summary>Whether queues have ended whose entries are still there: <see cref="CleanUp"/> deletes some of them.</summary>
    public bool HasEndedQueues => _ids.Ended.Count > 0;

    /// <summary>Opens a store, makes it if it is not there, and brings an older version's up to date.</summary>
    /// <exception cref="StoreException">It can't be opened; the file is closed again.</exception>
    public static SqliteEngine Open(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LogPagesMax, 1);
        SqliteConnection? connection = null;
        try
        {
            connection = new SqliteConnection(options.Path, options.FileSystem ?? ChecksumFileSystem.NameOverSystem, options.IsCreated);

            // A newer program's log stays as it is, and so does one whose sync has failed.
            connection.KeepLogOnClose();

            // The lock first: with it the log's index lives in memory, and no file of shared memory is needed.
            connection.Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY");
            connection.Execute($"PRAGMA cache_size = -{options.CacheKibibytes}");
            Schema.Migrate(connection, options.Path);
            if (connection.ReadTexts("PRAGMA journal_mode = WAL") is not ["wal"])
                throw new StoreException(new StoreFailure(StoreFailureKind.Unavailable, $"the store {options.Path} can't have a write-ahead log."));
            connection.Execute($"""
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA synchronous = {(options.Mode == DurabilityMode.OperatingSystem ? "NORMAL" : "FULL")}
                """);
            connection.Execute("BEGIN IMMEDIATE; COMMIT");  // takes the lock now, and not with the first change
            HardenLog(connection);
            var engine = new SqliteEngine(options, connection);
            engine.ReplayJournal();
            return engine;
        }
        catch (SqliteException error)
        {
            connection?.Dispose();
            throw new StoreException(StoreFailures.Of(error, options.Path));
        }
        catch (StoreException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Tells all that is kept: queues in the order of their ids, then retained messages in the order of their topics.</summary>
    /// <exception cref="StoreException">It can't be read, or is damaged.</exception>
    public void Recover(Action<RecoveredQueue> onQueue, Action<StoredMessage> onRetained) =>
        Guard(() => WithTables(() => new Recovery(_connection, _reader, _ids).Run(onQueue, onRetained)));

    /// <summary>Applies changes, all or none of them, and makes them as durable as the mode says.</summary>
    /// <exception cref="StoreException">It failed. Full: nothing was applied, and it may be tried again. Else: the engine is of no more use.</exception>
    public void Commit(IReadOnlyList<StoreMutation> mutations) => Guard(() =>
    {
        _begin.Run();
        if (IsJournalLong) ApplySome();
        var rows = _writer.Write(mutations);
        var first = _lastJournalId + 1;
        foreach (var row in rows) _insertJournal.Bind(1, ++_lastJournalId).BindBlob(2, row.Bytes.AsSpan(0, row.Length)).Run();
        if (HasEndedQueues) _writer.DeleteEnded(EntriesDeletedPerCommit);
        _commit.Run();
        foreach (var row in rows) _pending.Absorb(first++, row);
    });

    /// <summary>Copies the log into the database if it has grown enough: to be called after each commit, when that was answered.</summary>
    /// <exception cref="StoreException">It failed, and the engine is of no more use. What was committed stays so.</exception>
    public void Checkpoint()
    {
        if (_failure is null) Guard(CheckpointIfDue);
    }

    /// <summary>Deletes some of the entries of queues that have ended, in a commit of its own.</summary>
    /// <exception cref="StoreException">As with <see cref="Commit"/>.</exception>
    public void CleanUp()
    {
        Commit([]);
        Checkpoint();
    }

    /// <summary>Reads messages of a queue that have no packet identifier, in the order of their ids.</summary>
    /// <param name="queueId">The queue.</param>
    /// <param name="afterMessageId">Only messages with a larger id.</param>
    /// <param name="countMax">At most so many, 1 or more.</param>
    /// <param name="bytesMax">At most so many bytes of topics and payloads, but one message in any case.</param>
    /// <param name="isLast">Whether there are no more.</param>
    /// <exception cref="StoreException">It can't be read, or is damaged.</exception>
    public IReadOnlyList<StoredEntry> ReadQueue(long queueId, long afterMessageId, int countMax, long bytesMax, out bool isLast)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        IReadOnlyList<StoredEntry> entries = [];
        var isAtEnd = false;
        Guard(() => entries = _reader.Read(queueId, afterMessageId, countMax, bytesMax, out isAtEnd));
        isLast = isAtEnd;
        return entries;
    }

    /// <inheritdoc cref="ReadQueue(long, long, int, long, out bool)"/>
    public IReadOnlyList<StoredEntry> ReadQueue(long queueId, long afterMessageId, int countMax, long bytesMax) =>
        ReadQueue(queueId, afterMessageId, countMax, bytesMax, out _);

    /// <summary>Reads all of the store and says what is wrong with it.</summary>
    /// <param name="onProgress">Is called every so often; null for no one.</param>
    /// <returns>A clause for each thing that is wrong; none for a store that is whole.</returns>
    /// <exception cref="StoreException">It can't be read.</exception>
    public IReadOnlyList<string> Check(Action? onProgress = null)
    {
        IReadOnlyList<string> problems = [];
        Guard(() =>
        {
            _connection.OnProgress(onProgress);
            WithTables(() => problems = Consistency.Check(_connection, _reader));
            _connection.OnProgress(null);
        });
        return problems;
    }

    /// <summary>Writes the database anew without the space that is free in it, and gives that back to the file system.</summary>
    /// <param name="onProgress">Is called every so often; null for no one.</param>
    /// <exception cref="StoreException">It failed; the database is as it was. It takes as much room again as the store has, for a while.</exception>
    public void Compact(Action? onProgress = null) => Guard(() =>
    {
        _connection.OnProgress(onProgress);
        EmptyJournal();
        while (HasEndedQueues)
        {
            CleanUp();
        }

        _connection.Execute("PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY");
        _connection.Checkpoint(isTruncated: true);
        _connection.OnProgress(null);
    });

    /// <summary>Closes the store in order: the log is copied into the database and emptied. Without room for that it stays as it is.</summary>
    /// <exception cref="StoreException">The disk failed at that. What was committed is as durable as its mode said, in the log.</exception>
    public void Close()
    {
        try
        {
            if (_failure is null) Guard(CloseInOrder);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Lets go of the file as a crash would: nothing more is written.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>Whether more than one queue or topic refers to a message.</summary>
    internal bool IsShared(long messageId)
    {
        var isShared = false;
        Guard(() => WithTables(() => isShared = _writer.References.IsShared(messageId)));
        return isShared;
    }

    /// <summary>A message by its id; null if there is none.</summary>
    internal StoredMessage? FindMessage(long id)
    {
        StoredMessage? message = null;
        Guard(() => WithTables(() => message = _reader.Find(id)));
        return message;
    }

    /// <summary>Makes sure that no id up to these is given again.</summary>
    internal void RaiseMarks(long queueId, long messageId) => Guard(() => _ids.Raise(queueId, messageId));

    // After the end of a process the log may hold commits that its disk does not: they are in the system's cache, are recovered, and what
    // is answered because of them must not be taken back by a power loss. The checkpoint syncs the log first.
    private static void HardenLog(SqliteConnection connection)
    {
        try
        {
            connection.Checkpoint(isTruncated: true);
        }
        catch (SqliteException error) when (error.PrimaryCode == Sqlite3.Full)
        {
            // The log is synced; that the database can't grow shows when it must.
        }
    }

    // After a crash, so that whoever looks at the tables finds all that was kept.
    private void ReplayJournal()
    {
        ReadJournal();
        TryEmptyJournal();
    }

    // Without room the journal still has it all, and is read beside the tables.
    private void TryEmptyJournal()
    {
        try
        {
            EmptyJournal();
        }
        catch (SqliteException error) when (error.PrimaryCode == Sqlite3.Full)
        {
            Undo();
        }
    }

    /// <summary>Reads tables that know what the journal says, also where there is no room to keep them so.</summary>
    private void WithTables(Action read)
    {
        if (_pending.IsEmpty)
        {
            read();
            return;
        }

        _begin.Run();
        ApplyAll();
        read();
        Undo();
    }

    private void EmptyJournal()
    {
        if (_pending.IsEmpty) return;
        _begin.Run();
        ApplyAll();
        _commit.Run();
    }

    private void ApplyAll() => Apply(_ => !_pending.IsEmpty);

    /// <summary>So much of a journal that is too long that a commit hardly notices.</summary>
    private void ApplySome() => Apply(changed => IsJournalLong && changed < EntriesAppliedPerCommit);

    private void Apply(Func<int, bool> goesOn) => _deleteJournal.Bind(1, _writer.Apply(_pending, goesOn)).Run();

    private bool IsJournalLong => _pending.Bytes > _options.JournalBytesMax || _pending.Count > PendingEntriesMax;

    private void ReadJournal()
    {
        _pending.Clear();
        using var rows = _connection.PrepareOnce("SELECT id, records FROM journal ORDER BY id");
        while (rows.Step())
        {
            var id = rows.Integer(0);
            _lastJournalId = Math.Max(_lastJournalId, id);
            try
            {
                var bytes = rows.Blob(1).ToArray();
                _pending.Absorb(id, new JournalRow(bytes, bytes.Length));
            }
            catch (InvalidDataException)
            {
                throw _reader.Damaged($"row {id} of its journal is not readable");
            }
        }
    }

    private void CloseInOrder()
    {
        TryEmptyJournal();
        HardenLog(_connection);
    }

    /// <summary>Ends the transaction, if one is open, as if it had not begun.</summary>
    private void Undo()
    {
        _writer.Forget();
        if (_connection.IsInTransaction) _connection.Execute("ROLLBACK");
        _ids.Reload();
        ReadJournal();
    }

    // Not left to SQLite: its own checkpoint at a commit hides that a sync has failed, and syncs again as if it had not.
    private void CheckpointIfDue()
    {
        _logPages += _connection.TakePagesWritten();
        if (_logPages < _options.LogPagesMax) return;
        try
        {
            _connection.Checkpoint(isTruncated: false);
            _logPages = 0;
        }
        catch (SqliteException error) when (error.PrimaryCode == Sqlite3.Full)
        {
            _logPages /= 2;                                 // the log has it all; later there may be room in the database
        }
    }

    private void Guard(Action work)
    {
        if (_failure is not null) throw new StoreException(StoreFailures.Refused(_failure));
        try
        {
            work();
        }
        catch (SqliteException error)
        {
            Fail(StoreFailures.Of(error, _options.Path));
        }
        catch (StoreException failure)
        {
            Fail(failure.Failure);
        }
    }

    [DoesNotReturn]
    private void Fail(StoreFailure failure)
    {
        if (failure.Kind == StoreFailureKind.Full) failure = RollBack(failure);
        if (failure.Kind != StoreFailureKind.Full)
        {
            _failure = failure;
            Dispose();
        }

        throw new StoreException(failure);
    }

    private StoreFailure RollBack(StoreFailure failure)
    {
        try
        {
            Undo();
            return failure;
        }
        catch (SqliteException error)
        {
            return StoreFailures.Of(error, _options.Path) is { Kind: not StoreFailureKind.Full } worse
                ? worse
                : new StoreFailure(StoreFailureKind.InputOutput, failure.Message);
        }
    }
}
