using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Orrery.Server.Hosting;

/// <summary>One address to bind.</summary>
/// <param name="Broker">The broker's name.</param>
/// <param name="EndPoint">Where; port 0 is a free one.</param>
/// <param name="Serve">Serves one accepted connection to its end.</param>
internal sealed record ListenerBinding(string Broker, SharedPortEndPoint EndPoint, ConnectionDelegate Serve);

/// <summary>The port of a listener with several addresses: where 0 was asked for, all get what was free on the first.</summary>
internal sealed class SharedPort(int port)
{
    public int Port
    {
        get;
        set
        {
            field = value;
            Text = TextOf(value);
        }
    }
    = port;

    /// <summary>The port in digits: one text, which every connection keeps.</summary>
    public string Text { get; private set; } = TextOf(port);

    private static string TextOf(int port) => port.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One of the addresses of a listener.</summary>
internal sealed class SharedPortEndPoint(IPAddress address, SharedPort shared) : IPEndPoint(address, shared.Port)
{
    public SharedPort Shared { get; } = shared;
}
