using System.Net;
using System.Net.Sockets;

namespace Orrery.Server.Hosting;

/// <summary>A listener can't be opened. The message says where, why, and how to mend it.</summary>
public sealed class ListenException(IPEndPoint endPoint, SocketException cause) : IOException(Describe(endPoint, cause), cause)
{
    private static string Describe(IPEndPoint endPoint, SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"port {endPoint.Port} on {endPoint.Address} is in use: stop what listens there, or choose another port.",
        SocketError.AddressNotAvailable =>
            $"{endPoint.Address} is not an address of this machine: choose one that is, or \"*\" for every address.",
        SocketError.AccessDenied =>
            $"port {endPoint.Port} is not allowed to this user: choose a port of 1024 or above.",
        _ => $"can't listen on {endPoint}: {cause.Message}",
    };
}
