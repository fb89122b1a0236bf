using System.Text.RegularExpressions;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Texts with a form of their own.</summary>
internal enum TextKind
{
    /// <summary>The name of a scenario or variant.</summary>
    ScenarioName,

    /// <summary>The name of a broker, client or fault.</summary>
    Name,

    /// <summary>An MQTT topic name.</summary>
    TopicName,

    /// <summary>An MQTT topic filter.</summary>
    TopicFilter,

    /// <summary>The id of a statement of the specification.</summary>
    Statement,

    /// <summary>The id of an oracle.</summary>
    Oracle,

    /// <summary>Bytes as pairs of hexadecimal digits, with spaces where they help.</summary>
    Hex,

    /// <summary>The start of a SHA-256 in lower-case hexadecimal digits.</summary>
    TraceHash,

    /// <summary>The id of a fault of the fault model.</summary>
    FaultClass,

    /// <summary>The path of a number of the world's state.</summary>
    StatePath,

    /// <summary>Something that a broker decides.</summary>
    Event,

    /// <summary>Which actor of a broker.</summary>
    Actor,

    /// <summary>What a broker's store writes.</summary>
    StoreTag,
}

/// <summary>What each <see cref="TextKind"/> looks like.</summary>
internal static class TextKinds
{
    /// <summary>The regular expression of a kind, or null where only a parser can tell.</summary>
    public static string? PatternOf(TextKind kind) => kind switch
    {
        TextKind.ScenarioName => "^[a-z0-9][a-z0-9-]*$",
        TextKind.Name => "^[A-Za-z][A-Za-z0-9_-]*$",
        TextKind.Statement => @"^(v311:)?MQTT-\d+(\.\d+)+-\d+[a-z]?$",
        TextKind.Oracle => "^[A-Z]+[0-9]?-[0-9]+$",
        TextKind.Hex => "^([0-9a-fA-F]{2} *)+$",
        TextKind.TraceHash => "^[0-9a-f]{8,64}$",
        TextKind.StatePath => StatePath.Pattern,
        TextKind.Actor => ActorPattern.Pattern,
        TextKind.Event => $"^({string.Join('|', BrokerEvents.Names)})$",
        TextKind.StoreTag => $"^({string.Join('|', StoreTags.Names)})$",
        TextKind.FaultClass => "^(N([1-9]|10|11)|C[1-7]|B[1-6]|D[1-7]|T[1-4]|S[1-2])$",
        _ => null,
    };

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Problem(TextKind kind, string text)
    {
        if (kind == TextKind.StatePath) return StatePath.Parse(text, out var wrong) is null ? wrong : null;
        if (kind == TextKind.Actor) return ActorPattern.Parse(text, out var none) is null ? none : null;
        if (kind == TextKind.StoreTag) return StoreTags.Names.Contains(text) ? null : $"a store writes no '{text}'; {NearestName.Hint(text, StoreTags.Names)}";
        if (kind == TextKind.Event) return BrokerEvents.Names.Contains(text) ? null : $"'{text}' is no event of a broker; {NearestName.Hint(text, BrokerEvents.Names)}";
        if (PatternOf(kind) is { } pattern)
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant) ? null : $"'{text}' is no {Describe(kind)}";
        if (kind == TextKind.TopicName) return TopicName.TryParse(text, out _) ? null : $"'{text}' is no topic name";
        return TopicFilter.TryParse(text, out _, out var reason) ? null : $"'{text}' is no topic filter: {reason}";
    }

    private static string Describe(TextKind kind) => kind switch
    {
        TextKind.ScenarioName => "name of a scenario: lower-case letters, digits and '-'",
        TextKind.Name => "name: a letter, then letters, digits, '_' and '-'",
        TextKind.Statement => "statement id such as MQTT-3.1.2-22, or v311:MQTT-3.1.2-24",
        TextKind.Oracle => "oracle such as O-5",
        TextKind.Hex => "row of hexadecimal bytes such as '10 0c 00 04'",
        TextKind.TraceHash => "trace hash: 8 to 64 of 0-9a-f",
        _ => "fault of the fault model such as N6 or B1",
    };
}
