namespace Orrery.Benchmarks.EndToEnd;

/// <summary>Who publishes to whom.</summary>
internal enum Topology
{
    /// <summary>Publisher n and subscriber n share a topic of their own.</summary>
    Pairs,

    /// <summary>Every publisher publishes to one topic, and every subscriber hears all of them.</summary>
    Shared,
}

/// <summary>One load: its clients, its packets, and how much of it may be on the way at once.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Topology">Who publishes to whom.</param>
/// <param name="Publishers">Publishing connections, at least 1.</param>
/// <param name="Subscribers">Subscribing connections, at least 1; as many as publishers for <see cref="Topology.Pairs"/>.</param>
/// <param name="QoS">0 or 1, for publishing and for subscribing.</param>
/// <param name="PayloadBytes">Payload of one message, at least <see cref="PayloadHeader.Bytes"/>.</param>
/// <param name="Credit">Deliveries that may be owed by the broker at once: what is measured can then be sustained.</param>
/// <param name="Window">At QoS 1, packets of a publisher that wait for their PUBACK: common clients allow 20 to 100.</param>
/// <param name="IsPersistent">Whether the subscribers' sessions outlive their connections.</param>
internal sealed record Workload(
    string Name, Topology Topology, int Publishers, int Subscribers, int QoS, int PayloadBytes, int Credit,
    int Window = 100, bool IsPersistent = false)
{
    /// <summary>How many deliveries one message of a publisher makes.</summary>
    public int DeliveriesPerMessage => Topology == Topology.Pairs ? 1 : Subscribers;

    /// <summary>The topic of one publisher or subscriber, by its index.</summary>
    public string TopicOf(int index) => Topology == Topology.Pairs ? $"bench/pairs/{index}" : "bench/shared";
}

/// <summary>The first bytes of every payload, from which a subscriber tells loss, duplicates and disorder.</summary>
internal static class PayloadHeader
{
    /// <summary>Publisher index (4 bytes, little-endian), then its message number (8 bytes).</summary>
    public const int Bytes = 12;
}
