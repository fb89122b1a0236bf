namespace Orrery.Storage.Native;

/// <summary>SQLite answered with an error. Caught where a call of the store ends, and told from there.</summary>
internal sealed class SqliteException(int code, int systemError, string message) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The kind of error, without what an extended code adds.</summary>
    public int PrimaryCode => Code & 0xFF;

    /// <summary>The error number of the operating system; 0 where none is known.</summary>
    public int SystemError { get; } = systemError;
}
