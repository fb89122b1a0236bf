using System.Text;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Topics;

public class TopicNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/finance")]
    [InlineData("sport/tennis/player1")]
    [InlineData("Accounts payable")]
    [InlineData("$SYS/broker/uptime")]
    [InlineData("Straße/Ω/😀")]
    [Trait("Statement", "MQTT-4.7.3-1")]
    public void A_name_keeps_its_text_and_bytes(string text)
    {
        Assert.True(TopicName.TryParse(Encoding.UTF8.GetBytes(text), out var fromBytes));
        Assert.True(TopicName.TryParse(text, out var fromText));

        Assert.Equal(text, fromBytes.ToString());
        Assert.Equal(Encoding.UTF8.GetBytes(text), fromText.Utf8.ToArray());
        Assert.Equal(fromBytes, fromText);
        Assert.Equal(Hashing.Hash(fromBytes.Utf8), fromText.Hash);
        Assert.Equal(fromBytes.GetHashCode(), fromText.GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [Trait("Statement", "MQTT-4.7.3-1")]
    [Trait("Statement", "v311:MQTT-4.7.3-1")]
    public void A_name_has_a_character(string text) => Assert.False(TopicName.TryParse(text, out _));

    [Theory]
    [InlineData("#")]
    [InlineData("+")]
    [InlineData("sport/#")]
    [InlineData("sport/+/player1")]
    [InlineData("sport+")]
    [InlineData("a#b")]
    [Trait("Statement", "MQTT-3.3.2-2")]
    [Trait("Statement", "MQTT-4.7.0-1")]
    [Trait("Statement", "v311:MQTT-4.7.1-1")]
    [Trait("Statement", "v311:MQTT-3.3.2-2")]
    public void A_name_has_no_wildcard(string text) => Assert.False(TopicName.TryParse(text, out _));

    [Theory]
    [InlineData("6100")]
    [InlineData("00")]
    [Trait("Statement", "MQTT-4.7.3-2")]
    [Trait("Statement", "v311:MQTT-4.7.3-2")]
    public void A_name_has_no_null_character(string hex) =>
        Assert.False(TopicName.TryParse(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("61EDA080")]
    [InlineData("C080")]
    [InlineData("FF")]
    [Trait("Statement", "MQTT-3.3.2-1")]
    [Trait("Statement", "v311:MQTT-3.3.2-1")]
    public void A_name_is_valid_utf_8(string hex) => Assert.False(TopicName.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    [Trait("Statement", "MQTT-4.7.3-3")]
    [Trait("Statement", "v311:MQTT-4.7.3-3")]
    public void A_name_has_at_most_65535_bytes()
    {
        Assert.True(TopicName.TryParse(new string('a', 65_535), out _));
        Assert.True(TopicName.TryParse(Enumerable.Repeat((byte)'a', 65_535).ToArray(), out _));
        Assert.False(TopicName.TryParse(new string('a', 65_536), out _));
        Assert.False(TopicName.TryParse(Enumerable.Repeat((byte)'a', 65_536).ToArray(), out _));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a/b", "a|b")]
    [InlineData("/a", "|a")]
    [InlineData("a/", "a|")]
    [InlineData("/", "|")]
    [InlineData("a//b", "a||b")]
    [Trait("Statement", "MQTT-4.7.3-4")]
    public void Levels_may_be_empty(string text, string levels)
    {
        var topic = TopicName.Parse(text);
        var seen = new List<string>();
        foreach (var level in topic.Levels) seen.Add(Encoding.UTF8.GetString(level));

        Assert.Equal(levels.Split('|'), seen);
        Assert.Equal(seen.Count, topic.LevelCount);
    }

    [Theory]
    [InlineData("ACCOUNTS", "Accounts")]
    [InlineData("/a", "a")]
    [InlineData("a/", "a")]
    [InlineData("\u00E4", "a\u0308")]
    [Trait("Statement", "MQTT-4.7.3-4")]
    [Trait("Statement", "v311:MQTT-4.7.3-4")]
    public void Nothing_is_normalised(string one, string other) =>
        Assert.NotEqual(TopicName.Parse(one), TopicName.Parse(other));

    [Theory]
    [InlineData("$SYS", true)]
    [InlineData("$", true)]
    [InlineData("a/$SYS", false)]
    [InlineData("/$SYS", false)]
    [Trait("Statement", "MQTT-4.7.2-1")]
    public void A_name_that_starts_with_a_dollar_is_the_systems(string text, bool isSystem) =>
        Assert.Equal(isSystem, TopicName.Parse(text).IsSystem);

    [Fact]
    public void The_bytes_are_copied()
    {
        var bytes = "a/b"u8.ToArray();
        Assert.True(TopicName.TryParse(bytes, out var topic));

        bytes[0] = (byte)'x';

        Assert.Equal("a/b", topic.ToString());
    }

    [Fact]
    public void A_literal_that_is_no_name_is_a_bug() => Assert.Throws<ArgumentException>(() => TopicName.Parse("a/#"));
}
