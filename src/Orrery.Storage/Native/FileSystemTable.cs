using System.Runtime.InteropServices;

namespace Orrery.Storage.Native;

/// <summary>`sqlite3_vfs`, version 1: what SQLite asks a file system. <see href="https://sqlite.org/c3ref/vfs.html"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileSystemTable
{
    public int Version;
    public int FileSize;
    public int PathLengthMax;
    public FileSystemTable* Next;
    public byte* Name;
    public IntPtr Data;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, byte*, OpenFile*, int, int*, int> Open;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, byte*, int, int> Delete;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, byte*, int, int*, int> Access;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, byte*, int, byte*, int> FullPath;
    public IntPtr LibraryOpen;
    public IntPtr LibraryError;
    public IntPtr LibrarySymbol;
    public IntPtr LibraryClose;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, int, byte*, int> Randomness;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, int, int> Sleep;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, double*, int> CurrentTime;
    public delegate* unmanaged[Cdecl]<FileSystemTable*, int, byte*, int> LastError;
}

/// <summary>`sqlite3_io_methods`, version 1: what SQLite asks an open file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileMethods
{
    public int Version;
    public delegate* unmanaged[Cdecl]<OpenFile*, int> Close;
    public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Read;
    public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Write;
    public delegate* unmanaged[Cdecl]<OpenFile*, long, int> Truncate;
    public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Sync;
    public delegate* unmanaged[Cdecl]<OpenFile*, long*, int> Size;
    public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Lock;
    public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Unlock;
    public delegate* unmanaged[Cdecl]<OpenFile*, int*, int> CheckReservedLock;
    public delegate* unmanaged[Cdecl]<OpenFile*, int, void*, int> Control;
    public delegate* unmanaged[Cdecl]<OpenFile*, int> SectorSize;
    public delegate* unmanaged[Cdecl]<OpenFile*, int> Characteristics;
}

/// <summary>`sqlite3_file` with the fields that files of ours have behind it. SQLite makes the room and never looks behind the first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OpenFile
{
    public FileMethods* Methods;
    public IntPtr Handle;
}
