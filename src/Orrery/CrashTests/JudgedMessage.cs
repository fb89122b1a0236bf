using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>What the judge knows of one message.</summary>
/// <param name="tag">Its name.</param>
/// <param name="message">As it was published.</param>
/// <param name="firstSent">The event of its first PUBLISH, or of the CONNECT with the will.</param>
internal sealed class JudgedMessage(MessageTag tag, ApplicationMessage message, long firstSent)
{
    public MessageTag Tag { get; } = tag;

    public ApplicationMessage Message { get; } = message;

    public long FirstSent { get; } = firstSent;

    /// <summary>How often its publisher sent it.</summary>
    public int Transmissions { get; set; }

    /// <summary>The event of the first PUBACK or PUBREC; null without.</summary>
    public long? Acknowledged { get; set; }

    /// <summary>The will that it is; null for a message that was published.</summary>
    public JudgedWill? Will { get; init; }
}

/// <summary>How one session got one message.</summary>
internal sealed class Delivery
{
    /// <summary>How often an exchange began with it: what a receiver hands over at the first PUBLISH.</summary>
    public int Begun { get; set; }

    /// <summary>The copies that the broker made of it, as far as they are known: identifier, connection where it last came, and the place of its
    /// exchange among those of the session.</summary>
    public List<(ushort Identifier, int Connection, long Ordinal)> Copies { get; } = new(1);

    /// <summary>How often it was released: what a receiver hands over at PUBREL.</summary>
    public int Released { get; set; }
}
