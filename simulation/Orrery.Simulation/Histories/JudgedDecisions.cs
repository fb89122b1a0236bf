namespace Orrery.Simulation.Histories;

/// <summary>The log lines of a broker that a judge reads, by the name of their event.</summary>
internal static class JudgedDecisions
{
    /// <summary>A connection was closed, and why.</summary>
    public const string Disconnected = "Disconnected";

    /// <summary>A connection was closed before its CONNECT was accepted, and why.</summary>
    public const string ClosedBeforeConnect = "ClosedBeforeConnect";

    /// <summary>A session ended; a shared subscription's end has the same name.</summary>
    public const string Ended = "Ended";

    /// <summary>A session's or a shared subscription's queue was full and lost messages.</summary>
    public const string QueueFull = "QueueFull";

    /// <summary>A retained message was not kept.</summary>
    public const string RetainedRefused = "RetainedRefused";

    /// <summary>A session's actor failed.</summary>
    public const string SessionFailed = "Failed";

    /// <summary>A message was dropped for one receiver, and why.</summary>
    public const string Dropped = "LogDropped";

    /// <summary>A retained message was not sent.</summary>
    public const string RetainedUnsent = "LogRetainedUnsent";

    /// <summary>A message was read from a connection that had ended.</summary>
    public const string Void = "LogVoid";

    /// <summary>A store has no room.</summary>
    public const string StoreFull = "StoreFull";

    /// <summary>A store has room again.</summary>
    public const string StoreHasRoom = "StoreHasRoom";

    /// <summary>A store was given up until the broker starts again.</summary>
    public const string StoreFailed = "StoreFailed";

    /// <summary>A broker has back what it kept.</summary>
    public const string StoreRecovered = "StoreRecovered";

    /// <summary>The broker goes on with other limits.</summary>
    public const string OptionsChanged = "OptionsChanged";

    /// <summary>Whether an event is a log line with a name.</summary>
    public static bool Is(HistoryEvent happened, string name) => happened.Kind == HistoryKind.Decision && happened.Name == name;
}
