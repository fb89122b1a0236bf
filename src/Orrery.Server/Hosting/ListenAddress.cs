using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Orrery.Server.Options;

namespace Orrery.Server.Hosting;

/// <summary>Turns the address of a listener into the addresses to bind.</summary>
internal static class ListenAddress
{
    /// <summary>The addresses meant by <paramref name="text"/>, the IPv4 one first where there are two.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IReadOnlyList<IPAddress>? addresses)
    {
        addresses = text switch
        {
            null or "" => null,
            MqttListenerOptions.Any => [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any],
            _ when string.Equals(text, MqttListenerOptions.Loopback, StringComparison.OrdinalIgnoreCase) => Loopbacks(),
            // TryParse takes "1" for 0.0.0.1; an address that a person means has a dot or a colon.
            _ when text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out var address) => [address],
            _ => null,
        };
        return addresses is not null;
    }

    private static IPAddress[] Loopbacks() =>
        HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    // A container may speak IPv6 and still have no ::1: only binding tells.
    private static bool HasIPv6Loopback()
    {
        if (!Socket.OSSupportsIPv6) return false;
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
