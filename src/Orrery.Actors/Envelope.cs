namespace Orrery.Actors;

/// <summary>A message on its way, with its sender.</summary>
/// <param name="Message">Never null in a mailbox.</param>
/// <param name="Sender">Null where the message was told without one.</param>
public readonly record struct Envelope(object Message, IActorRef? Sender);
