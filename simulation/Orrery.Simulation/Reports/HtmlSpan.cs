namespace Orrery.Simulation.Reports;

/// <summary>What a stretch of time on a lane means. The numbers are the page's.</summary>
internal enum HtmlSpanKind
{
    /// <summary>The client has asked for a connection and has no answer yet.</summary>
    Opening = 0,

    /// <summary>The client holds the connection to be open.</summary>
    ClientOpen = 1,

    /// <summary>The broker holds the connection to be open.</summary>
    BrokerOpen = 2,

    /// <summary>One end is over, and the other does not know.</summary>
    HalfOpen = 3,

    /// <summary>A fault is at work.</summary>
    Fault = 4,

    /// <summary>The process does not exist.</summary>
    Down = 5,

    /// <summary>The process has no processor.</summary>
    Paused = 6,

    /// <summary>The client is silent for longer than its keep-alive: up to 1.5 times of it, or until it is heard.</summary>
    Silence = 7,

    /// <summary>Bytes are held on the link.</summary>
    Held = 8,
}

/// <summary>A stretch of time on a lane.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Node">The lane; for what belongs to a connection, its client's.</param>
/// <param name="Connection">The connection; null where it concerns none.</param>
/// <param name="FromEvent">The event that begins it.</param>
/// <param name="ToEvent">The event that ends it; -1 where none does.</param>
/// <param name="ToNanoseconds">Where it ends: of <paramref name="ToEvent"/>, a deadline, or of the run's end.</param>
/// <param name="Text">One clause for people.</param>
internal sealed record HtmlSpan(
    HtmlSpanKind Kind, string Node, string? Connection, int FromEvent, int ToEvent, long ToNanoseconds, string Text = "");
