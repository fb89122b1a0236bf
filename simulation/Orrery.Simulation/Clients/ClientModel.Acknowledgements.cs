using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Clients;

// Acknowledgements that are late, or never come (C2).
internal sealed partial class ClientModel
{
    private List<Withheld>? _withheld;                      // of the present connection, oldest first
    private ulong _heldTypes;                               // by packet type
    private int _holds;
    private long _lastAcknowledgement;                      // acknowledgements do not overtake each other

    /// <summary>Withholds acknowledgements from here on.</summary>
    /// <param name="types">Which.</param>
    /// <param name="nanoseconds">For how long; null until <see cref="Acknowledge"/>.</param>
    public void Hold(IReadOnlyList<ControlPacketType> types, long? nanoseconds)
    {
        foreach (var type in types)
        {
            _heldTypes |= 1UL << (int)type;
        }

        _holds++;
        if (nanoseconds is { } time) _kernel.Schedule(_kernel.NowNanoseconds + time, EventClass.Client, this, HoldEndsKind, _holds, types);
    }

    /// <summary>Sends acknowledgements that were withheld, oldest first.</summary>
    /// <param name="types">Which.</param>
    /// <param name="count">How many; null for all, which ends the holding too.</param>
    /// <param name="identifier">Those of one packet identifier only; null for any.</param>
    /// <param name="reasonCode">What they say; null for what they would have said.</param>
    /// <returns>How many were sent.</returns>
    public int Acknowledge(IReadOnlyList<ControlPacketType> types, int? count = null, PacketIdentifier? identifier = null, ReasonCode? reasonCode = null)
    {
        if (count is null && identifier is null) _heldTypes &= ~MaskOf(types);
        var sent = 0;
        foreach (var withheld in _withheld?.ToArray() ?? [])
        {
            var packet = withheld.Packet;
            if (sent == count || !types.Contains(packet.Type) || (identifier is { } one && one != packet.PacketIdentifier)) continue;
            _withheld!.Remove(withheld);
            Core.SendWithheld(reasonCode is { } code ? packet with { ReasonCode = code } : packet, Now);
            sent++;
        }

        Flush();
        return sent;
    }

    private static ulong MaskOf(IReadOnlyList<ControlPacketType> types) => types.Aggregate(0UL, (mask, type) => mask | (1UL << (int)type));

    private bool Withholds(AcknowledgementPacket packet)
    {
        var isHeld = (_heldTypes & (1UL << (int)packet.Type)) != 0;
        if (!isHeld && Behaviour.AcknowledgeAfter is null) return false;
        var withheld = new Withheld(packet);
        (_withheld ??= []).Add(withheld);
        if (isHeld) return true;
        var due = _kernel.NowNanoseconds + Behaviour.AcknowledgeAfter!.Next(_kernel.Stream($"{Name}/acknowledge"));
        _lastAcknowledgement = Math.Max(due, _lastAcknowledgement);
        _kernel.Schedule(_lastAcknowledgement, EventClass.Client, this, AcknowledgeKind, packet.PacketIdentifier.Value, withheld);
        return true;
    }

    private void OnAcknowledgeDue(Withheld withheld)
    {
        if (_withheld?.Remove(withheld) != true) return;
        Core.SendWithheld(withheld.Packet, Now);
        Flush();
    }

    private void OnHoldEnds(IReadOnlyList<ControlPacketType> types) => Acknowledge(types);

    /// <summary>One acknowledgement that was due; told apart by reference, since equal ones may wait.</summary>
    private sealed class Withheld(AcknowledgementPacket packet)
    {
        public AcknowledgementPacket Packet => packet;
    }
}
