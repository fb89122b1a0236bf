using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Orrery.Actors;
using Orrery.Broker.Connections;

namespace Orrery.Server.Connections;

// From the actor to the pipe. All of it runs on the actor's turn, but for the end of a flush that had to wait.
internal sealed partial class ConnectionPump
{
    /// <inheritdoc/>
    public bool TryFlush()
    {
        if (_ending) return true;
#pragma warning disable CA2012 // One flush is in flight at a time, and its result is taken once: here, or by its continuation.
        var flush = _output.FlushAsync().GetAwaiter();
#pragma warning restore CA2012
        if (!flush.IsCompleted)
        {
            _pendingFlush = flush;
            flush.UnsafeOnCompleted(_onFlushed ??= OnFlushed);
            return false;
        }

        IsTaken(flush);
        return true;
    }

    private void OnFlushed()
    {
        var flush = _pendingFlush;
        _pendingFlush = default;
        if (IsTaken(flush) && !_ending)
        {
            _connection.Tell(ConnectionProtocol.OutputDrained.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>Whether somebody still takes the bytes; the actor is told if not.</summary>
    private bool IsTaken(in ValueTaskAwaiter<FlushResult> completed)
    {
        try
        {
            var flush = completed.GetResult();
            if (!flush.IsCompleted) return true;
            TellPeerClosed("connection closed by client");
        }
        // As for reading: whatever a transport fails with ends this connection and no other.
        catch (Exception failure)
        {
            TellPeerClosed(Describe(failure));
        }

        return false;
    }
}
