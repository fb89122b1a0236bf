using Orrery.Actors.Production;

namespace Orrery.Actors.Extensions;

/// <summary>What this runtime's systems and props can do beyond Akka's vocabulary.</summary>
public static class ActorSystemExtensions
{
    /// <summary>What all random streams of the system start from; log it to be able to repeat them.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The seed, given or drawn from the operating system.</returns>
    public static ulong Seed(this ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.Seed;
    }

    /// <summary>Starts a stream of chance.</summary>
    /// <param name="system">The system, whose seed decides.</param>
    /// <param name="name">Equal names give equal streams, each from its beginning: name it after its owner.</param>
    /// <returns>A stream for the caller alone.</returns>
    public static IRandomStream GetRandomStream(this ActorSystem system, string name)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(name);
        return system.CreateStream(name);
    }

    /// <summary>The same props with a mailbox that holds so many messages; what comes on top becomes a dead letter.</summary>
    /// <param name="props">The props.</param>
    /// <param name="capacity">1 or more.</param>
    /// <returns>New props.</returns>
    public static Props WithBoundedMailbox(this Props props, int capacity)
    {
        ArgumentNullException.ThrowIfNull(props);
        return props.WithMailbox(Mailboxes.Bounded(capacity));
    }

    /// <summary>
    /// Lends the calling thread to the system until the result is disposed: actors that it tells something run on this
    /// thread at the end, without waking another.
    /// </summary>
    /// <param name="system">The system.</param>
    /// <returns>To be disposed on the same thread. Does nothing on a thread already lent, or for a deterministic system.</returns>
    /// <remarks>For the read loop of a connection: bytes in, told to the connection, handled, bytes out, on one core.</remarks>
    public static HostTurn BeginHostTurn(this ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return new HostTurn(system.DispatcherFor(Dispatchers.DefaultDispatcherId) as PoolDispatcher);
    }
}
