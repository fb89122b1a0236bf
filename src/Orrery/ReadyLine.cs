using System.Net;

namespace Orrery;

/// <summary>The one line at start: where the broker listens, and how to try it.</summary>
internal static class ReadyLine
{
    /// <summary>The line for these addresses, of which there is at least one.</summary>
    public static string Of(IReadOnlyList<IPEndPoint> endPoints)
    {
        var first = endPoints[0];
        var host = first.Address.Equals(IPAddress.Any) || first.Address.Equals(IPAddress.IPv6Any)
            ? IPAddress.Loopback.ToString()
            : first.Address.ToString();
        return $"Orrery listens on {Enumerate(endPoints)}. Try: mosquitto_sub -h {host} -p {first.Port} -t 'a/#' -v";
    }

    private static string Enumerate(IReadOnlyList<IPEndPoint> endPoints) => endPoints.Count == 1
        ? endPoints[0].ToString()
        : $"{string.Join(", ", endPoints.SkipLast(1))} and {endPoints[^1]}";
}
