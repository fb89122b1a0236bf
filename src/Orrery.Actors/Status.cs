namespace Orrery.Actors;

/// <summary>Answers that say how a request went; <c>Ask</c> turns a <see cref="Failure"/> into an exception.</summary>
public abstract class Status
{
    private Status()
    {
    }

    /// <summary>The request went well.</summary>
    /// <param name="status">What to tell the asker; may be null.</param>
    public sealed class Success(object? status) : Status
    {
        /// <summary>What to tell the asker.</summary>
        public object? Status { get; } = status;
    }

    /// <summary>The request failed.</summary>
    /// <param name="cause">Why.</param>
    public sealed class Failure(Exception cause) : Status
    {
        /// <summary>Why.</summary>
        public Exception Cause { get; } = cause;
    }
}
