namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>The key of a property or value where it is not the snake_case of its name.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class KeyAttribute(string key) : Attribute
{
    /// <summary>What is written in a file.</summary>
    public string Key { get; } = key;
}

/// <summary>A record with cases: the value of the key <see cref="By"/> chooses, or, without it, the case whose key is there.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ChoiceAttribute : Attribute
{
    /// <summary>The key whose value chooses.</summary>
    public string? By { get; init; }
}

/// <summary>A case of the choice that is the record's base.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class CaseAttribute(string name) : Attribute
{
    /// <summary>The value of the choosing key, or the key that must be there.</summary>
    public string Name { get; } = name;
}

/// <summary>A scalar in place of the mapping stands for a mapping with this key alone.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ShorthandAttribute(string key) : Attribute
{
    /// <summary>The key that takes the scalar.</summary>
    public string Key { get; } = key;
}

/// <summary>Exactly one of these keys, or at most one, may be there.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class OneOfAttribute(params string[] keys) : Attribute
{
    /// <summary>The keys that exclude each other.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;

    /// <summary>True when all of them may be absent.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>One key is useless, or not allowed, without another.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class NeedsAttribute(string key, string needed) : Attribute
{
    /// <summary>The key that needs the other.</summary>
    public string Key { get; } = key;

    /// <summary>The key that must be there too.</summary>
    public string Needed { get; } = needed;
}

/// <summary>A list of one may be written without brackets.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOrManyAttribute : Attribute;

/// <summary>The range of a whole number.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WithinAttribute(long min, long max) : Attribute
{
    /// <summary>The least value.</summary>
    public long Min { get; } = min;

    /// <summary>The greatest value.</summary>
    public long Max { get; } = max;
}

/// <summary>What a text, or each key of a map, must look like.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextAttribute(TextKind kind) : Attribute
{
    /// <summary>The kind of text.</summary>
    public TextKind Kind { get; } = kind;
}

/// <summary>The text names something that the file declares.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RefersAttribute(ReferenceKind kind) : Attribute
{
    /// <summary>What it names.</summary>
    public ReferenceKind Kind { get; } = kind;
}

/// <summary>Leaves a key out of the canonical form: two files that differ in it describe the same run.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotHashedAttribute : Attribute;

/// <summary>What a text or the key of a map can name.</summary>
internal enum ReferenceKind
{
    /// <summary>A key of topology.clients, with [n] for one of many.</summary>
    Client,

    /// <summary>A key of topology.brokers, with [n] for one of many.</summary>
    Broker,

    /// <summary>A client or a broker.</summary>
    Node,

    /// <summary>`from->to` between nodes, `from&lt;->to` for both ways, or a key of topology.links.</summary>
    Link,

    /// <summary>`client#n`: a client's n-th connection.</summary>
    Connection,

    /// <summary>The id of a fault.</summary>
    Fault,

    /// <summary>A key of topology.bridges.</summary>
    Bridge,

    /// <summary>The client or broker in the path of a number of the world's state.</summary>
    State,

    /// <summary>The client whose session or connection an actor is.</summary>
    Actor,
}
