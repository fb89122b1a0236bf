namespace Orrery.Simulation.Network;

/// <summary>Watches the byte streams of one connection at both ends, and may hold back what is about to be sent.</summary>
internal interface IStreamTap
{
    /// <summary>An end hands bytes to its system.</summary>
    /// <param name="direction">Which way they go.</param>
    /// <param name="bytes">What follows everything that was sent before.</param>
    /// <returns>How many of them may go. If not all may, the end is held until <see cref="StreamEnd.Release"/>.</returns>
    int BeforeSend(Direction direction, ReadOnlySpan<byte> bytes);

    /// <summary>A system took bytes to send.</summary>
    void OnSent(Direction direction, ReadOnlySpan<byte> bytes);

    /// <summary>A program read bytes that came this way.</summary>
    void OnRead(Direction direction, ReadOnlySpan<byte> bytes);

    /// <summary>A fault holds back what arrives this way, from now until it ends: once for each time.</summary>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="bytes">The first of it; 0 for the end of the stream.</param>
    void OnHeld(Direction direction, int bytes);

    /// <summary>The caller learns that it is connected.</summary>
    void OnOpened();

    /// <summary>The listener takes the connection.</summary>
    void OnAccepted();

    /// <summary>An end is over for its program. Once for each end that was there.</summary>
    /// <param name="sends">Which end: the one that sends in this direction.</param>
    /// <param name="ending">How.</param>
    /// <param name="detail">One clause for people.</param>
    void OnEnded(Direction sends, StreamEnding ending, string detail);
}

/// <summary>How an end of a connection came to be over.</summary>
internal enum StreamEnding
{
    /// <summary>Its program closed it.</summary>
    Closed,

    /// <summary>The peer had ended its direction, and the program closed the rest.</summary>
    Fin,

    /// <summary>RST arrived.</summary>
    Reset,

    /// <summary>Its system gave the peer up.</summary>
    TimedOut,

    /// <summary>Nobody listened.</summary>
    Refused,

    /// <summary>Its program and its system vanished, or left it behind without a word.</summary>
    Vanished,

    /// <summary>Its program ended, and its system closed it.</summary>
    ProcessEnded,
}
