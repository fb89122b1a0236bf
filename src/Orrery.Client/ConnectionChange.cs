using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

/// <summary>What happens to the connection of a client that reconnects by itself.</summary>
public abstract record ConnectionChange
{
    private ConnectionChange()
    {
    }

    /// <summary>The connection ended, or an attempt at one failed, and another will be made.</summary>
    /// <param name="Reason">What ended it.</param>
    /// <param name="RetryAfter">The wait before the next attempt.</param>
    public sealed record Lost(Exception Reason, TimeSpan RetryAfter) : ConnectionChange;

    /// <summary>A server accepted again.</summary>
    /// <param name="SessionPresent">Whether it still had the session. If not, the client subscribes anew, and sends QoS 1 messages anew.</param>
    public sealed record Regained(bool SessionPresent) : ConnectionChange;

    /// <summary>A subscription of the lost session was not granted again.</summary>
    /// <param name="Subscription">What was asked for.</param>
    /// <param name="ReasonCode">The refusal, 0x80 or above.</param>
    public sealed record SubscriptionLost(Subscription Subscription, ReasonCode ReasonCode) : ConnectionChange;
}
