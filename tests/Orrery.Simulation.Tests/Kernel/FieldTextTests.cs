using System.Globalization;
using System.Text;
using Orrery.Actors;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

public sealed class FieldTextTests
{
    [Fact]
    public void Every_field_of_a_record_and_of_what_is_in_it_is_written_down() => Assert.Equal(
        [
            ("Id", "7"), ("Inner.Name", "\"a\\u0022b\""), ("Inner.Level", "ExactlyOnce"), ("Numbers.Count", "2"), ("Numbers[0]", "1"), ("Numbers[1]", "2"),
            ("Nothing", "null"), ("Later", "delegate"), ("Pair.Item1", "true"), ("Pair.Item2", "00:00:01"), ("World", "StringBuilder"), ("Payload", "0x00FF"),
        ],
        FieldText.Of(new Message(7, new Part("a\"b", QoS.ExactlyOnce), [1, 2], null, () => { }, (true, TimeSpan.FromSeconds(1)), new StringBuilder(), new byte[] { 0, 255 })));

    [Fact]
    public void An_application_message_is_written_down_whole()
    {
        Assert.True(TopicName.TryParse("a/b", out var topic));

        var fields = FieldText.Of(new ApplicationMessage { Topic = topic!, Payload = "x"u8.ToArray(), QoS = QoS.AtLeastOnce });

        Assert.Contains(("QoS", "AtLeastOnce"), fields);
        Assert.Contains(("Payload", "0x78"), fields);
        Assert.Contains(fields, field => field.Field.StartsWith("Topic.", StringComparison.Ordinal) && field.Text.Contains("a/b", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plain_value_is_its_own_field() => Assert.Equal([("value", "\"hello\"")], FieldText.Of("hello"));

    [Fact]
    public void An_actor_is_its_path() => Assert.Equal([("Who", "actors://system/deadLetters")], Fields(system => FieldText.Of(new Held(system.DeadLetters))));

    [Fact]
    public void However_large_a_message_is_its_text_is_small()
    {
        object message = new Nested(null, [.. Enumerable.Range(0, 100_000)], new byte[100_000], new string('x', 100_000));
        for (var i = 0; i < 1_000; i++) message = new Nested(message, [], [], "");

        var fields = FieldText.Of(message);
        fields.AddRange(FieldText.Of(new Nested(null, [.. Enumerable.Range(0, 100_000)], new byte[100_000], new string('x', 100_000))));

        Assert.InRange(fields.Count, 1, 128);
        Assert.All(fields, field => Assert.InRange(field.Text.Length, 1, 200));
        Assert.Contains(("Bytes", $"0x{new string('0', 128)}... of 100000 bytes"), fields);
    }

    [Fact]
    public void No_culture_changes_the_text()
    {
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (strange.NumberFormat.NegativeSign, strange.NumberFormat.NumberDecimalSeparator) = ("minus", ",");
        (strange.DateTimeFormat.DateSeparator, strange.DateTimeFormat.TimeSeparator) = ("#", "#");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            var invariant = Text();
            CultureInfo.CurrentCulture = strange;
            Assert.Equal(invariant, Text());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static List<(string, string)> Text() =>
            FieldText.Of(new Numbers(-1_234_567, 1.5, 2.25m, new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero), TimeSpan.FromDays(-1.5), (-5, 'i')));
    }

    private static List<(string, string)> Fields(Func<ActorSystem, List<(string, string)>> of)
    {
        using var system = ActorSystem.Create("system");
        return of(system);
    }

    private sealed record Message(
        int Id, Part Inner, int[] Numbers, object? Nothing, Action Later, (bool, TimeSpan) Pair, StringBuilder World, ReadOnlyMemory<byte> Payload);

    private sealed record Part(string Name, QoS Level);

    private sealed record Held(IActorRef Who);

    private sealed record Nested(object? Inner, int[] Items, byte[] Bytes, string Text);

    private sealed record Numbers(int Whole, double Broken, decimal Exact, DateTimeOffset When, TimeSpan Length, (int, char) Pair);
}
