namespace Orrery.CrashTests;

/// <summary>What the judge holds a broker to.</summary>
internal enum CrashRule
{
    /// <summary>What was acknowledged reaches every session that was subscribed.</summary>
    Loss,

    /// <summary>A message at QoS 2 comes once, and one at QoS 1 again only with a reason.</summary>
    Duplicate,

    /// <summary>A publisher's messages come first in the order of their publication, and what is repeated before what is new.</summary>
    Order,

    /// <summary>DUP is 1 where something is repeated, and only there.</summary>
    Dup,

    /// <summary>Nothing is sent twice on one connection, acknowledgements answer, exchanges go on where they were.</summary>
    Exchange,

    /// <summary>Sessions, subscriptions and their options outlive the process.</summary>
    Session,

    /// <summary>A topic's retained value is the last acknowledged one, or a later one.</summary>
    Retained,

    /// <summary>Wills are published where, when and as often as they must.</summary>
    Will,

    /// <summary>What comes was published, as it comes.</summary>
    Content,
}

/// <summary>One breach of a rule.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Event">The event at which it was noticed.</param>
/// <param name="Message">The message in question; null for none.</param>
/// <param name="Client">The client in question; null for none.</param>
/// <param name="Count">How many it stands for.</param>
internal sealed record Finding(CrashRule Rule, string Text, long Event, MessageTag? Message = null, string? Client = null, int Count = 1);
