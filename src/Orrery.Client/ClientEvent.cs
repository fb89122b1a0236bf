using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

/// <summary>What a <see cref="ClientCore"/> tells its owner. All are immutable, and come in the order they happened.</summary>
public abstract record ClientEvent
{
    private ClientEvent()
    {
    }

    /// <summary>The server accepted the connection.</summary>
    /// <param name="ConnAck">Its answer, with its limits.</param>
    public sealed record Connected(ConnAckPacket ConnAck) : ClientEvent;

    /// <summary>An application message arrived; a repeated one at QoS 2 does not arrive again.</summary>
    /// <param name="Packet">The message with its identifier, DUP flag and subscription identifiers.</param>
    public sealed record Received(PublishPacket Packet) : ClientEvent;

    /// <summary>A message that was to be published is done with.</summary>
    /// <param name="Token">What <see cref="ClientCore.Publish"/> returned.</param>
    /// <param name="ReasonCode">
    /// The server's answer, Success for a QoS 0 message that was written, or the client's own refusal: QuotaExceeded for
    /// a full queue; PacketTooLarge, QoSNotSupported and RetainNotSupported for what the server does not take.
    /// </param>
    public sealed record Published(long Token, ReasonCode ReasonCode) : ClientEvent;

    /// <summary>The server answered a SUBSCRIBE.</summary>
    /// <param name="Token">What <see cref="ClientCore.Subscribe"/> returned.</param>
    /// <param name="ReasonCodes">One for each subscription, in order: the granted QoS, or 0x80 and above.</param>
    public sealed record Subscribed(long Token, IReadOnlyList<ReasonCode> ReasonCodes) : ClientEvent;

    /// <summary>The server answered an UNSUBSCRIBE.</summary>
    /// <param name="Token">What <see cref="ClientCore.Unsubscribe"/> returned.</param>
    /// <param name="ReasonCodes">One for each filter, in order; empty before MQTT 5.</param>
    public sealed record Unsubscribed(long Token, IReadOnlyList<ReasonCode> ReasonCodes) : ClientEvent;

    /// <summary>The server answered a SUBSCRIBE that the client sent by itself, because the session was lost.</summary>
    /// <param name="Subscriptions">What was asked for again.</param>
    /// <param name="ReasonCodes">One for each, in order: the granted QoS, or 0x80 and above, and then it is forgotten.</param>
    public sealed record Restored(IReadOnlyList<Subscription> Subscriptions, IReadOnlyList<ReasonCode> ReasonCodes) : ClientEvent;

    /// <summary>Nothing more will be heard of a request: its connection or its session is gone.</summary>
    /// <param name="Token">What the request returned. Whether the server acted on it is not known.</param>
    public sealed record Abandoned(long Token) : ClientEvent;

    /// <summary>The connection is over. The owner closes the transport once it has sent the output.</summary>
    /// <param name="Cause">Who ended it.</param>
    /// <param name="ReasonCode">The code in CONNACK or DISCONNECT, of whichever side; null where there was none.</param>
    /// <param name="Detail">One sentence for people.</param>
    public sealed record Disconnected(DisconnectCause Cause, ReasonCode? ReasonCode, string Detail) : ClientEvent;
}
