using System.CommandLine;

namespace Orrery.Arguments;

/// <summary>The options of mosquitto's clients that these do not have. They are refused with a sentence: a client that ignored --cafile would send a password in the clear.</summary>
internal static class UnsupportedFlags
{
    private const string Tls = "TLS is not offered: use mosquitto's clients, or a TLS proxy such as stunnel in front of the server.";
    private const string Proxy = "SOCKS proxies are not offered.";
    private const string WebSockets = "WebSockets are not offered: use the server's TCP port.";
    private const string File = "Files with default options are not read, neither by -o nor from ~/.config: give the options here.";

    private static readonly (string Name, bool HasValue, string Reason)[] All =
    [
        ("--cafile", true, Tls), ("--capath", true, Tls), ("--cert", true, Tls), ("--key", true, Tls), ("--keyform", true, Tls),
        ("--ciphers", true, Tls), ("--tls-version", true, Tls), ("--tls-alpn", true, Tls), ("--tls-engine", true, Tls),
        ("--tls-engine-kpass-sha1", true, Tls), ("--tls-keylog", true, Tls), ("--tls-use-os-certs", false, Tls), ("--insecure", false, Tls),
        ("--psk", true, Tls), ("--psk-identity", true, Tls), ("--proxy", true, Proxy), ("--ws", false, WebSockets),
        ("-o", true, File), ("-S", false, "SRV records are not looked up: name the server with -h."),
    ];

    /// <summary>Adds the refusals to a command, without a line in its help.</summary>
    public static void AddTo(Command command)
    {
        foreach (var (name, hasValue, reason) in All)
        {
            Option option = hasValue ? new Option<string?>(name) { Hidden = true } : new Option<bool>(name) { Hidden = true };
            option.Validators.Add(result =>
            {
                if (!result.Implicit) result.AddError($"{name}: {reason}");
            });
            command.Options.Add(option);
        }
    }
}
