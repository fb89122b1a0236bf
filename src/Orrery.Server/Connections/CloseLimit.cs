using Microsoft.AspNetCore.Connections;

namespace Orrery.Server.Connections;

/// <summary>Drops a closing connection whose peer takes too long to accept its last bytes.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">Above zero.</param>
internal sealed class CloseLimit(TimeProvider time, TimeSpan limit)
{
    /// <summary>Starts to watch a connection whose output was just completed.</summary>
    public void Watch(ConnectionContext context)
    {
        if (context.ConnectionClosed.IsCancellationRequested) return;
        var timer = time.CreateTimer(
            static state => ((ConnectionContext)state!).Abort(new ConnectionAbortedException("The peer took too long to close.")),
            context, limit, Timeout.InfiniteTimeSpan);

        // Most connections close at once: what watches them goes with them.
        context.ConnectionClosed.UnsafeRegister(static state => ((ITimer)state!).Dispose(), timer);
    }
}
