using System.Text;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Topics;

public class TopicFilterTests
{
    [Theory]
    [InlineData("#", true)]
    [InlineData("+", true)]
    [InlineData("/", false)]
    [InlineData("/+", true)]
    [InlineData("+/+", true)]
    [InlineData("+/tennis/#", true)]
    [InlineData("sport/+/player1", true)]
    [InlineData("sport/tennis/player1/#", true)]
    [InlineData("sport/tennis", false)]
    [InlineData("$SYS/#", true)]
    [InlineData("$share", false)]
    [InlineData("Straße/Ω/😀/+", true)]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    public void A_valid_filter_keeps_its_text(string text, bool hasWildcards)
    {
        Assert.True(TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var filter, out var reason), reason);
        Assert.True(TopicFilter.TryParse(text, out var fromText, out _));

        Assert.Equal(text, filter.ToString());
        Assert.Equal(filter, fromText);
        Assert.Equal(filter.GetHashCode(), fromText.GetHashCode());
        Assert.Equal(hasWildcards, filter.HasWildcards);
        Assert.False(filter.IsShared);
        Assert.Null(filter.ShareName);
        Assert.Equal(text.Split('/'), filter.Levels.Select(level => Encoding.UTF8.GetString(level.Span)));
    }

    [Theory]
    [InlineData("sport/tennis#", "MQTT-4.7.1-1")]
    [InlineData("sport/tennis/#/ranking", "MQTT-4.7.1-1")]
    [InlineData("#/", "MQTT-4.7.1-1")]
    [InlineData("##", "MQTT-4.7.1-1")]
    [InlineData("#+", "MQTT-4.7.1-1")]
    [InlineData("sport+", "MQTT-4.7.1-2")]
    [InlineData("+sport/a", "MQTT-4.7.1-2")]
    [InlineData("a/++/b", "MQTT-4.7.1-2")]
    [InlineData("", "MQTT-4.7.3-1")]
    [InlineData("$share/", "MQTT-4.8.2-1")]
    [InlineData("$share//a", "MQTT-4.8.2-1")]
    [InlineData("$share/group", "MQTT-4.8.2-2")]
    [InlineData("$share/group/", "MQTT-4.8.2-2")]
    [InlineData("$share/gr+up/a", "MQTT-4.8.2-2")]
    [InlineData("$share/#/a", "MQTT-4.8.2-2")]
    [InlineData("$share/group/a#", "MQTT-4.7.1-1")]
    [InlineData("$share/group/#/a", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-1")]
    [Trait("Statement", "MQTT-4.7.1-2")]
    [Trait("Statement", "MQTT-4.7.3-1")]
    [Trait("Statement", "MQTT-4.8.2-1")]
    [Trait("Statement", "MQTT-4.8.2-2")]
    public void An_invalid_filter_is_refused_with_the_statement_it_breaks(string text, string statement)
    {
        Assert.False(TopicFilter.TryParse(text, out var filter, out var reason));

        Assert.Null(filter);
        Assert.StartsWith(statement, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6100", "MQTT-4.7.3-2")]
    [InlineData("61EDA080", "MQTT-1.5.4-1")]
    [InlineData("C080", "MQTT-1.5.4-1")]
    [InlineData("61E282", "MQTT-1.5.4-1")]
    [Trait("Statement", "MQTT-4.7.3-2")]
    [Trait("Statement", "MQTT-1.5.4-1")]
    public void Bytes_that_no_string_may_have_are_refused(string hex, string statement)
    {
        Assert.False(TopicFilter.TryParse(Convert.FromHexString(hex), out _, out var reason));
        Assert.StartsWith(statement, reason, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.7.3-3")]
    [Trait("Statement", "v311:MQTT-4.7.3-3")]
    public void A_filter_has_at_most_65535_bytes()
    {
        Assert.True(TopicFilter.TryParse(new string('a', 65_535), out _, out _));
        Assert.False(TopicFilter.TryParse(new string('a', 65_536), out _, out _));
        Assert.False(TopicFilter.TryParse(Enumerable.Repeat((byte)'a', 65_536).ToArray(), out _, out _));
    }

    [Theory]
    [InlineData("$share/consumer1/sport/tennis/+", "consumer1", "sport/tennis/+")]
    [InlineData("$share/g/#", "g", "#")]
    [InlineData("$share/g//a", "g", "/a")]
    [InlineData("$share/g//", "g", "/")]
    [InlineData("$share/$share/$share/a/b", "$share", "$share/a/b")]
    [Trait("Statement", "MQTT-4.8.2-1")]
    [Trait("Statement", "MQTT-4.8.2-2")]
    public void A_shared_filter_has_a_share_name_and_the_levels_after_it(string text, string shareName, string matched)
    {
        var filter = TopicFilter.Parse(text);

        Assert.True(filter.IsShared);
        Assert.Equal(shareName, filter.ShareName);
        Assert.Equal(matched.Split('/'), filter.Levels.Select(level => Encoding.UTF8.GetString(level.Span)));
        Assert.Equal(text, filter.ToString());
        Assert.NotEqual(TopicFilter.Parse(matched), filter);
    }

    [Theory]
    [InlineData("$SHARE/g/a")]
    [InlineData("a/$share/g/a")]
    [InlineData("$shared/g/a")]
    public void Only_the_exact_first_level_makes_a_filter_shared(string text) => Assert.False(TopicFilter.Parse(text).IsShared);
}
