using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Orrery.Server.Hosting;

namespace Orrery.Server.Sockets;

/// <summary>Kestrel's TCP transport, made for a broker: bytes are received when an actor asks for them, in large pieces, and sent
/// on the actor's own turn. See docs/decisions for what that saves over the transport that Kestrel brings.</summary>
/// <param name="backlog">Connections that the system keeps waiting to be accepted.</param>
/// <param name="logger">Says why connections can't be accepted.</param>
internal sealed class DirectListenerFactory(int backlog, ILogger logger) : IConnectionListenerFactory
{
    /// <inheritdoc/>
    /// <exception cref="ListenException">The address can't be listened on.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var shared = (SharedPortEndPoint)endpoint;
        var wanted = new IPEndPoint(shared.Address, shared.Shared.Port);
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(wanted);
            socket.Listen(backlog);
            shared.Shared.Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            return ValueTask.FromResult<IConnectionListener>(new DirectListener(socket, logger));
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            throw new ListenException(wanted, failure);
        }
    }
}
