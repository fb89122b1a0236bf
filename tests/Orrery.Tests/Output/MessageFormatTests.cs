using System.Buffers;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Output;

namespace Orrery.Tests.Output;

// The expected texts are what mosquitto_sub 2.0.11 printed for the same message, but where a comment says otherwise.
public class MessageFormatTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 0, 17, 51, TimeSpan.FromHours(1));
    private static readonly DateTimeOffset Precise = Time.AddTicks(7_856_551);

    private static readonly PublishPacket Full = new()
    {
        Message = new ApplicationMessage
        {
            Topic = TopicName.Parse("fmt/ret"),
            Payload = "Aé\"\\x"u8.ToArray(),
            Retain = true,
            Properties = new MessageProperties(true, 3600, "text/plain", "r/t", "abé"u8.ToArray(), [new("k1", "v1"), new("k 2", "v2")]),
        },
    };

    private static readonly PublishPacket Plain = new()
    {
        Message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = "x"u8.ToArray(), QoS = QoS.AtLeastOnce },
        PacketIdentifier = new(7),
        TopicAlias = 3,
        SubscriptionIdentifiers = [5, 6],
    };

    [Theory]
    [InlineData("%t", "fmt/ret")]
    [InlineData("%p", "Aé\"\\x")]
    [InlineData("%q", "0")]
    [InlineData("%r", "1")]
    [InlineData("%l", "6")]
    [InlineData("%m", "0")]
    [InlineData("%x", "41c3a9225c78")]
    [InlineData("%X", "41C3A9225C78")]
    [InlineData("%A", "")]
    [InlineData("%C", "text/plain")]
    [InlineData("%D", "abé")]
    [InlineData("%E", "3600")]
    [InlineData("%F", "1")]
    [InlineData("%P", "k1:v1 k 2:v2")]
    [InlineData("%R", "r/t")]
    [InlineData("%S", "")]
    [InlineData("%%", "%")]
    [InlineData("%5%", "%")]
    [InlineData("%q%q", "00")]
    [InlineData("@@", "@")]
    [InlineData(@"a\nb\tc\\d\0e\a\e\r\v", "a\nb\tc\\d\0e\a\e\r\v")]
    [InlineData("😀 %t", "😀 fmt/ret")]
    [InlineData("%10l|", "         6|")]
    [InlineData("%-10l|", "6         |")]
    [InlineData("%010l|", "0000000006|")]
    [InlineData("%-010l|", "6         |")]
    [InlineData("%10t|", "   fmt/ret|")]
    [InlineData("%-10t|", "fmt/ret   |")]
    [InlineData("%010t|", "   fmt/ret|")]
    [InlineData("%.2t|", "fm|")]
    [InlineData("%.0t|", "|")]
    [InlineData("%5.3t|", "  fmt|")]
    [InlineData("%-5.3t|", "fmt  |")]
    [InlineData("%.2p|", "Aé\"\\x|")]
    [InlineData("%8p|", "  Aé\"\\x|")]
    [InlineData("%4p|", "Aé\"|")]
    [InlineData("%5q|", "0|")]
    [InlineData("%5r|", "1|")]
    [InlineData("%03m|", "000|")]
    [InlineData("%-5m|", "0    |")]
    [InlineData("%12C|", "  text/plain|")]
    [InlineData("%-12C|", "text/plain  |")]
    [InlineData("%9S|", "         |")]
    [InlineData("%09A|", "000000000|")]
    [InlineData("%12D|", "abé|")]
    [InlineData("%08F|", "00000001|")]
    [InlineData("%4x|", "41c3|")]
    [InlineData("%14x|", "  41c3a9225c78|")]       // mosquitto 2.0.11 loses half of the payload here
    [InlineData("%014X|", "0041C3A9225C78|")]       // and here
    public void The_message_is_printed_as_by_mosquitto_sub(string format, string expected) => Assert.Equal(expected, Print(format, Full));

    [Theory]
    [InlineData("%A %S %m %q %r", "3 5 7 1 0")]
    [InlineData("[%C%D%E%F%P%R]", "[]")]
    [InlineData("%j", """{"tst":"2026-11-21T00:17:51.785655+0100","topic":"t","qos":1,"retain":0,"payloadlen":1,"mid":7,"properties":{"topic-alias":3,"subscription-identifier":5,"subscription-identifier":6},"payload":"x"}""")]
    public void What_is_not_there_is_left_out(string format, string expected) => Assert.Equal(expected, Print(format, Plain));

    [Theory]
    [InlineData("%I", "2026-11-21T00:17:51+0100")]
    [InlineData("%30I|", "      2026-11-21T00:17:51+0100|")]
    [InlineData("%.10I|", "2026-11-21|")]
    [InlineData("%U", "1795216671.785655100")]
    [InlineData("@a @A @b @B @h", "Sat Saturday Nov November Nov")]
    [InlineData("@c", "Sat Nov 21 00:17:51 2026")]
    [InlineData("@C @y @Y @g @G", "20 26 2026 26 2026")]
    [InlineData("@d @e @j @u @w @m", "21 21 325 6 6 11")]
    [InlineData("@U @V @W", "46 47 46")]
    [InlineData("@D @F @x", "11/21/26 2026-11-21 11/21/26")]
    [InlineData("@H @I @k @l @M @S @p @P", "00 12  0 12 17 51 AM am")]
    [InlineData("@r @R @T @X", "12:17:51 AM 00:17 00:17:51 00:17:51")]
    [InlineData("@s @N", "1795216671 785655100")]
    [InlineData("@z", "+0100")]
    [InlineData("@n@t", "\n\t")]
    [InlineData("@+@Q@E@O", "%+%Q%E%O")]
    public void The_time_is_printed_as_by_strftime(string format, string expected) => Assert.Equal(expected, Print(format, Plain));

    [Theory]
    [InlineData("2026-01-01", "4 4 00 01 00 2026 26")]
    [InlineData("2026-01-05", "1 1 01 02 01 2026 26")]
    [InlineData("2027-01-03", "7 0 01 53 00 2026 26")]
    [InlineData("2024-12-30", "1 1 52 01 53 2025 25")]
    public void Weeks_are_numbered_as_by_strftime(string date, string expected)
    {
        var time = DateTimeOffset.Parse(date, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(expected, Print("@u @w @U @V @W @G @g", Plain, time));
    }

    // In mosquitto 2.0.11 "tst" has a "Z" before the offset, against its own manual.
    [Fact]
    public void JSON_has_mosquittos_members() => Assert.Equal(
        """{"tst":"2026-11-21T00:17:51.785655+0100","topic":"fmt/ret","qos":0,"retain":1,"payloadlen":6,"properties":{"content-type":"text/plain","correlation-data":"abé","response-topic":"r/t","payload-format-indicator":1,"user-properties":{"k1":"v1","k 2":"v2"},"message-expiry-interval":3600},"payload":"Aé\"\\x"}""",
        Print("%j", Full));

    [Theory]
    [InlineData("tab\tnl\ncr\r/é\u001f", """
        "tab\tnl\ncr\r/é\u001f"
        """)]
    [InlineData("", "\"\"")]
    [InlineData("a\0b", "\"a\\u0000b\"")]                   // mosquitto ends it at the null character
    [InlineData("😀", "\"😀\"")]
    public void A_payload_is_escaped_as_JSON_wants(string payload, string expected) =>
        Assert.EndsWith($"\"payload\":{expected}}}", Print("%j", With(Encoding.UTF8.GetBytes(payload))), StringComparison.Ordinal);

    [Fact]
    public void A_payload_that_is_no_text_is_given_in_base64() =>
        Assert.EndsWith("\"payload_base64\":\"//4B\"}", Print("%j", With([0xff, 0xfe, 1])), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"a":1,"b":[1,2,{"c":null}],"e":"x/y","f":{},"g":[],"h":0.1,"t":true}""", """{"a":1,"b":[1,2,{"c":null}],"e":"x/y","f":{},"g":[],"h":0.1,"t":true}""")]
    [InlineData(" [1, 2] ", "[1,2]")]
    [InlineData("\"s\"", "\"s\"")]
    [InlineData("27.0", "27.0")]                            // mosquitto makes it 27, against its own manual
    [InlineData("12345678901234567890", "12345678901234567890")]
    public void A_payload_of_JSON_is_put_in_as_it_is(string payload, string expected) =>
        Assert.EndsWith($"\"payload\":{expected}}}", Print("%J", With(Encoding.UTF8.GetBytes(payload))), StringComparison.Ordinal);

    [Theory]
    [InlineData("x")]
    [InlineData("1 x")]
    [InlineData("")]
    [InlineData("\"\\ud800\"")]
    public void A_payload_that_is_not_JSON_prints_nothing_and_is_told(string payload)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.False(MessageFormat.Parse("[%J]", out _)!.Write(output, With(Encoding.UTF8.GetBytes(payload)), Precise, isPretty: false));

        Assert.Equal("[]", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Pretty_JSON_has_mosquittos_tabs() => Assert.Equal(
        """
        {
        >"tst":>"2026-11-21T00:17:51.785655+0100",
        >"topic":>"t",
        >"qos":>0,
        >"retain":>0,
        >"payloadlen":>45,
        >"payload":>{
        >>"a":>27,
        >>"b":>[1, 2, {
        >>>>"c":>null
        >>>}],
        >>"f":>{
        >>},
        >>"g":>[]
        >}
        }
        """.ReplaceLineEndings("\n").Replace('>', '\t'),
        Print("%J", With("""{"a":27,"b":[1, 2, {"c":null}],"f":{},"g":[]}"""u8.ToArray()), isPretty: true));

    [Theory]
    [InlineData("%", "Incomplete format specifier.")]
    [InlineData("@", "Incomplete format specifier.")]
    [InlineData("%10", "Incomplete format specifier.")]
    [InlineData("%-", "Incomplete format specifier.")]
    [InlineData("%5.", "Incomplete format specifier.")]
    [InlineData(@"x\", "Incomplete escape specifier.")]
    [InlineData("%z", "Invalid format specifier 'z'.")]
    [InlineData("%5z", "Invalid format specifier 'z'.")]
    [InlineData(@"\z", "Invalid escape specifier 'z'.")]
    public void A_format_that_makes_no_sense_is_refused_in_mosquittos_words(string format, string expected)
    {
        Assert.Null(MessageFormat.Parse(format, out var mistake));
        Assert.Equal(expected, mistake);
    }

    private static PublishPacket With(byte[] payload) =>
        new() { Message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = payload } };

    private static string Print(string format, PublishPacket packet, DateTimeOffset? time = null, bool isPretty = false)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(MessageFormat.Parse(format, out _)!.Write(output, packet, time ?? Precise, isPretty));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
