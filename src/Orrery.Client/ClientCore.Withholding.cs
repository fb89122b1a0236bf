using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

// What a client does that puts a server to the test, and that no application asks for.
public sealed partial class ClientCore
{
    /// <summary>Asked of each PUBACK, PUBREC, PUBREL and PUBCOMP that is due; true keeps it for <see cref="SendWithheld"/>.</summary>
    /// <remarks>What is due again on a later connection [MQTT-4.4.0-1] is sent whatever this says. Null, the default, withholds none.</remarks>
    internal Func<AcknowledgementPacket, bool>? Withholds { get; set; }

    /// <summary>Sends what was withheld on this connection, or another answer in its place.</summary>
    internal void SendWithheld(AcknowledgementPacket packet, TimeSpan now)
    {
        if (State == ClientState.Connected) SendAnswer(packet, now);
    }

    /// <summary>Sends a packet past all rules. Without a connection, does nothing.</summary>
    internal void SendAsIs(Packet packet, TimeSpan now)
    {
        if (State != ClientState.Disconnected) Send(packet, now);
    }

    private void Answer(AcknowledgementPacket packet, TimeSpan now)
    {
        if (Withholds?.Invoke(packet) != true) SendAnswer(packet, now);
    }

    private void SendAnswer(AcknowledgementPacket packet, TimeSpan now)
    {
        if (packet is PubAckPacket) _unacknowledgedAtLeastOnce--;
        if (packet is PubRecPacket { ReasonCode: >= ReasonCode.UnspecifiedError })
        {
            _inbound.Release(packet.PacketIdentifier);
            _unreleased.Remove(packet.PacketIdentifier.Value);
        }

        Send(packet, now);
    }
}
