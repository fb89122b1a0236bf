using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orrery.Mqtt;

namespace Orrery.Storage.Native;

/// <summary>Puts a checksum at the end of every page of a database, and compares it when the page is read: a page that the disk changed,
/// or put in another's place, is an error and never data.</summary>
/// <remarks>
/// It stands between SQLite and another file system, and touches nothing but pages of databases that leave it room. The log has
/// checksums of its own. What it can't see is an old page in place of a newer one.
/// </remarks>
internal sealed unsafe class ChecksumFileSystem : IDisposable
{
    /// <summary>Bytes at the end of every page.</summary>
    public const int ChecksumBytes = 8;

    private const int PageBytesMin = 512;
    private const int HeaderBytes = 100;
    private const int HeaderReservedOffset = 20;            // where a database says how much room its pages leave
    private const ulong PageMix = 0x9E3779B97F4A7C15;       // so that equal pages differ by their place

    private static readonly FileMethods* Methods = MakeMethods();
    private static readonly Lazy<ChecksumFileSystem> OfSystem = new(() => new ChecksumFileSystem("orrery", Sqlite3.FindFileSystem(null)));

    private readonly FileSystemTable* _table;

    /// <summary>Registers a file system.</summary>
    /// <param name="name">Unique in the process.</param>
    /// <param name="below">What it stands on, which outlives it.</param>
    public ChecksumFileSystem(string name, FileSystemTable* below)
    {
        Name = name;
        _table = (FileSystemTable*)NativeMemory.AllocZeroed((nuint)sizeof(FileSystemTable));
        *_table = new FileSystemTable
        {
            Version = 1,
            FileSize = sizeof(ChecksumFile) + below->FileSize,
            PathLengthMax = below->PathLengthMax,
            Name = (byte*)Marshal.StringToCoTaskMemUTF8(name),
            Data = (IntPtr)below,
            Open = &Open,
            Delete = &Delete,
            Access = &Access,
            FullPath = &FullPath,
            Randomness = &Randomness,
            Sleep = &Sleep,
            CurrentTime = &CurrentTime,
            LastError = &LastError,
        };
        if (Sqlite3.RegisterFileSystem(_table, 0) != Sqlite3.Ok) throw new InvalidOperationException($"SQLite does not take the file system {name}.");
    }

    /// <summary>The one over the operating system's files.</summary>
    public static string NameOverSystem => OfSystem.Value.Name;

    /// <summary>What a connection asks for.</summary>
    public string Name { get; }

    /// <summary>Takes it out again. No file of it is open.</summary>
    public void Dispose()
    {
        _ = Sqlite3.UnregisterFileSystem(_table);
        Marshal.FreeCoTaskMem((IntPtr)_table->Name);
        NativeMemory.Free(_table);
    }

    // In place: SQLite leaves these bytes alone, and the buffer is its own copy of the page.
    private static void Seal(byte* page, int length, long offset) =>
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(page + length - ChecksumBytes, ChecksumBytes), ChecksumOf(page, length, offset));

    private static bool IsSealed(byte* page, int length, long offset)
    {
        var found = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(page + length - ChecksumBytes, ChecksumBytes));
        if (found == ChecksumOf(page, length, offset)) return true;

        // A page that was never written: free since the file grew past it. As part of a table, SQLite takes it for damage.
        return offset > 0 && new ReadOnlySpan<byte>(page, length).IndexOfAnyExcept((byte)0) < 0;
    }

    private static ulong ChecksumOf(byte* page, int length, long offset) =>
        Hashing.Hash(new ReadOnlySpan<byte>(page, length - ChecksumBytes)) ^ (((ulong)offset / PageBytesMin) * PageMix);

    private static bool IsPage(int length, long offset) => length >= PageBytesMin && int.IsPow2(length) && offset % length == 0;

    private static void LookAtHeader(ChecksumFile* file, byte* bytes, int length, long offset)
    {
        if (offset == 0 && length >= HeaderBytes) file->IsChecksummed = bytes[HeaderReservedOffset] == ChecksumBytes ? 1 : 0;
    }

    private static OpenFile* Below(OpenFile* file) => (OpenFile*)((byte*)file + sizeof(ChecksumFile));

    private static FileSystemTable* Below(FileSystemTable* table) => (FileSystemTable*)table->Data;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(FileSystemTable* table, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        var below = Below(table);
        if ((flags & Sqlite3.OpenMainDatabase) == 0) return below->Open(below, name, file, flags, outFlags);

        var inner = Below(file);
        inner->Methods = null;
        var code = below->Open(below, name, inner, flags, outFlags);
        if (code != Sqlite3.Ok && inner->Methods != null) _ = inner->Methods->Close(inner);
        file->Methods = code == Sqlite3.Ok ? Methods : null;
        ((ChecksumFile*)file)->IsChecksummed = 0;
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, byte* bytes, int length, long offset)
    {
        var code = Below(file)->Methods->Read(Below(file), bytes, length, offset);
        if (code != Sqlite3.Ok) return code;
        LookAtHeader((ChecksumFile*)file, bytes, length, offset);
        return ((ChecksumFile*)file)->IsChecksummed == 0 || !IsPage(length, offset) || IsSealed(bytes, length, offset) ? code : Sqlite3.IOErrorData;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, byte* bytes, int length, long offset)
    {
        LookAtHeader((ChecksumFile*)file, bytes, length, offset);
        if (((ChecksumFile*)file)->IsChecksummed != 0 && IsPage(length, offset)) Seal(bytes, length, offset);
        return Below(file)->Methods->Write(Below(file), bytes, length, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file) => Below(file)->Methods->Close(Below(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(OpenFile* file, long length) => Below(file)->Methods->Truncate(Below(file), length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(OpenFile* file, int flags) => Below(file)->Methods->Sync(Below(file), flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Size(OpenFile* file, long* length) => Below(file)->Methods->Size(Below(file), length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(OpenFile* file, int level) => Below(file)->Methods->Lock(Below(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(OpenFile* file, int level) => Below(file)->Methods->Unlock(Below(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(OpenFile* file, int* result) => Below(file)->Methods->CheckReservedLock(Below(file), result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Control(OpenFile* file, int operation, void* argument) => Below(file)->Methods->Control(Below(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(OpenFile* file) => Below(file)->Methods->SectorSize(Below(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Characteristics(OpenFile* file) => Below(file)->Methods->Characteristics(Below(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(FileSystemTable* table, byte* name, int isDirectorySynced) => Below(table)->Delete(Below(table), name, isDirectorySynced);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(FileSystemTable* table, byte* name, int flags, int* result) => Below(table)->Access(Below(table), name, flags, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPath(FileSystemTable* table, byte* name, int length, byte* path) => Below(table)->FullPath(Below(table), name, length, path);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Randomness(FileSystemTable* table, int length, byte* bytes) => Below(table)->Randomness(Below(table), length, bytes);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(FileSystemTable* table, int microseconds) => Below(table)->Sleep(Below(table), microseconds);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTime(FileSystemTable* table, double* day) => Below(table)->CurrentTime(Below(table), day);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LastError(FileSystemTable* table, int length, byte* text) => Below(table)->LastError(Below(table), length, text);

    private static FileMethods* MakeMethods()
    {
        var methods = (FileMethods*)NativeMemory.AllocZeroed((nuint)sizeof(FileMethods));
        *methods = new FileMethods
        {
            // Version 1 has no shared memory and no mapping of files: the index of the log lives in the process, and every page is read.
            Version = 1,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            Size = &Size,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            Control = &Control,
            SectorSize = &SectorSize,
            Characteristics = &Characteristics,
        };
        return methods;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ChecksumFile
    {
        public FileMethods* Methods;
        public long IsChecksummed;                          // 8 bytes, so that the file behind it is aligned
    }
}
