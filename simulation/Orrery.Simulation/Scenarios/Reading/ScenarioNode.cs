namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Where a node starts in its file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 code units.</param>
public readonly record struct SourcePosition(int Line, int Column);

/// <summary>One node of a scenario document before it is given a meaning; YAML and JSON give the same nodes.</summary>
/// <param name="Position">Where it starts.</param>
public abstract record ScenarioNode(SourcePosition Position);

/// <summary>A text, number, Boolean or null.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Text">What was written, with escapes resolved.</param>
/// <param name="IsQuoted">A quoted text is never a number, a Boolean or null.</param>
public sealed record ScalarNode(SourcePosition Position, string Text, bool IsQuoted) : ScenarioNode(Position)
{
    /// <summary>True for a null of YAML's core schema, written or left out.</summary>
    public bool IsNull => !IsQuoted && (Text is "" or "~" or "null" or "Null" or "NULL");
}

/// <summary>A list.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Items">In file order.</param>
public sealed record ListNode(SourcePosition Position, IReadOnlyList<ScenarioNode> Items) : ScenarioNode(Position);

/// <summary>A mapping. Its keys are unique.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Entries">In file order.</param>
public sealed record MapNode(SourcePosition Position, IReadOnlyList<MapEntry> Entries) : ScenarioNode(Position)
{
    /// <summary>The value of a key, or null.</summary>
    public ScenarioNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

/// <summary>One key of a mapping with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Position">Where the key starts.</param>
/// <param name="Value">The value.</param>
public sealed record MapEntry(string Key, SourcePosition Position, ScenarioNode Value);
