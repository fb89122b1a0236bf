using FsCheck;
using FsCheck.Fluent;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Topics;

public class TopicMatchingTests
{
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]    // MQTT 5 §4.7.1.2
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player2", false)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/#", "sports", false)]
    [InlineData("#", "a", true)]
    [InlineData("#", "/", true)]
    [InlineData("#", "a/b/c", true)]
    [InlineData("/#", "/", true)]
    [InlineData("/#", "a", false)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]            // §4.7.1.3
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("sport/+/#", "sport", false)]
    [InlineData("sport/+/#", "sport/a", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("+", "finance", true)]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/b/c", "a/b", false)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a/+/b", "a//b", true)]
    [InlineData("A/b", "a/b", false)]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.3-4")]
    [Trait("Statement", "v311:MQTT-4.7.3-4")]
    public void A_filter_matches_as_the_specification_says(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilter.Parse(filter).Matches(TopicName.Parse(topic)));

    [Theory]
    [InlineData("#", "$SYS/broker", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("+", "$SYS", false)]
    [InlineData("$SYS/#", "$SYS/monitor/Clients", true)]
    [InlineData("$SYS/#", "$SYS", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("$SYS", "$SYS", true)]
    [InlineData("+/#", "$SYS/a", false)]
    [InlineData("/#", "/$SYS", true)]
    [InlineData("a/+", "a/$SYS", true)]
    [Trait("Statement", "MQTT-4.7.2-1")]
    [Trait("Statement", "v311:MQTT-4.7.2-1")]
    public void A_leading_wildcard_does_not_match_a_leading_dollar(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilter.Parse(filter).Matches(TopicName.Parse(topic)));

    [Theory]
    [InlineData("$share/g/a/+", "a/b", true)]
    [InlineData("$share/g/a/+", "$share/g/a/b", false)]
    [InlineData("$share/g/#", "a", true)]
    [InlineData("$share/g/#", "$SYS/a", false)]
    [InlineData("$share/g/$SYS/#", "$SYS/a", true)]
    [InlineData("$share/g/a", "a", true)]
    [InlineData("$share/g/a", "b", false)]
    [Trait("Statement", "MQTT-4.8.2-1")]
    public void A_shared_filter_matches_by_what_follows_its_share_name(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilter.Parse(filter).Matches(TopicName.Parse(topic)));

    [Fact]
    public void The_matcher_agrees_with_a_naive_one()
    {
        // Few distinct levels, so that random filters and topics often meet.
        var topicLevel = Gen.Elements("", "a", "b", "ab", "$a");
        var filterLevel = Gen.Elements("", "a", "b", "ab", "$a", "+", "+");
        var topics = topicLevel.NonEmptyListOf().Where(levels => levels.Count <= 5 && string.Join('/', levels).Length > 0);
        var filters =
            from levels in filterLevel.ListOf()
            from open in Gen.Elements(true, false)
            let all = (open ? levels.Append("#") : levels).ToArray()
            where all.Length is > 0 and <= 5 && string.Join('/', all).Length > 0
            select all;
        var pairs = from topic in topics from filter in filters select (topic.ToArray(), filter);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5_000),
            Prop.ForAll(pairs.ToArbitrary(), pair =>
            {
                var (topic, filter) = pair;
                var matches = TopicFilter.Parse(string.Join('/', filter)).Matches(TopicName.Parse(string.Join('/', topic)));
                return matches == NaivelyMatches(filter, topic);
            }));
    }

    // The rules as prose has them: '#' is all that is left, even nothing; '+' is one level; '$' hides from wildcards.
    private static bool NaivelyMatches(string[] filter, string[] topic)
    {
        if (topic[0].StartsWith('$') && filter[0] is "+" or "#") return false;
        return Rest(filter, topic);

        static bool Rest(ReadOnlySpan<string> filter, ReadOnlySpan<string> topic)
        {
            if (filter.IsEmpty) return topic.IsEmpty;
            if (filter[0] == "#") return true;
            return !topic.IsEmpty && (filter[0] == "+" || filter[0] == topic[0]) && Rest(filter[1..], topic[1..]);
        }
    }
}
