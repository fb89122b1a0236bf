using Orrery.Mqtt.Text;

namespace Orrery.Mqtt.Tests.Text;

public class MqttUtf8Tests
{
    [Theory]
    [InlineData("", "the empty string")]
    [InlineData("7F", "the last of one byte")]
    [InlineData("01", "a control character, which MQTT lets through")]
    [InlineData("C280", "the first of two bytes")]
    [InlineData("DFBF", "the last of two bytes")]
    [InlineData("E0A080", "the first of three bytes")]
    [InlineData("ED9FBF", "the last before the surrogates")]
    [InlineData("EE8080", "the first after the surrogates")]
    [InlineData("EFBFBF", "U+FFFF, a non-character, which MQTT lets through")]
    [InlineData("F0908080", "the first of four bytes")]
    [InlineData("F48FBFBF", "U+10FFFF, the last of all")]
    [InlineData("41F0AA9B9441", "MQTT 5 figure 1-1: U+2A6D4 between two letters")]
    [Trait("Statement", "MQTT-1.5.4-1")]
    public void Well_formed_bytes_are_valid(string hex, string why) =>
        Assert.True(MqttUtf8.IsValid(Convert.FromHexString(hex)), why);

    [Theory]
    [InlineData("80", "a continuation without a start")]
    [InlineData("C080", "overlong U+0000")]
    [InlineData("C1BF", "overlong U+007F")]
    [InlineData("E09FBF", "overlong U+07FF")]
    [InlineData("F08FBFBF", "overlong U+FFFF")]
    [InlineData("EDA080", "U+D800, the first surrogate")]
    [InlineData("EDBFBF", "U+DFFF, the last surrogate")]
    [InlineData("EDA0BDEDB880", "a pair of surrogates, as CESU-8 writes it")]
    [InlineData("F4908080", "U+110000, above the last plane")]
    [InlineData("F8888080 80", "a form of five bytes")]
    [InlineData("FE", "a byte that UTF-8 never has")]
    [InlineData("FF", "a byte that UTF-8 never has")]
    [InlineData("C2", "two bytes, cut")]
    [InlineData("E282", "three bytes, cut")]
    [InlineData("F09F98", "four bytes, cut")]
    [InlineData("E28241", "three bytes, interrupted by a letter")]
    [InlineData("41C2", "cut after a letter")]
    [Trait("Statement", "MQTT-1.5.4-1")]
    public void Ill_formed_bytes_are_not_valid(string hex, string why) =>
        Assert.False(MqttUtf8.IsValid(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))), why);

    [Theory]
    [InlineData("00")]
    [InlineData("4100")]
    [InlineData("0041")]
    [InlineData("414141414141414141414141414141414141414141414141414141414141414141410041")]
    [Trait("Statement", "MQTT-1.5.4-2")]
    public void The_null_character_is_not_valid(string hex) => Assert.False(MqttUtf8.IsValid(Convert.FromHexString(hex)));

    [Fact]
    [Trait("Statement", "MQTT-1.5.4-3")]
    public void A_byte_order_mark_stays_in_the_text()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, 0x41];

        Assert.True(MqttUtf8.IsValid(bytes));
        Assert.Equal("\uFEFFA", MqttUtf8.GetString(bytes));
        Assert.True(MqttUtf8.TryGetBytes("\uFEFFA", out var again));
        Assert.Equal(bytes, again);
    }

    [Fact]
    [Trait("Statement", "MQTT-1.5.4-1")]
    [Trait("Statement", "MQTT-1.5.4-2")]
    public void Text_that_no_packet_can_hold_is_refused()
    {
        // Not a theory: an attribute's text is stored as UTF-8, where a lone surrogate turns into U+FFFD.
        foreach (var text in new[] { "\uD800", "a\uDFFFb", "\uDE00\uD83D", "a\0b" })
        {
            Assert.False(MqttUtf8.TryGetBytes(text, out _));
        }
    }

    [Fact]
    public void Text_is_measured_in_bytes()
    {
        Assert.True(MqttUtf8.TryGetBytes(new string('a', 65_535), out var most));
        Assert.Equal(65_535, most.Length);

        Assert.False(MqttUtf8.TryGetBytes(new string('a', 65_536), out _));
        Assert.False(MqttUtf8.TryGetBytes(new string('\u00E4', 32_768), out _));
    }

    [Fact]
    public void Every_code_point_goes_there_and_back()
    {
        for (var code = 1; code <= 0x10FFFF; code++)
        {
            if (code is >= 0xD800 and <= 0xDFFF) continue;
            var text = char.ConvertFromUtf32(code);
            Assert.True(MqttUtf8.TryGetBytes(text, out var bytes) && MqttUtf8.IsValid(bytes));
            Assert.Equal(text, MqttUtf8.GetString(bytes));
        }
    }
}
