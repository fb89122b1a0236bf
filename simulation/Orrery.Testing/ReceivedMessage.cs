using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Testing;

/// <summary>A message that a client's application got.</summary>
/// <param name="At">Virtual time since the start of the world.</param>
/// <param name="Packet">The PUBLISH.</param>
public sealed record ReceivedMessage(TimeSpan At, PublishPacket Packet)
{
    /// <summary>The topic.</summary>
    public string Topic => Packet.Message.Topic.ToString();

    /// <summary>The payload as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Packet.Message.Payload.Span);

    /// <summary>The QoS it came with.</summary>
    public QoS QoS => Packet.Message.QoS;

    /// <summary>The RETAIN flag.</summary>
    public bool Retain => Packet.Message.Retain;

    /// <summary>The DUP flag.</summary>
    public bool Duplicate => Packet.Duplicate;
}
