using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>Something that is measured.</summary>
[Choice]
public abstract record Metric;

/// <summary>Time from PUBLISH sent to PUBLISH received.</summary>
[Case("end_to_end_delay")]
public sealed record DelayMetric : Metric
{
    /// <summary>The topics.</summary>
    [Text(TextKind.TopicFilter)] public required string EndToEndDelay { get; init; }

    /// <summary>Quantiles in percent.</summary>
    [Within(0, 100)] public IReadOnlyList<int> Quantiles { get; init; } = [];
}

/// <summary>Messages delivered for each that was owed.</summary>
[Case("delivery_ratio")]
public sealed record DeliveryRatioMetric : Metric
{
    /// <summary>True to measure it.</summary>
    public required bool DeliveryRatio { get; init; }
}

/// <summary>Bytes that passed links.</summary>
[Case("bytes_on")]
public sealed record BytesMetric : Metric
{
    /// <summary>The links.</summary>
    [Refers(ReferenceKind.Link)] public required string BytesOn { get; init; }
}

/// <summary>Packets sent for each message delivered.</summary>
[Case("messages_per_delivery")]
public sealed record MessagesMetric : Metric
{
    /// <summary>True to measure it.</summary>
    public required bool MessagesPerDelivery { get; init; }
}

/// <summary>Messages that wait in brokers.</summary>
[Case("queue_depth")]
public sealed record QueueDepthMetric : Metric
{
    /// <summary>How the values over time become one.</summary>
    public required Aggregate QueueDepth { get; init; }

    /// <summary>How brokers are grouped.</summary>
    public Grouping By { get; init; } = Grouping.Broker;
}

/// <summary>How values over time become one.</summary>
public enum Aggregate
{
    /// <summary>The greatest.</summary>
    Max,

    /// <summary>The mean over time.</summary>
    Mean,
}

/// <summary>How brokers are grouped.</summary>
public enum Grouping
{
    /// <summary>Each alone.</summary>
    Broker,

    /// <summary>By their level in a tree.</summary>
    Depth,
}

/// <summary>How measurements are written.</summary>
public sealed record Report
{
    /// <summary>The kinds of file.</summary>
    [OneOrMany] public IReadOnlyList<ReportFormat> Format { get; init; } = [];

    /// <summary>The confidence of the intervals over the runs of a sweep.</summary>
    public Ratio? Confidence { get; init; }
}

/// <summary>A kind of file that a report is written to.</summary>
public enum ReportFormat
{
    /// <summary>Comma-separated values.</summary>
    Csv,

    /// <summary>One page that needs no network.</summary>
    Html,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>JSON, one event a line.</summary>
    Jsonl,
}
