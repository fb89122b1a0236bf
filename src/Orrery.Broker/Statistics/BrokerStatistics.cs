namespace Orrery.Broker.Statistics;

/// <summary>The counters of one broker at one instant.</summary>
public sealed class BrokerStatistics
{
    private readonly long[] _totals;

    internal BrokerStatistics(long[] totals) => _totals = totals;

    /// <summary>How often it happened since the broker started.</summary>
    public long this[Counter counter] => _totals[(int)counter];
}
