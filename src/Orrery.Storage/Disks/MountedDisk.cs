using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Orrery.Storage.Native;

namespace Orrery.Storage.Disks;

/// <summary>Makes a disk known to SQLite for as long as this lives.</summary>
/// <remarks>
/// Each has a file system of its own, so that disks share nothing, whatever threads they are used on. Every page of a database has its
/// checksum, as on the operating system's disks. SQLite's own generator of random numbers is the one thing that all databases of a
/// process share: it makes the salts of a log, which say nothing and decide nothing, so only the bytes of a log differ between two runs.
/// </remarks>
public sealed unsafe class MountedDisk : IDisposable
{
    private const int PathLengthMax = 512;

    private readonly IDisk _disk;
    private readonly FileSystemTable* _table;
    private readonly ChecksumFileSystem _checksums;
    private GCHandle _self;
    private int _temporaryFiles;

    /// <summary>Makes a disk known.</summary>
    public MountedDisk(IDisk disk)
    {
        _disk = disk;
        _self = GCHandle.Alloc(this);
        _table = (FileSystemTable*)NativeMemory.AllocZeroed((nuint)sizeof(FileSystemTable));

        // An address is free for another as soon as it is given back, so a name made of it is never in use twice.
        var name = "orrery-disk-" + ((long)_table).ToString("x", CultureInfo.InvariantCulture);
        MountedDiskCalls.Fill(_table, PathLengthMax, GCHandle.ToIntPtr(_self));
        _table->Name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        if (Sqlite3.RegisterFileSystem(_table, 0) != Sqlite3.Ok) throw new InvalidOperationException("SQLite does not take the disk.");
        _checksums = new ChecksumFileSystem(name + "-sum", _table);
    }

    /// <summary>What <see cref="StorageOptions.FileSystem"/> takes.</summary>
    public string Name => _checksums.Name;

    /// <summary>What the disk has thrown, which SQLite saw as a failed operation; null for nothing. It is a bug of the disk.</summary>
    public Exception? Fault { get; internal set; }

    /// <summary>Makes it unknown again. No database on it is open.</summary>
    public void Dispose()
    {
        if (!_self.IsAllocated) return;
        _checksums.Dispose();
        _ = Sqlite3.UnregisterFileSystem(_table);
        Marshal.FreeCoTaskMem((IntPtr)_table->Name);
        NativeMemory.Free(_table);
        _self.Free();
    }

    internal int Open(string? name, OpenFile* file, int flags)
    {
        var isTemporary = name is null;
        name ??= $"temporary-{++_temporaryFiles}";

        // What an earlier process left behind under the name is none of this one's.
        if (isTemporary && _disk.Exists(name)) _ = _disk.Delete(name, isFolderSynced: false);

        // The journals: their place in the folder must be durable with their content, as SQLite does it on POSIX systems.
        const int SyncsFolder = Sqlite3.OpenMainJournal | Sqlite3.OpenSuperJournal | Sqlite3.OpenWriteAheadLog;
        var opened = _disk.Open(name, isTemporary || (flags & Sqlite3.OpenCreate) != 0, (flags & SyncsFolder) != 0);
        if (opened is null) return Sqlite3.CanNotOpen;
        var isDeleted = isTemporary || (flags & Sqlite3.OpenDeleteOnClose) != 0;
        var mounted = new MountedFile(this, opened, isDeleted ? name : null);
        file->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(mounted));
        return Sqlite3.Ok;
    }

    internal int Delete(string name, bool isFolderSynced)
    {
        if (!_disk.Exists(name)) return Sqlite3.IOErrorDeleteNotFound;
        return _disk.Delete(name, isFolderSynced) == DiskResult.Done ? Sqlite3.Ok : Sqlite3.IOErrorDelete;
    }

    internal bool Exists(string name) => _disk.Exists(name);

    internal int FillRandom(Span<byte> bytes)
    {
        _disk.FillRandom(bytes);
        return bytes.Length;
    }

    /// <summary>The time as a Julian day, for SQLite.</summary>
    internal double JulianDay => 1_721_425.5 + (_disk.UtcTicks / (double)TimeSpan.TicksPerDay);

    /// <summary>One open file, behind the pointer that SQLite has.</summary>
    internal sealed class MountedFile(MountedDisk disk, IDiskFile file, string? deletedAtClose)
    {
        public MountedDisk Disk => disk;

        public IDiskFile File => file;

        public void Close()
        {
            file.Close();
            if (deletedAtClose is not null) _ = disk._disk.Delete(deletedAtClose, isFolderSynced: false);
        }
    }

    internal static string? Text(byte* text) => text == null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
