using System.Globalization;

namespace Orrery.Mqtt;

/// <summary>Ties an acknowledgement to the packet that it answers (MQTT 5 §2.2.1).</summary>
/// <param name="Value">1 to 65,535. 0, the default, is no identifier: no packet carries it [MQTT-2.2.1-3].</param>
public readonly record struct PacketIdentifier(ushort Value)
{
    /// <summary>True for 0, which a PUBLISH at QoS 0 has instead of an identifier [MQTT-2.2.1-2].</summary>
    public bool IsNone => Value == 0;

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
