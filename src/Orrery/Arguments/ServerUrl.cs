using System.Globalization;

namespace Orrery.Arguments;

/// <summary>The parts of -L: mqtt://[user[:password]@]host[:port][/topic]. They are taken as they are: nothing is percent-decoded.</summary>
internal sealed record ServerUrl(string? UserName, string? Password, string Host, int? Port, string? Topic)
{
    private const string Scheme = "mqtt://";

    /// <summary>Reads a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="mistake">What is wrong with it.</param>
    public static ServerUrl? Parse(string text, out string? mistake)
    {
        mistake = null;
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            mistake = text.StartsWith("mqtts://", StringComparison.OrdinalIgnoreCase)
                ? "-L: mqtts:// is not offered, TLS is for mosquitto's clients; use mqtt://."
                : $"-L: '{text}' does not start with mqtt://.";
            return null;
        }

        // A topic may hold '@' and ':', so it is cut off first; a password may hold '@', so the last one counts.
        var rest = text[Scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var topic = slash < 0 ? null : rest[(slash + 1)..];
        var server = slash < 0 ? rest : rest[..slash];
        var at = server.LastIndexOf('@');
        var user = at < 0 ? null : server[..at];
        server = server[(at + 1)..];
        var colon = server.LastIndexOf(':');
        if (server.EndsWith(']')) colon = -1;               // those of an IPv6 address, without a port
        var host = (colon >= 0 ? server[..colon] : server).Trim('[', ']');
        int? port = null;
        if (colon >= 0)
        {
            if (!ushort.TryParse(server[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                mistake = $"-L: '{server[(colon + 1)..]}' is no port.";
                return null;
            }
            port = number;
        }
        if (host.Length == 0)
        {
            mistake = "-L: the URL names no host.";
            return null;
        }
        var separator = user?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return new ServerUrl(
            separator < 0 ? user : user![..separator], separator < 0 ? null : user![(separator + 1)..], host, port, string.IsNullOrEmpty(topic) ? null : topic);
    }
}
