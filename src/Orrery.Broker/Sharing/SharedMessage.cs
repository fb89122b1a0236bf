using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Sharing;

/// <summary>A message of a shared subscription.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sequence">Its place in the order in which the group got its messages: where it goes when it is given back.</param>
internal readonly record struct SharedMessage(ApplicationMessage Message, long Sequence);
