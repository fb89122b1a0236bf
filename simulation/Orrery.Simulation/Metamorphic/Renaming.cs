using System.Reflection;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Metamorphic;

/// <summary>MM-2: other client identifiers and topics of the same length. A history that differs depends on what they are.</summary>
internal static class Renaming
{
    // Each letter stands for another one, and none for two.
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string Others = "qjxzkvbwfmgpyhucldrtnoesia";

    /// <summary>A text that is filled in at run time can't be renamed before.</summary>
    public static string? WhyNot(Scenario scenario)
    {
        var texts = new List<string>();
        Rewrite(scenario, text =>
        {
            texts.Add(text);
            return text;
        });
        if (texts.Exists(text => text.Contains("$client", StringComparison.Ordinal) || text.Contains("$broker", StringComparison.Ordinal) || text.Contains("$index", StringComparison.Ordinal))) return "its topics are made of names at run time";
        return scenario.Happens().Any(step => step is SendRawStep) ? "it sends bytes that have names in them" : null;
    }

    /// <summary>The same with other names.</summary>
    public static Scenario Change(Scenario scenario) =>
        Rewrite(scenario, Topic).WithClients((name, node) => node.ClientId is { Length: 0 } ? node : node with { ClientId = There(node.ClientId ?? name) });

    /// <summary>All must be the same, and at the same time, once the names are as before.</summary>
    public static IEnumerable<string> Compare(RunResult before, RunResult after) => ClientStories.Differences(
        ClientStories.Lines(ClientStories.Of(before), seen => seen.Client, ClientStories.Timed),
        ClientStories.Lines(ClientStories.Of(after), seen => seen.Client, seen => $"{seen.Nanoseconds} {ClientStories.Plain(seen, Back)}"));

    private static string There(string text) => Map(text, Letters, Others);

    private static string Topic(string text)
    {
        if (text.StartsWith("$SYS", StringComparison.Ordinal)) return text;
        if (!text.StartsWith('$') || text.IndexOf('/', StringComparison.Ordinal) is not (>= 0 and var slash)) return There(text);
        return text[..slash] + There(text[slash..]);
    }

    private static string Back(string field, string value) => field switch
    {
        "topic" or "will_topic" or "response_topic" => TopicBack(value),
        "client_id" when value != "(none)" => Map(value, Others, Letters),
        "filters" when value.IndexOf(" QoS ", StringComparison.Ordinal) is >= 0 and var end => TopicBack(value[..end]) + value[end..],
        "filters" => TopicBack(value),
        _ => value,
    };

    private static string TopicBack(string text)
    {
        if (text.StartsWith("$SYS", StringComparison.Ordinal)) return text;
        if (!text.StartsWith('$') || text.IndexOf('/', StringComparison.Ordinal) is not (>= 0 and var slash)) return Map(text, Others, Letters);
        return text[..slash] + Map(text[slash..], Others, Letters);
    }

    private static string Map(string text, string from, string to) => string.Concat(text.Select(letter => Map(letter, from, to)));

    private static char Map(char letter, string from, string to)
    {
        var at = from.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
        return at < 0 ? letter : char.IsAsciiLetterUpper(letter) ? char.ToUpperInvariant(to[at]) : to[at];
    }

    /// <summary>Rewrites every topic and filter of what happens, and of the clients; claims stay as they are.</summary>
    private static Scenario Rewrite(Scenario scenario, Func<string, string> topic) => (scenario with
    {
        Steps = [.. scenario.Steps.Select(step => (Step)Walk(step, topic))],
        Faults = [.. scenario.Faults.Select(step => (Step)Walk(step, topic))],
        Workload = new NameDictionary<Workload>(scenario.Workload.Select(entry => KeyValuePair.Create(entry.Key, (Workload)Walk(entry.Value, topic)))),
    }).WithClients((_, node) => (ClientNode)Walk(node, topic));

    private static object Walk(object record, Func<string, string> topic)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        foreach (var property in record.GetType().GetProperties().Where(property => property.CanWrite && property.Name != nameof(Step.Expect)))
        {
            if (property.GetValue(record) is not { } value) continue;
            var isTopic = property.GetCustomAttribute<TextAttribute>() is { Kind: TextKind.TopicName or TextKind.TopicFilter };
            property.SetValue(copy, value switch
            {
                string text => isTopic ? topic(text) : text,
                IReadOnlyList<string> texts => isTopic ? texts.Select(topic).ToArray() : texts,
                IReadOnlyList<SubscriptionRequest> requests => requests.Select(request => (SubscriptionRequest)Walk(request, topic)).ToArray(),
                WillMessage or WorkloadPublish or Trigger or DeliveredCount => Walk(value, topic),
                _ => value,
            });
        }

        return copy;
    }
}
