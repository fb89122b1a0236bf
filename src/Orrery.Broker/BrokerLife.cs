using Orrery.Actors;

namespace Orrery.Broker;

/// <summary>What of a broker outlives a failure, which makes its root and all its parts anew.</summary>
/// <remarks>Of the root alone: its instances, one after the other, use it on their turns.</remarks>
internal sealed class BrokerLife(BrokerOptions options)
{
    /// <summary>The time within which failures count together.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _failures = new();     // within the window; no longer than what is borne, and one

    /// <summary>The limits as they are now.</summary>
    public BrokerOptions Options { get; set; } = options;

    /// <summary>Who wait to hear that the broker can serve.</summary>
    public List<IActorRef> ReadyAskers { get; } = [];

    /// <summary>Who waits for the broker's end; null for nobody.</summary>
    public IActorRef? StopAsker { get; set; }

    /// <summary>True once the broker has failed too often: it is not made again.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>Notes a failure, which uses up the broker if it is one too many.</summary>
    /// <param name="now">On the monotonic clock.</param>
    /// <returns>How many there were within the window, this one among them.</returns>
    public int NoteFailure(TimeSpan now)
    {
        while (_failures.TryPeek(out var oldest) && now - oldest > Window)
        {
            _failures.Dequeue();
        }

        _failures.Enqueue(now);
        HasGivenUp |= _failures.Count > Options.RestartsMax;
        return _failures.Count;
    }
}
