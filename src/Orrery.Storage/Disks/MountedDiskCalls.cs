using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orrery.Storage.Native;

namespace Orrery.Storage.Disks;

/// <summary>What SQLite calls, each turned into a call of the disk. Nothing that a disk throws gets through to SQLite.</summary>
internal static unsafe class MountedDiskCalls
{
    private const int SectorBytes = 4_096;
    private const int PowersafeOverwrite = 0x1000;          // a write that is cut off changes nothing beside it, as SQLite takes for granted on POSIX

    private static readonly FileMethods* Methods = MakeMethods();

    /// <summary>Fills in all but the name.</summary>
    public static void Fill(FileSystemTable* table, int pathLengthMax, IntPtr disk) => *table = new FileSystemTable
    {
        Version = 1,
        FileSize = sizeof(OpenFile),
        PathLengthMax = pathLengthMax,
        Data = disk,
        Open = &Open,
        Delete = &Delete,
        Access = &Access,
        FullPath = &FullPath,
        Randomness = &Randomness,
        Sleep = &Sleep,
        CurrentTime = &CurrentTime,
        LastError = &LastError,
    };

    private static MountedDisk DiskOf(FileSystemTable* table) => (MountedDisk)GCHandle.FromIntPtr(table->Data).Target!;

    private static MountedDisk.MountedFile FileOf(OpenFile* file) => (MountedDisk.MountedFile)GCHandle.FromIntPtr(file->Handle).Target!;

    private static int CodeOf(DiskResult result, int failed) => result switch
    {
        DiskResult.Done => Sqlite3.Ok,
        DiskResult.Full => Sqlite3.Full,
        _ => failed,
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(FileSystemTable* table, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        var disk = DiskOf(table);
        file->Methods = null;
        try
        {
            var code = disk.Open(MountedDisk.Text(name), file, flags);
            if (code == Sqlite3.Ok) file->Methods = Methods;
            if (outFlags != null) *outFlags = flags;
            return code;
        }
        catch (Exception fault)
        {
            disk.Fault ??= fault;
            return Sqlite3.CanNotOpen;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(FileSystemTable* table, byte* name, int isDirectorySynced)
    {
        var disk = DiskOf(table);
        try
        {
            return disk.Delete(MountedDisk.Text(name)!, isDirectorySynced != 0);
        }
        catch (Exception fault)
        {
            disk.Fault ??= fault;
            return Sqlite3.IOErrorDelete;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(FileSystemTable* table, byte* name, int flags, int* result)
    {
        var disk = DiskOf(table);
        try
        {
            *result = disk.Exists(MountedDisk.Text(name)!) ? 1 : 0;
            return Sqlite3.Ok;
        }
        catch (Exception fault)
        {
            disk.Fault ??= fault;
            return Sqlite3.IOError;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPath(FileSystemTable* table, byte* name, int length, byte* path)
    {
        var source = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        var target = new Span<byte>(path, length);
        if (source.Length >= target.Length) return Sqlite3.CanNotOpen;
        source.CopyTo(target);
        target[source.Length] = 0;
        return Sqlite3.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Randomness(FileSystemTable* table, int length, byte* bytes)
    {
        var disk = DiskOf(table);
        try
        {
            return disk.FillRandom(new Span<byte>(bytes, length));
        }
        catch (Exception fault)
        {
            disk.Fault ??= fault;
            return 0;
        }
    }

    // Only a lock that another holds makes SQLite wait, and a disk here has one user.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(FileSystemTable* table, int microseconds) => microseconds;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTime(FileSystemTable* table, double* day)
    {
        var disk = DiskOf(table);
        try
        {
            *day = disk.JulianDay;
            return Sqlite3.Ok;
        }
        catch (Exception fault)
        {
            disk.Fault ??= fault;
            return Sqlite3.IOError;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LastError(FileSystemTable* table, int length, byte* text) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file)
    {
        var handle = GCHandle.FromIntPtr(file->Handle);
        var opened = (MountedDisk.MountedFile)handle.Target!;
        try
        {
            opened.Close();
            return Sqlite3.Ok;
        }
        catch (Exception fault)
        {
            opened.Disk.Fault ??= fault;
            return Sqlite3.IOError;
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, byte* bytes, int length, long offset)
    {
        var opened = FileOf(file);
        try
        {
            var target = new Span<byte>(bytes, length);
            if (opened.File.Read(offset, target, out var count) != DiskResult.Done) return Sqlite3.IOErrorRead;
            target[count..].Clear();
            return count == length ? Sqlite3.Ok : Sqlite3.IOErrorShortRead;
        }
        catch (Exception fault)
        {
            opened.Disk.Fault ??= fault;
            return Sqlite3.IOErrorRead;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, byte* bytes, int length, long offset)
    {
        var opened = FileOf(file);
        try
        {
            return CodeOf(opened.File.Write(offset, new ReadOnlySpan<byte>(bytes, length)), Sqlite3.IOErrorWrite);
        }
        catch (Exception fault)
        {
            opened.Disk.Fault ??= fault;
            return Sqlite3.IOErrorWrite;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(OpenFile* file, long length)
    {
        var opened = FileOf(file);
        try
        {
            return CodeOf(opened.File.Truncate(length), Sqlite3.IOErrorTruncate);
        }
        catch (Exception fault)
        {
            opened.Disk.Fault ??= fault;
            return Sqlite3.IOErrorTruncate;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(OpenFile* file, int flags)
    {
        var opened = FileOf(file);
        try
        {
            return CodeOf(opened.File.Sync(), Sqlite3.IOErrorSync);
        }
        catch (Exception fault)
        {
            opened.Disk.Fault ??= fault;
            return Sqlite3.IOErrorSync;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Size(OpenFile* file, long* length)
    {
        var opened = FileOf(file);
        try
        {
            *length = opened.File.Length;
            return Sqlite3.Ok;
        }
        catch (Exception fault)
        {
            opened.Disk.Fault ??= fault;
            return Sqlite3.IOErrorSize;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(OpenFile* file, int level) => Sqlite3.Ok;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(OpenFile* file, int* result)
    {
        *result = 0;
        return Sqlite3.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Control(OpenFile* file, int operation, void* argument) => Sqlite3.NotFound;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(OpenFile* file) => SectorBytes;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Characteristics(OpenFile* file) => PowersafeOverwrite;

    private static FileMethods* MakeMethods()
    {
        var methods = (FileMethods*)NativeMemory.AllocZeroed((nuint)sizeof(FileMethods));
        *methods = new FileMethods
        {
            Version = 1,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            Size = &Size,
            Lock = &Lock,
            Unlock = &Lock,
            CheckReservedLock = &CheckReservedLock,
            Control = &Control,
            SectorSize = &SectorSize,
            Characteristics = &Characteristics,
        };
        return methods;
    }
}
