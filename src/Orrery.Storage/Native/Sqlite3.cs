using System.Runtime.InteropServices;

namespace Orrery.Storage.Native;

/// <summary>The functions of SQLite that are used here, and the numbers that go with them. <see href="https://sqlite.org/c3ref/intro.html"/>.</summary>
internal static unsafe partial class Sqlite3
{
    public const int Ok = 0;
    public const int Row = 100;
    public const int Done = 101;

    public const int Busy = 5;
    public const int ReadOnly = 8;
    public const int IOError = 10;
    public const int Corrupt = 11;
    public const int NotFound = 12;
    public const int Full = 13;
    public const int CanNotOpen = 14;
    public const int NotADatabase = 26;

    public const int IOErrorRead = IOError | (1 << 8);
    public const int IOErrorShortRead = IOError | (2 << 8);
    public const int IOErrorWrite = IOError | (3 << 8);
    public const int IOErrorSync = IOError | (4 << 8);
    public const int IOErrorDirectorySync = IOError | (5 << 8);
    public const int IOErrorTruncate = IOError | (6 << 8);
    public const int IOErrorSize = IOError | (7 << 8);
    public const int IOErrorDelete = IOError | (10 << 8);
    public const int IOErrorDeleteNotFound = IOError | (23 << 8);
    public const int IOErrorData = IOError | (32 << 8);

    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenDeleteOnClose = 0x8;
    public const int OpenMainDatabase = 0x100;
    public const int OpenMainJournal = 0x800;
    public const int OpenSuperJournal = 0x4000;
    public const int OpenNoMutex = 0x8000;
    public const int OpenWriteAheadLog = 0x80000;

    public const int ConfigMemoryStatus = 9;
    public const int ConfigNoCheckpointOnClose = 1006;
    public const int ControlReserveBytes = 38;
    public const int PreparePersistent = 1;
    public const int StatusCacheWrite = 9;
    public const int CheckpointPassive = 0;
    public const int CheckpointTruncate = 3;

    private const string Library = "e_sqlite3";

    private static readonly IntPtr Transient = new(-1);

    // Before the first call, which sets the library up: after that it takes no such options.
    static Sqlite3()
    {
        if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64) return;

        // Nobody asks how much memory all databases take together, and one lock for every allocation of all threads is the price of counting it.
        _ = ConfigureLibrary(ConfigMemoryStatus, 0);
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, out IntPtr connection, int flags, string? fileSystem);

    [LibraryImport(Library, EntryPoint = "sqlite3_close")]
    public static partial int Close(IntPtr connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_extended_result_codes")]
    public static partial int UseExtendedResultCodes(IntPtr connection, int on);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    public static partial IntPtr ErrorMessage(IntPtr connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_system_errno")]
    public static partial int SystemError(IntPtr connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit")]
    public static partial int IsOutsideTransaction(IntPtr connection);

    // Variadic in C. Integers are passed to it as to any other function, but on a Mac with an ARM processor.
    [LibraryImport(Library, EntryPoint = "sqlite3_db_config")]
    public static partial int Configure(IntPtr connection, int option, int value, out int result);

    [LibraryImport(Library, EntryPoint = "sqlite3_db_status")]
    public static partial int Status(IntPtr connection, int option, out int current, out int highest, int reset);

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ControlFile(IntPtr connection, string schema, int option, ref int value);

    [LibraryImport(Library, EntryPoint = "sqlite3_wal_checkpoint_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Checkpoint(IntPtr connection, string? schema, int mode, out int frames, out int checkpointed);

    [LibraryImport(Library, EntryPoint = "sqlite3_progress_handler")]
    public static partial void SetProgressHandler(
        IntPtr connection, int instructions, delegate* unmanaged[Cdecl]<IntPtr, int> handler, IntPtr argument);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    public static partial int Prepare(IntPtr connection, byte* text, int length, int flags, out IntPtr statement, IntPtr* tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int Finalize(IntPtr statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(IntPtr statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(IntPtr statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes"), SuppressGCTransition]
    public static partial int Changes(IntPtr connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static partial int BindInteger(IntPtr statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static partial int BindNull(IntPtr statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static partial long ColumnInteger(IntPtr statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    public static partial int ColumnType(IntPtr statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial byte* ColumnBlob(IntPtr statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    public static partial byte* ColumnText(IntPtr statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(IntPtr statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find")]
    public static partial FileSystemTable* FindFileSystem(byte* name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    public static partial int RegisterFileSystem(FileSystemTable* table, int isDefault);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_unregister")]
    public static partial int UnregisterFileSystem(FileSystemTable* table);

    // Variadic, as sqlite3_db_config.
    [LibraryImport(Library, EntryPoint = "sqlite3_config")]
    private static partial int ConfigureLibrary(int option, int value);

    /// <summary>Binds a copy of bytes.</summary>
    public static int BindBlob(IntPtr statement, int index, ReadOnlySpan<byte> bytes)
    {
        var source = bytes.IsEmpty ? "\0"u8 : bytes;        // an address of nothing would bind NULL in place of no bytes
        fixed (byte* start = source)
        {
            return BindBlob(statement, index, start, bytes.Length, Transient);
        }
    }

    /// <summary>Binds a copy of UTF-8 text.</summary>
    public static int BindText(IntPtr statement, int index, ReadOnlySpan<byte> text)
    {
        var source = text.IsEmpty ? "\0"u8 : text;
        fixed (byte* start = source)
        {
            return BindText(statement, index, start, text.Length, Transient);
        }
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(IntPtr statement, int index, byte* bytes, int length, IntPtr destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    private static partial int BindText(IntPtr statement, int index, byte* text, int length, IntPtr destructor);
}
