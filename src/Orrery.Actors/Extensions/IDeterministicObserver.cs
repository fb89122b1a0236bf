namespace Orrery.Actors.Extensions;

/// <summary>Hears of everything that happens in a deterministic system, in order. It must not touch the system.</summary>
public interface IDeterministicObserver
{
    /// <summary>A message is about to be handled: a plain one, or one of the runtime such as a watch or a stop.</summary>
    /// <param name="message">Which, from whom, to whom.</param>
    void OnMessage(in ObservedMessage message);

    /// <summary>Chance was asked: by an actor's stream, or by the order of turns.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="value">The bits that it gave.</param>
    void OnDraw(string stream, ulong value);
}

/// <summary>One message on its way into an actor.</summary>
/// <param name="Sequence">Its number in the system, from 1, in the order of handling.</param>
/// <param name="Receiver">Whose turn it is. Its path is made anew at each call: ask for it only where a name is needed.</param>
/// <param name="ReceiverId">The receiver's number in the system, in the order in which actors were made.</param>
/// <param name="Sender">Null where it was told without one, and for the runtime's own.</param>
/// <param name="SenderId">As for the receiver; 0 for none.</param>
/// <param name="Message">The message itself.</param>
public readonly record struct ObservedMessage(
    long Sequence, IActorRef Receiver, int ReceiverId, IActorRef? Sender, int SenderId, object Message);
