using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Mqtt;

namespace Orrery.Server.Connections;

// From the pipe to the actor. All of it runs as the owner of the input.
internal sealed partial class ConnectionPump
{
    private void ServeInput()
    {
        do
        {
            if (_ending)
            {
                // Demand stays above 0, so that nobody becomes the owner after this.
                DiscardUnread();
                _ended.TrySetResult();
                return;
            }

            if (!_inputEnded && !TryServeOne()) return;
        }
        while (Interlocked.Decrement(ref _demand) > 0);
    }

    /// <summary>Reads until one batch has passed or the input has ended; false when bytes must be waited for.</summary>
    private bool TryServeOne()
    {
        while (true)
        {
#pragma warning disable CA2012 // One read is in flight at a time, and its result is taken once: here, or by its continuation.
            var read = _input.ReadAsync().GetAwaiter();
#pragma warning restore CA2012
            if (!read.IsCompleted)
            {
                _pendingRead = read;
                read.UnsafeOnCompleted(_onInput);
                return false;
            }

            if (TryPass(read)) return true;
        }
    }

    private void OnInput()
    {
        var read = _pendingRead;
        _pendingRead = default;
        if (!TryPass(read) && !TryServeOne()) return;
        if (Interlocked.Decrement(ref _demand) > 0) ServeInput();
    }

    /// <summary>Handles one completed read; true when it served the demand or ended the input.</summary>
    private bool TryPass(in ValueTaskAwaiter<ReadResult> completed)
    {
        ReadResult read;
        try
        {
            read = completed.GetResult();
        }
        // Whatever a transport fails with ends this connection and no other: it is said to its actor.
        catch (Exception failure)
        {
            _inputEnded = true;
            TellPeerClosed(Describe(failure));
            return true;
        }

        var unread = read.Buffer;
        if (_ending)
        {
            _input.AdvanceTo(unread.Start);
            return true;
        }

        switch (_decoder.TryReadBatch(ref unread, BatchBytesMax, out var batch))
        {
            case DecodeStatus.NeedMoreBytes:
                _input.AdvanceTo(unread.Start, unread.End);
                if (!read.IsCompleted) return false;
                _inputEnded = true;
                TellPeerClosed(unread.IsEmpty ? "connection closed by client" : "connection closed by client within a packet");
                return true;

            case DecodeStatus.Malformed:
                _inputEnded = true;             // what follows a malformed packet has no meaning [MQTT-4.13.1-1]
                break;
        }

        // Not examined to the end: further packets may be here already, and the next demand takes them without a wait.
        _input.AdvanceTo(unread.Start);
        _connection.Tell(new ConnectionProtocol.Received(batch), ActorRefs.NoSender);
        return true;
    }

    /// <summary>Takes what has arrived and will not be used.</summary>
    /// <remarks>A socket closed with unread bytes resets the connection, and the peer might lose the last packets sent to it, such
    /// as a DISCONNECT that says why. Bounded: bytes that keep coming are not waited for.</remarks>
    private void DiscardUnread()
    {
        const int RoundsMax = 64;
        try
        {
            for (var round = 0; round < RoundsMax && !_inputEnded && _input.TryRead(out var read); round++)
            {
                _input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The peer is gone already: nothing is left to protect.
        }
    }
}
