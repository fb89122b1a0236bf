using Orrery.Client;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Clients;

/// <summary>Watches one client model.</summary>
internal interface IClientWatcher
{
    /// <summary>The client asks for a connection.</summary>
    /// <param name="connection">Its name, `client#n`.</param>
    /// <param name="link">The path that it takes.</param>
    /// <returns>Who watches the bytes of the connection.</returns>
    IStreamTap OnConnecting(string connection, Link link);

    /// <summary>The client's core said something.</summary>
    void OnEvent(ClientEvent happened);

    /// <summary>The client lost its processor.</summary>
    void OnPaused(long nanoseconds);

    /// <summary>It has its processor again.</summary>
    void OnResumed();
}
