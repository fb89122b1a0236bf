using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

/// <summary>All that has one topic and one payload. Where it is one publication, copies of it can be told from all else.</summary>
internal sealed class Content(string topic, string payload, ApplicationMessage sample)
{
    /// <summary>The topic.</summary>
    public string Topic { get; } = topic;

    /// <summary>The payload, short enough to be shown.</summary>
    public string Payload { get; } = payload;

    /// <summary>A message with it.</summary>
    public ApplicationMessage Sample { get; } = sample;

    /// <summary>Who said it by PUBLISH, in order.</summary>
    public List<Publication> Publications { get; } = [];

    /// <summary>The connections with a will that says it.</summary>
    public List<ConnectionView> Wills { get; } = [];

    /// <summary>The only publication; null where there are several, or a will says the same.</summary>
    public Publication? Only => Publications.Count == 1 && Wills.Count == 0 ? Publications[0] : null;

    /// <inheritdoc/>
    public override string ToString() => Payload.Length == 0 ? $"the empty message of {Topic}" : $"'{Payload}' of {Topic}";
}

/// <summary>One sending of a publication.</summary>
/// <param name="Connection">Where.</param>
/// <param name="Sent">The client sent it.</param>
/// <param name="Read">The broker read it; null when it never did.</param>
internal sealed record PublicationSend(ConnectionView Connection, HistoryEvent Sent, HistoryEvent? Read)
{
    /// <summary>The PUBACK or PUBREC that the broker answered with.</summary>
    public HistoryEvent? Answer { get; set; }

    /// <summary>Whether the broker surely took it in.</summary>
    public bool IsHandled => Read is not null && (Answer is not null || Connection.Handled(Read));
}

/// <summary>One message as its publisher sees it: what is sent again for the same exchange belongs to it.</summary>
internal sealed class Publication(Content content, string client, PublishPacket packet)
{
    /// <summary>What it says.</summary>
    public Content Content { get; } = content;

    /// <summary>The publisher's node.</summary>
    public string Client { get; } = client;

    /// <summary>The first PUBLISH.</summary>
    public PublishPacket Packet { get; } = packet;

    /// <summary>Each PUBLISH, in order.</summary>
    public List<PublicationSend> Sends { get; } = [];

    /// <summary>Whether it was sent behind the PUBREL of an exchange with its identifier and content that was not over.</summary>
    public bool IsBehindRelease { get; init; }

    /// <summary>The first sending that the broker surely took in; null for none.</summary>
    public PublicationSend? Taken => Sends.Find(send => send.IsHandled);

    /// <summary>The QoS that it was published with.</summary>
    public QoS QoS => Packet.Message.QoS;

    /// <summary>The broker's first answer below 0x80: it owns the message from there on. Null for none, and at QoS 0.</summary>
    public PublicationSend? Owned => Sends.Find(send => send.Answer is not null && CodeOf(send.Answer) < ReasonCode.UnspecifiedError);

    /// <summary>Whether the broker refused it.</summary>
    public bool IsRefused => Sends.Exists(send => send.Answer is not null && CodeOf(send.Answer) >= ReasonCode.UnspecifiedError);

    /// <summary>The first index at which the broker may have taken it in; <see cref="int.MaxValue"/> when it never read it.</summary>
    public int MayFrom { get; set; } = int.MaxValue;

    /// <summary>The index by which the broker surely had taken it in; <see cref="int.MaxValue"/> when it may not have.</summary>
    public int SureBy { get; set; } = int.MaxValue;

    /// <summary>The last index at which the broker may have taken it in, once more where it was sent again; -1 for never.</summary>
    public int MayTo { get; set; } = -1;

    /// <summary>How many copies the broker may pass on: one for each PUBLISH at QoS 0 and 1, one for each exchange at QoS 2.</summary>
    public int CopiesMax { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Content.ToString();

    private static ReasonCode CodeOf(HistoryEvent answer) => ((AcknowledgementPacket)answer.Packet!.Packet).ReasonCode;
}

/// <summary>What is wrong with a PUBLISH of the broker, seen in the order of its exchange.</summary>
internal enum TransmissionFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A first PUBLISH has DUP 1.</summary>
    FirstIsMarked,

    /// <summary>A PUBLISH that is sent again has DUP 0.</summary>
    RepeatIsUnmarked,

    /// <summary>It was sent again on one connection.</summary>
    RepeatedOnConnection,

    /// <summary>It was sent again when it had been acknowledged.</summary>
    RepeatedAfterEnd,

    /// <summary>It was sent again when it had been refused.</summary>
    RepeatedAfterRefusal,

    /// <summary>It was sent again behind its PUBREL, or when its PUBREC was there.</summary>
    RepeatedAfterRelease,

    /// <summary>Its packet identifier is in use for another message.</summary>
    IdentifierInUse,
}

/// <summary>One PUBLISH from a broker.</summary>
/// <param name="Session">To whom.</param>
/// <param name="Connection">Where.</param>
/// <param name="Sent">The event.</param>
/// <param name="Packet">The packet.</param>
/// <param name="Content">What it says.</param>
internal sealed record Transmission(SessionView Session, ConnectionView Connection, HistoryEvent Sent, PublishPacket Packet, Content Content)
{
    /// <summary>False when the broker sends it again.</summary>
    public bool IsFirst { get; set; } = true;

    /// <summary>What is wrong with it.</summary>
    public TransmissionFault Fault { get; set; }

    /// <summary>The event that makes it wrong.</summary>
    public HistoryEvent? FaultEvidence { get; set; }

    /// <summary>Its exchange; null at QoS 0.</summary>
    public OutboundExchange? Exchange { get; set; }
}

/// <summary>A message in flight from the broker at QoS 1 or 2.</summary>
internal sealed class OutboundExchange(Transmission first)
{
    /// <summary>Each PUBLISH.</summary>
    public List<Transmission> Sends { get; } = [first];

    /// <summary>The QoS on the wire.</summary>
    public QoS QoS => Sends[0].Packet.Message.QoS;

    /// <summary>The packet identifier.</summary>
    public PacketIdentifier Identifier => Sends[0].Packet.PacketIdentifier;

    /// <summary>What it carries.</summary>
    public Content Content => Sends[0].Content;

    /// <summary>The PUBREC below 0x80 that the broker read; null for none.</summary>
    public HistoryEvent? Received { get; set; }

    /// <summary>Whether the broker surely worked on <see cref="Received"/>.</summary>
    public bool IsReceivedSure { get; set; }

    /// <summary>Each PUBREL of the broker.</summary>
    public List<HistoryEvent> Releases { get; } = [];

    /// <summary>The packet that ended it: PUBACK, PUBREC with 0x80 or above, or PUBCOMP. Null while it goes on.</summary>
    public HistoryEvent? Completed { get; set; }

    /// <summary>Whether the broker surely worked on <see cref="Completed"/>.</summary>
    public bool IsCompletedSure { get; set; }

    /// <summary>Whether the client refused it.</summary>
    public bool IsRefused { get; set; }
}
