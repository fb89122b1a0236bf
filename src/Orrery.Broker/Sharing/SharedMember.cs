using Orrery.Actors;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Sharing;

/// <summary>What a group knows of one member.</summary>
internal sealed class SharedMember(SubscriberEntry entry, int roomMax)
{
    public SubscriberEntry Entry { get; set; } = entry;

    /// <summary>How many messages it takes at a time, 0 for none now, or <see cref="SharedProtocol.Away"/>.</summary>
    public int RoomMax { get; set; } = roomMax;

    /// <summary>Messages that it was given and has not finished.</summary>
    public int InFlight { get; set; }

    /// <summary>What this turn has chosen it for.</summary>
    public List<SharedMessage> Chosen { get; } = [];

    public bool IsAway => RoomMax == SharedProtocol.Away;

    public IActorRef Session => Entry.Session;

    public bool HasRoom => InFlight < RoomMax;
}
