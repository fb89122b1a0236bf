using Orrery.Actors;

namespace Orrery.Server.Tests.Connections;

/// <summary>Stands for a connection's actor: keeps what it is told, in order.</summary>
internal sealed class RecordingRef : IActorRef
{
    public List<object> Told { get; } = [];

    /// <summary>What to do at each message, as if the actor's turn came at once; null does nothing.</summary>
    public Action<object>? OnTold { get; set; }

    public ActorPath Path => throw new NotSupportedException();

    public void Tell(object message, IActorRef? sender)
    {
        Told.Add(message);
        OnTold?.Invoke(message);
    }

    public int CompareTo(IActorRef? other) => throw new NotSupportedException();

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => 0;
}
