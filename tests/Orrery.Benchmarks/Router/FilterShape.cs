using System.Globalization;
using Orrery.Mqtt.Topics;

namespace Orrery.Benchmarks.Router;

/// <summary>A kind of filters, and for each filter a topic that it alone matches.</summary>
internal sealed record FilterShape(string Name, Func<int, string> FilterText, Func<int, string> TopicText)
{
    private const int Width = 1_000;                        // children of one node

    public static IReadOnlyList<FilterShape> All { get; } =
    [
        new("exact", index => $"plant/{Group(index)}/{Member(index)}/state", index => $"plant/{Group(index)}/{Member(index)}/state"),

        // Both branches are there at each of the first three levels, so a look-up explores up to eight ways.
        new("plus", index => (index % 3) switch
            {
                0 => $"+/{Group(index)}/{Member(index)}/state",
                1 => $"plant/+/{Number(index)}/state",
                _ => $"plant/{Group(index)}/{Member(index)}/+",
            },
            index => (index % 3) switch
            {
                0 => $"works/{Group(index)}/{Member(index)}/state",
                1 => $"plant/none/{Number(index)}/state",
                _ => $"plant/{Group(index)}/{Member(index)}/other",
            }),
        new("hash", index => $"plant/{Group(index)}/{Member(index)}/#", index => $"plant/{Group(index)}/{Member(index)}/state/now"),
    ];

    public TopicFilter Filter(int index) => TopicFilter.Parse(FilterText(index));

    public TopicName Topic(int index) => TopicName.Parse(TopicText(index));

    private static string Group(int index) => Number(index / Width);

    private static string Member(int index) => $"device{Number(index % Width)}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
