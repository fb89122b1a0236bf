using Orrery.Broker.Persistence;
using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>What an error means for the caller and for the operator: one place for all of them.</summary>
internal static class StoreFailures
{
    /// <summary>Names what an error of SQLite means.</summary>
    /// <param name="error">The error.</param>
    /// <param name="path">The database that it happened to.</param>
    public static StoreFailure Of(SqliteException error, string path) => error.PrimaryCode switch
    {
        Sqlite3.Full => new(StoreFailureKind.Full,
            $"no room for the store {path}: nothing of the change was kept. Make room on its disk; the broker tries again by itself. ({Said(error)})"),
        Sqlite3.IOError when error.Code is Sqlite3.IOErrorSync or Sqlite3.IOErrorDirectorySync => new(StoreFailureKind.Sync,
            $"the disk did not confirm what was written to the store {path}: nobody knows what it holds of the last changes. Look for errors of "
            + $"the disk in the system's log, then restart the broker. ({Said(error)})"),
        Sqlite3.IOError when error.Code == Sqlite3.IOErrorData => Damaged(path, Said(error)),
        Sqlite3.IOError => new(StoreFailureKind.InputOutput,
            $"the disk failed under the store {path}. Look for errors of the disk in the system's log, then restart the broker. ({Said(error)})"),
        Sqlite3.Corrupt => Damaged(path, Said(error)),
        Sqlite3.NotADatabase => NotAStore(path),
        Sqlite3.ReadOnly => new(StoreFailureKind.Unavailable,
            $"the store {path} may not be written: let the user of the broker write the file and its folder, then restart it. ({Said(error)})"),
        Sqlite3.CanNotOpen => new(StoreFailureKind.Unavailable,
            $"can't open the store {path}: its folder must be there, and the user of the broker may read and write in it. ({Said(error)})"),
        Sqlite3.Busy => new(StoreFailureKind.Unavailable,
            $"the store {path} is in use: another process has it open. Stop that one first, or give this one a folder of its own. ({Said(error)})"),
        _ => new(StoreFailureKind.InputOutput, $"the store {path} failed, in a way that is not expected. ({Said(error)})"),
    };

    /// <summary>The file's content contradicts itself.</summary>
    /// <param name="path">The database.</param>
    /// <param name="what">What was found.</param>
    public static StoreFailure Damaged(string path, string what) => new(StoreFailureKind.Damaged,
        $"the store {path} is damaged. Keep a copy of the file and its -wal. `orrery store check` says what is wrong; `orrery store export` "
        + $"writes what stands in front of the damage, for `orrery store import` into a new file. ({what})");

    /// <summary>A newer program has written the file.</summary>
    public static StoreFailure NewerVersion(string path, long found, int known) => new(StoreFailureKind.NewerVersion,
        $"the store {path} has format {found}, which is newer than this program's {known}: use the newer program, or `orrery store export` "
        + "with it and `orrery store import` with this one into a new file. The file was not changed.");

    /// <summary>The file is something else.</summary>
    public static StoreFailure NotAStore(string path) => new(StoreFailureKind.Damaged,
        $"{path} is not a store of Orrery, or its beginning is damaged. The file was not changed: move it away, or name another.");

    /// <summary>The store failed earlier and is closed for good.</summary>
    public static StoreFailure Refused(StoreFailure earlier) => new(earlier.Kind, $"the store takes nothing since it failed: {earlier.Message}");

    private static string Said(SqliteException error) =>
        error.SystemError == 0 ? $"SQLite {error.Code}: {error.Message}" : $"SQLite {error.Code}: {error.Message}; system error {error.SystemError}";
}
