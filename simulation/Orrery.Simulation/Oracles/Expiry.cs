using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Oracles;

/// <summary>Message Expiry Intervals that were sent on.</summary>
internal static class Expiry
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Whether what is left is what was received less what was waited, in whole seconds, one more or less.</summary>
    /// <param name="received">In seconds.</param>
    /// <param name="waited">In nanoseconds.</param>
    /// <param name="sent">In seconds; null when none was sent.</param>
    public static bool IsRight(uint received, long waited, uint? sent) =>
        sent is { } left && Math.Abs(left - Math.Max(0, received - (waited / NanosecondsPerSecond))) <= 1;

    /// <summary>What a packet says of it.</summary>
    public static string Describe(PublishPacket packet) =>
        packet.Message.Properties?.MessageExpiryIntervalSeconds is { } seconds ? $"an expiry of {seconds} s" : "no expiry";
}
