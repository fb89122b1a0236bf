namespace Orrery.Actors;

/// <summary>An actor by its path: looked up each time, so that it finds a successor of the same name.</summary>
/// <remarks>Exact names only; no wildcards.</remarks>
public sealed class ActorSelection : ICanTell
{
    private readonly ActorSystem _system;
    private readonly string[] _names;

    internal ActorSelection(ActorSystem system, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _system = system;
        PathString = path;
        _names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The path as it was given.</summary>
    public string PathString { get; }

    /// <summary>Tells the actor that is at the path now; without one, the message is a dead letter.</summary>
    /// <param name="message">Never null.</param>
    /// <param name="sender">Null is <see cref="ActorRefs.NoSender"/>.</param>
    public void Tell(object message, IActorRef? sender = null)
    {
        if (_system.Find(_names) is { } cell)
        {
            cell.Tell(message, sender);
        }
        else
        {
            _system.DeadLetterRef.Publish(message, sender, _system.DeadLetterRef);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"ActorSelection[{PathString}]";

    internal ActorSystem System => _system;
}
