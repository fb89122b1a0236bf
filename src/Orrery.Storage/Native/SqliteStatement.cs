using System.Text;

namespace Orrery.Storage.Native;

/// <summary>One compiled statement: values are bound, rows stepped through, and it is reset by itself at the end.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, IntPtr handle) : IDisposable
{
    private const int NullType = 5;

    private bool _isDisposed;
    private bool _isRunning;

    /// <summary>Binds a number; the first place is 1.</summary>
    public SqliteStatement Bind(int place, long value)
    {
        connection.Check(Sqlite3.BindInteger(handle, place, value));
        return this;
    }

    /// <summary>Binds NULL.</summary>
    public SqliteStatement BindNull(int place)
    {
        connection.Check(Sqlite3.BindNull(handle, place));
        return this;
    }

    /// <summary>Binds a copy of bytes.</summary>
    public SqliteStatement BindBlob(int place, ReadOnlySpan<byte> bytes)
    {
        connection.Check(Sqlite3.BindBlob(handle, place, bytes));
        return this;
    }

    /// <summary>Binds a copy of text.</summary>
    public SqliteStatement BindText(int place, ReadOnlySpan<byte> utf8)
    {
        connection.Check(Sqlite3.BindText(handle, place, utf8));
        return this;
    }

    /// <summary>Binds text.</summary>
    public SqliteStatement BindText(int place, string text) => BindText(place, Encoding.UTF8.GetBytes(text));

    /// <summary>Goes to the next row, from the start if none was reached.</summary>
    /// <returns>False at the end, where the statement is reset.</returns>
    public bool Step()
    {
        var code = Sqlite3.Step(handle);
        _isRunning = code == Sqlite3.Row;
        if (_isRunning) return true;
        var failure = code == Sqlite3.Done ? null : connection.Failure(code);
        _ = Sqlite3.Reset(handle);
        return failure is null ? false : throw failure;
    }

    /// <summary>Runs the statement to its end.</summary>
    /// <returns>How many rows it inserted, changed or deleted.</returns>
    public int Run()
    {
        while (Step())
        {
        }

        return connection.Changes;
    }

    /// <summary>Runs the statement for the number in its first row.</summary>
    /// <returns>Null without a row.</returns>
    public long? RunForNumber()
    {
        var number = Step() ? Integer(0) : (long?)null;
        Reset();
        return number;
    }

    /// <summary>Goes back in front of the first row.</summary>
    public void Reset()
    {
        if (_isRunning) _ = Sqlite3.Reset(handle);
        _isRunning = false;
    }

    /// <summary>Whether a column of the present row is NULL; the first is 0.</summary>
    public bool IsNull(int column) => Sqlite3.ColumnType(handle, column) == NullType;

    /// <summary>A number of the present row; 0 for NULL.</summary>
    public long Integer(int column) => Sqlite3.ColumnInteger(handle, column);

    /// <summary>The bytes of a column of the present row, valid until the next step.</summary>
    public unsafe ReadOnlySpan<byte> Blob(int column)
    {
        var start = Sqlite3.ColumnBlob(handle, column);
        return new ReadOnlySpan<byte>(start, Sqlite3.ColumnBytes(handle, column));
    }

    /// <summary>The text of a column of the present row.</summary>
    public unsafe string Text(int column)
    {
        var start = Sqlite3.ColumnText(handle, column);
        return Encoding.UTF8.GetString(new ReadOnlySpan<byte>(start, Sqlite3.ColumnBytes(handle, column)));
    }

    /// <summary>Ends the statement.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _ = Sqlite3.Finalize(handle);
    }
}
