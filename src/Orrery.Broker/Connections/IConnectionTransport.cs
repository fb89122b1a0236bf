using System.Buffers;
using Orrery.Actors;

namespace Orrery.Broker.Connections;

/// <summary>The host's side of one network connection: sockets in production, a simulated link elsewhere.</summary>
/// <remarks>Called on the turn of the connection's actor only. What happens at the peer comes back as a message of
/// <see cref="ConnectionProtocol"/>; after <see cref="Close"/> or <see cref="Abort"/> nothing may come back.</remarks>
public interface IConnectionTransport
{
    /// <summary>Where packets are encoded. Bytes wait here until <see cref="TryFlush"/>.</summary>
    IBufferWriter<byte> Output { get; }

    /// <summary>Says which actor serves this connection. Called once, before anything else.</summary>
    void Start(IActorRef connection);

    /// <summary>Asks for one more <see cref="ConnectionProtocol.Received"/>: demand, as in a reactive stream.</summary>
    void RequestInput();

    /// <summary>Hands what was written to the peer.</summary>
    /// <returns>False when the peer is slow: nothing more should be written until
    /// <see cref="ConnectionProtocol.OutputDrained"/> arrives.</returns>
    bool TryFlush();

    /// <summary>Sends what was written, then ends the connection in order.</summary>
    void Close();

    /// <summary>Drops the connection and what was not yet sent.</summary>
    void Abort();
}
