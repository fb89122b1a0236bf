using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Orrery.Storage.Native;

/// <summary>One open database. One thread at a time.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private const int ProgressInstructions = 100_000;       // about a millisecond: often enough for a bar, too rare to cost

    private readonly List<SqliteStatement> _statements = [];
    private readonly IntPtr _handle;
    private GCHandle _progress;
    private bool _isClosed;

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fileSystem">The name of a registered file system; null for the operating system's.</param>
    /// <param name="isCreated">Whether a file that is not there is made.</param>
    /// <exception cref="SqliteException">It can't be.</exception>
    public SqliteConnection(string path, string? fileSystem, bool isCreated)
    {
        var flags = Sqlite3.OpenReadWrite | (isCreated ? Sqlite3.OpenCreate : 0) | Sqlite3.OpenNoMutex;
        var code = Sqlite3.Open(path, out _handle, flags, fileSystem);
        if (code != Sqlite3.Ok)
        {
            var failure = Failure(code);
            Dispose();
            throw failure;
        }

        Check(Sqlite3.UseExtendedResultCodes(_handle, 1));
    }

    /// <summary>Compiles a statement, which lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            Check(Sqlite3.Prepare(_handle, start, text.Length, Sqlite3.PreparePersistent, out var statement, null));
            var prepared = new SqliteStatement(this, statement);
            _statements.Add(prepared);
            return prepared;
        }
    }

    /// <summary>Compiles a statement that the caller ends after use.</summary>
    public SqliteStatement PrepareOnce(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            Check(Sqlite3.Prepare(_handle, start, text.Length, 0, out var statement, null));
            return new SqliteStatement(this, statement);
        }
    }

    /// <summary>Runs statements, separated by semicolons, that need no values; rows are not looked at.</summary>
    public void Execute(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            var next = start;
            while (next < start + text.Length)
            {
                IntPtr tail;
                Check(Sqlite3.Prepare(_handle, next, (int)(start + text.Length - next), 0, out var statement, &tail));
                next = (byte*)tail;
                if (statement == IntPtr.Zero) continue;     // a comment, or white space at the end
                int code;
                do
                {
                    code = Sqlite3.Step(statement);
                }
                while (code == Sqlite3.Row);
                var failure = code == Sqlite3.Done ? null : Failure(code);
                _ = Sqlite3.Finalize(statement);
                if (failure is not null) throw failure;
            }
        }
    }

    /// <summary>Runs a statement that answers with one number.</summary>
    public long ReadNumber(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <summary>Runs a statement that answers with a text in each row.</summary>
    public IReadOnlyList<string> ReadTexts(string sql)
    {
        using var statement = PrepareOnce(sql);
        var texts = new List<string>();
        while (statement.Step())
        {
            texts.Add(statement.Text(0));
        }

        return texts;
    }

    /// <summary>Rows that the last statement inserted, changed or deleted.</summary>
    public int Changes => Sqlite3.Changes(_handle);

    /// <summary>Whether a transaction is open. An error may have ended it.</summary>
    public bool IsInTransaction => Sqlite3.IsOutsideTransaction(_handle) == 0;

    /// <summary>Leaves the log as it is when the connection closes, in place of copying it into the database.</summary>
    public void KeepLogOnClose()
    {
        if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64) return;
        Check(Sqlite3.Configure(_handle, Sqlite3.ConfigNoCheckpointOnClose, 1, out _));
    }

    /// <summary>Bytes at the end of every page that are left to the file system. Set before the first page is written.</summary>
    public int ReservedPageBytes
    {
        get
        {
            var count = -1;
            Check(Sqlite3.ControlFile(_handle, "main", Sqlite3.ControlReserveBytes, ref count));
            return count;
        }

        set
        {
            var count = value;
            Check(Sqlite3.ControlFile(_handle, "main", Sqlite3.ControlReserveBytes, ref count));
        }
    }

    /// <summary>Pages that were written since this was last asked.</summary>
    public int TakePagesWritten()
    {
        Check(Sqlite3.Status(_handle, Sqlite3.StatusCacheWrite, out var count, out _, reset: 1));
        return count;
    }

    /// <summary>Copies the log into the database.</summary>
    /// <param name="isTruncated">Whether the log's file is emptied too.</param>
    public void Checkpoint(bool isTruncated) =>
        Check(Sqlite3.Checkpoint(_handle, null, isTruncated ? Sqlite3.CheckpointTruncate : Sqlite3.CheckpointPassive, out _, out _));

    /// <summary>Calls back every so often while a statement runs; null to stop that.</summary>
    public void OnProgress(Action? callback)
    {
        Sqlite3.SetProgressHandler(_handle, 0, null, IntPtr.Zero);
        if (_progress.IsAllocated) _progress.Free();
        if (callback is null) return;
        _progress = GCHandle.Alloc(callback);
        Sqlite3.SetProgressHandler(_handle, ProgressInstructions, &Progressed, GCHandle.ToIntPtr(_progress));
    }

    /// <summary>Ends the connection; what no transaction has committed is undone.</summary>
    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        if (_progress.IsAllocated) _progress.Free();
        _ = Sqlite3.Close(_handle);
    }

    /// <summary>Throws what a result code means, unless it is 0.</summary>
    internal void Check(int code)
    {
        if (code != Sqlite3.Ok) throw Failure(code);
    }

    internal SqliteException Failure(int code)
    {
        var message = Marshal.PtrToStringUTF8(Sqlite3.ErrorMessage(_handle)) ?? "no message";
        return new SqliteException(code, _handle == IntPtr.Zero ? 0 : Sqlite3.SystemError(_handle), message);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Progressed(IntPtr argument)
    {
        ((Action)GCHandle.FromIntPtr(argument).Target!)();
        return 0;
    }
}
