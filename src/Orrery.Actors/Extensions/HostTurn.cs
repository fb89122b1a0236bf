using Orrery.Actors.Production;

namespace Orrery.Actors.Extensions;

/// <summary>A thread lent to a system; see <see cref="ActorSystemExtensions.BeginHostTurn"/>.</summary>
public readonly ref struct HostTurn
{
    private readonly PoolDispatcher? _dispatcher;

    internal HostTurn(PoolDispatcher? dispatcher)
    {
        var thread = ActorThread.Current;
        if (dispatcher is null || thread.Shift is not null) return;
        thread.Shift = dispatcher;
        _dispatcher = dispatcher;
    }

    /// <summary>Runs the actors that became ready, and takes the thread back.</summary>
    public void Dispose()
    {
        if (_dispatcher is null) return;
        var thread = ActorThread.Current;
        try
        {
            _dispatcher.ExecuteNext(thread);
        }
        finally
        {
            thread.Shift = null;
        }
    }
}
