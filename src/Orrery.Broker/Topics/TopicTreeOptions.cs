namespace Orrery.Broker.Topics;

/// <summary>The limits of one broker's topic tree.</summary>
public sealed record TopicTreeOptions
{
    /// <summary>The most retained messages at once.</summary>
    /// <value>0 or more. Default: 1,000,000. One more is answered with <see cref="TopicProtocol.Retained"/> and Stored = false.</value>
    public int RetainedMessagesMax { get; init; } = 1_000_000;

    /// <summary>The most bytes of retained messages at once, as <see cref="RetainedLedger.SizeOf"/> counts them.</summary>
    /// <value>0 or more. Default: 256 MiB. Beyond it, as beyond <see cref="RetainedMessagesMax"/>.</value>
    public long RetainedBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>The most subscriptions at once; a session's second filter counts as a second one.</summary>
    /// <value>0 or more. Default: no limit. One more is answered with <see cref="TopicProtocol.SubscribeRefused"/>.</value>
    public long SubscriptionsMax { get; init; } = long.MaxValue;

    /// <summary>The most levels of a filter or of a retained message's topic.</summary>
    /// <value>1 to 1,000. Default: 128. It bounds the depth of the tree, and with it the stack that a walk needs.</value>
    public int TopicLevelsMax { get; init; } = 128;

    /// <summary>Says what is out of range; an empty list if nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (RetainedMessagesMax < 0) faults.Add($"{nameof(RetainedMessagesMax)} is {RetainedMessagesMax}; it must be 0 or more.");
        if (RetainedBytesMax < 0) faults.Add($"{nameof(RetainedBytesMax)} is {RetainedBytesMax}; it must be 0 or more.");
        if (SubscriptionsMax < 0) faults.Add($"{nameof(SubscriptionsMax)} is {SubscriptionsMax}; it must be 0 or more.");
        if (TopicLevelsMax is < 1 or > 1_000) faults.Add($"{nameof(TopicLevelsMax)} is {TopicLevelsMax}; it must be 1 to 1,000.");
        return faults;
    }
}
