using Orrery.Storage.Native;

namespace Orrery.Storage;

/// <summary>The tables of the database, their version, and how older versions become this one.</summary>
/// <remarks>
/// `pragma user_version` names the version, and `pragma application_id` says whose file it is. A step of <see cref="Steps"/> is never
/// changed after a release: a new version is a new step at the end.
/// </remarks>
internal static class Schema
{
    /// <summary>"Orry" in ASCII.</summary>
    public const int ApplicationId = 0x4F727279;

    /// <summary>Step n leads from version n to version n + 1.</summary>
    private static readonly string[] Steps =
    [
        // Queues: sessions (kind 0) and shared subscriptions (kind 1). Times are UTC ticks; `options` are bit fields, see RowFormat.
        """
        CREATE TABLE queues (
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL,
            expiry INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            will BLOB, will_options INTEGER, will_expires_at INTEGER, will_delay INTEGER, will_due INTEGER NOT NULL);
        CREATE UNIQUE INDEX queues_by_name ON queues (kind, name);

        CREATE TABLE subscriptions (
            queue INTEGER NOT NULL, filter TEXT NOT NULL, place INTEGER NOT NULL, options INTEGER NOT NULL, identifier INTEGER,
            PRIMARY KEY (queue, filter)) WITHOUT ROWID;

        -- A queued message has no packet identifier; one in flight has.
        CREATE TABLE entries (
            queue INTEGER NOT NULL, message INTEGER NOT NULL, options INTEGER NOT NULL, bytes INTEGER NOT NULL, identifiers BLOB,
            packet INTEGER, state INTEGER, place INTEGER,
            PRIMARY KEY (queue, message)) WITHOUT ROWID;

        CREATE TABLE inbound (queue INTEGER NOT NULL, packet INTEGER NOT NULL, PRIMARY KEY (queue, packet)) WITHOUT ROWID;

        -- A message is kept once; who refers to it are entries and retained. More than one reference is counted in shares.
        CREATE TABLE messages (id INTEGER PRIMARY KEY, options INTEGER NOT NULL, expires_at INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE shares (message INTEGER PRIMARY KEY, refs INTEGER NOT NULL);
        CREATE TABLE retained (topic TEXT PRIMARY KEY, message INTEGER NOT NULL) WITHOUT ROWID;

        -- Queues that have ended and whose entries are still to be deleted, a few with each commit.
        CREATE TABLE ended (queue INTEGER PRIMARY KEY);

        -- No id of a queue or message was ever above these.
        CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO marks VALUES ('queue', 0), ('message', 0);
        """,

        // A short message that one queue alone holds stands in its entry, and not in messages. There, body is NULL.
        """
        ALTER TABLE entries ADD COLUMN body BLOB;
        ALTER TABLE entries ADD COLUMN expires_at INTEGER;
        """,

        // What happened to messages and is not in the other tables yet, a group or a part of one in each row, oldest first.
        """
        CREATE TABLE journal (id INTEGER PRIMARY KEY, records BLOB NOT NULL);
        """,
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Makes the tables, or brings those of an older version to this one; all of it or nothing.</summary>
    /// <exception cref="StoreException">The file is of a newer version, or not a store.</exception>
    public static void Migrate(SqliteConnection connection, string path) => Migrate(connection, path, Version);

    /// <summary>The same up to a version, which may be an older one.</summary>
    internal static void Migrate(SqliteConnection connection, string path, int target)
    {
        var version = connection.ReadNumber("PRAGMA user_version");
        var applicationId = connection.ReadNumber("PRAGMA application_id");
        var isEmpty = version == 0 && applicationId == 0 && connection.ReadNumber("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isEmpty && applicationId != ApplicationId) throw new StoreException(StoreFailures.NotAStore(path));
        if (version > Version) throw new StoreException(StoreFailures.NewerVersion(path, version, Version));
        if (isEmpty) connection.ReservedPageBytes = ChecksumFileSystem.ChecksumBytes;
        else if (connection.ReservedPageBytes != ChecksumFileSystem.ChecksumBytes)
            throw new StoreException(StoreFailures.Damaged(path, "its pages have no checksums"));
        if (version >= target) return;

        connection.Execute("BEGIN IMMEDIATE");
        for (var step = (int)version; step < target; step++)
        {
            connection.Execute(Steps[step]);
        }

        connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {target}; COMMIT");
    }
}
