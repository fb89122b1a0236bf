using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orrery.Server.Logging;

namespace Orrery.Server.Sockets;

/// <summary>Accepts connections of one address.</summary>
internal sealed class DirectListener(Socket socket, ILogger logger) : IConnectionListener
{
    // When the process has no file left for one more connection, those that wait in the backlog need some to end first.
    private static readonly TimeSpan PauseWithoutFiles = TimeSpan.FromMilliseconds(200);

    private long _accepted;

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                accepted.NoDelay = true;        // a PUBACK must not wait for the bytes after it
                return new DirectConnection(accepted, ++_accepted);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                ServerLog.NoFilesLeft(logger);
                await Task.Delay(PauseWithoutFiles, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // The peer was gone before it was its turn: the next one.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();
}
