namespace Orrery.Benchmarks.EndToEnd;

/// <summary>The connections of one generator thread: waits for them, reads everything, then writes what waits.</summary>
internal sealed class LoadLoop : IDisposable
{
    private readonly List<LoadConnection> _connections = [];
    private NativePoll.Entry[] _entries = [];

    /// <summary>The first thing that went wrong on one of them, or null.</summary>
    public string? Fault => _connections.Select(connection => connection.Fault).FirstOrDefault(fault => fault is not null);

    public T Add<T>(T connection)
        where T : LoadConnection
    {
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Waits a millisecond at most, and does what the sockets are ready for.</summary>
    public void Turn()
    {
        if (_entries.Length != _connections.Count) Register();
        for (var i = 0; i < _entries.Length; i++)
        {
            _entries[i].Asked = (short)(NativePoll.Readable | (_connections[i].IsBlocked ? NativePoll.Writable : 0));
        }

        // 1 ms bounds the wait of a turn that looks at the clock again; a ready socket ends it at once.
        NativePoll.Wait(_entries, timeoutMilliseconds: 1);

        // Reads first, so that the generator itself never holds a delivery back.
        for (var i = 0; i < _entries.Length; i++)
        {
            if ((_entries[i].Holds & ~NativePoll.Writable) != 0) _connections[i].Read();
        }

        for (var i = 0; i < _entries.Length; i++)
        {
            if ((_entries[i].Holds & NativePoll.Writable) != 0) _connections[i].Write();
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private void Register()
    {
        _entries = new NativePoll.Entry[_connections.Count];
        for (var i = 0; i < _entries.Length; i++)
        {
            _entries[i].Descriptor = (int)_connections[i].Socket.SafeHandle.DangerousGetHandle();
        }
    }
}
