using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Orrery.Server.Sockets;

/// <summary>Words a socket's error as the exceptions that Kestrel's connections use.</summary>
internal static class SocketFailure
{
    public static Exception Of(SocketError error)
    {
        var cause = new SocketException((int)error);
        return error switch
        {
            SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted or SocketError.TimedOut =>
                new ConnectionResetException(cause.Message, cause),
            SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket =>
                new ConnectionAbortedException("The connection was closed.", cause),
            _ => new IOException(cause.Message, cause),
        };
    }
}
