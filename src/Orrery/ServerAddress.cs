using System.Net;
using System.Net.Sockets;

namespace Orrery;

/// <summary>Where a server is, and where from to connect.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">1 to 65,535.</param>
/// <param name="UnixPath">A Unix domain socket in place of both; null for TCP.</param>
/// <param name="LocalHost">A local name or address to connect from; null for the system's choice.</param>
internal sealed record ServerAddress(string Host, int Port, string? UnixPath, string? LocalHost)
{
    /// <summary>The address for people.</summary>
    public override string ToString() => UnixPath ?? $"{Host}:{Port}";

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">There is no server, or no such address.</exception>
    public async Task<Stream> OpenAsync(CancellationToken cancellation)
    {
        var local = LocalHost is null ? null : (await Dns.GetHostAddressesAsync(LocalHost, cancellation))[0];
        var socket = (UnixPath, local) switch
        {
            ({ }, _) => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            (_, { }) => new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
            _ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        };
        try
        {
            if (local is not null && UnixPath is null) socket.Bind(new IPEndPoint(local, 0));
            if (UnixPath is not null) await socket.ConnectAsync(new UnixDomainSocketEndPoint(UnixPath), cancellation);
            else await socket.ConnectAsync(Host, Port, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new NetworkStream(socket, ownsSocket: true);
    }
}
