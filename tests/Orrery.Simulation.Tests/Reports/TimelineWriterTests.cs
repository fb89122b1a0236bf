using System.Buffers;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Reports;

public sealed class TimelineWriterTests
{
    [Fact]
    public void A_run_reads_like_the_approved_text()
    {
        var output = new ArrayBufferWriter<byte>();
        TimelineWriter.Write(SampleHistory.ExactlyOnce(), output);

        Assert.Equal(Approved.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void An_excerpt_has_the_events_of_a_finding_with_what_is_near_them_and_dots_between()
    {
        var result = SampleHistory.ExactlyOnce();

        var lines = TimelineWriter.Excerpt(result, result.Findings[0]);

        Assert.Equal("BROKEN Q2-1: pub sent PUBREL 1 twice.", lines[0]);
        Assert.Equal("  MQTT-4.3.3-8", lines[1]);
        Assert.Equal(2, lines.Count(line => line.StartsWith('!') && line.Contains("PUBREL id 1", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("--x b1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Trim() == "...");
        Assert.True(lines.Count < result.History.Events.Count / 2, $"{lines.Count} lines are no excerpt");
    }

    [Fact]
    public void An_excerpt_stays_short_however_many_events_show_a_finding()
    {
        var sample = new SampleHistory();
        for (var number = 0; number < 10_000; number++) sample.Step("script", "wait");
        var result = sample.Result(Verdict.Unknown, new Finding("expect", "", "too many", [.. Enumerable.Range(0, 10_000)], IsUnknown: true));

        var lines = TimelineWriter.Excerpt(result, result.Findings[0]);

        Assert.StartsWith("UNKNOWN expect: too many", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Count, 12, 30);
        Assert.Equal("  (10000 events show it; the first and the last 6 are here)", lines[^1]);
    }

    [Fact]
    public void A_finding_without_events_is_words_alone()
    {
        var result = new SampleHistory().Result(Verdict.Fail, new Finding("expect", "{ delivered: … }", "nothing was delivered", []));

        Assert.Equal(["BROKEN expect: nothing was delivered", "  { delivered: … }"], TimelineWriter.Excerpt(result, result.Findings[0]));
    }

    [Fact]
    public void Whatever_a_peer_writes_stays_on_its_line()
    {
        var sample = new SampleHistory();
        sample.Connect("c", "b1", 1);
        sample.Send("c#1", "c", "b1", new PublishPacket { Message = SampleHistory.Message("a\u0085b", "one\ntwo\u001b[2J", QoS.AtMostOnce) });
        sample.Send("c#1", "c", "b1", new PublishPacket { Message = SampleHistory.Message("t", "line\nline", QoS.AtMostOnce) });
        sample.Add(HistoryKind.Malformed, "b1", "c#1", "c", detail: "no packet:\r\n\u001b");

        var lines = TimelineWriter.Lines(sample.Result(Verdict.Pass)).ToArray();

        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
        Assert.Contains(lines, line => line.EndsWith("topic a\\u0085b, payload 0x6f6e650a74776f1b5b324a", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("payload \"line\\u000aline\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("68656c6c6f", "\"hello\"")]
    [InlineData("68656c6c6f20202020", "\"hello\" (9 bytes)")]       // a payload that is padded to a size
    [InlineData("ff00", "0xff00")]
    [InlineData("ff0102030405060708090a0b0c0d0e0f1011", "0xff0102030405060708090a0b0c0d0e0f.. (18 bytes)")]
    public void A_payload_is_a_text_or_bytes_and_tells_its_size_where_it_is_cut(string hex, string expected) =>
        Assert.Equal(expected, PacketText.OfPayload(Convert.FromHexString(hex)));

    [Fact]
    public void A_long_text_is_cut_between_characters()
    {
        var text = new string('x', 47) + "😀 and more";

        Assert.Equal($"\"{new string('x', 47)}..\" (60 bytes)", PacketText.OfPayload(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Packets_of_all_kinds_are_told_by_name_and_fields()
    {
        var one = new PacketIdentifier(1);
        var will = new Will(SampleHistory.Message("w", "dead", QoS.AtLeastOnce) with { Retain = true }, 20);
        Assert.Equal(
            "CONNECT protocol 3.1.1, client id c, keep alive 10 s, will topic w, will payload \"dead\", will qos 1, will retain, will delay 20 s, user name u, has password",
            PacketText.Of(new ConnectPacket { Version = MqttVersion.V311, ClientId = "c", KeepAliveSeconds = 10, Will = will, UserName = "u", Password = "secret"u8.ToArray() }));
        Assert.Equal("CONNACK reason NotAuthorized 0x87, reason string no", PacketText.Of(new ConnAckPacket { ReasonCode = ReasonCode.NotAuthorized, ReasonString = "no" }));
        Assert.Equal(
            "PUBLISH id 1, QoS 1, DUP, RETAIN, topic t, topic alias 3, payload \"x\", subscription identifiers [5, 6], message expiry 60 s, response topic r, user properties [k=v]",
            PacketText.Of(new PublishPacket
            {
                PacketIdentifier = one,
                Duplicate = true,
                TopicAlias = 3,
                SubscriptionIdentifiers = [5, 6],
                Message = SampleHistory.Message("t", "x", QoS.AtLeastOnce) with
                {
                    Retain = true,
                    Properties = new MessageProperties(messageExpiryIntervalSeconds: 60, responseTopic: "r", userProperties: [new UserProperty("k", "v")]),
                },
            }));
        Assert.Equal(
            "SUBSCRIBE id 1, filters [a/# QoS 2 no-local retain-as-published no-retained, b QoS 0]",
            PacketText.Of(new SubscribePacket
            {
                PacketIdentifier = one,
                Subscriptions = [new(TopicFilter.Parse("a/#"), QoS.ExactlyOnce, true, true, RetainHandling.DoNotSend), new(TopicFilter.Parse("b"), QoS.AtMostOnce)],
            }));
        Assert.Equal("SUBACK id 1, reasons [QoS 2, NotAuthorized 0x87]", PacketText.Of(new SubAckPacket { PacketIdentifier = one, ReasonCodes = [ReasonCode.GrantedQoS2, ReasonCode.NotAuthorized] }));
        Assert.Equal("UNSUBSCRIBE id 1, filters [a/#]", PacketText.Of(new UnsubscribePacket { PacketIdentifier = one, Filters = [TopicFilter.Parse("a/#")] }));
        Assert.Equal("UNSUBACK id 1, reasons [Success 0x00]", PacketText.Of(new UnsubAckPacket { PacketIdentifier = one, ReasonCodes = [ReasonCode.Success] }));
        Assert.Equal("PUBACK id 1, reason NoMatchingSubscribers 0x10", PacketText.Of(new PubAckPacket { PacketIdentifier = one, ReasonCode = ReasonCode.NoMatchingSubscribers }));
        Assert.Equal("PINGREQ", PacketText.Of(PingReqPacket.Instance));
        Assert.Equal("DISCONNECT reason SessionTakenOver 0x8e", PacketText.Of(new DisconnectPacket { ReasonCode = ReasonCode.SessionTakenOver }));
        Assert.Equal("AUTH reason ReAuthenticate 0x19, authentication method m", PacketText.Of(new AuthPacket { ReasonCode = ReasonCode.ReAuthenticate, AuthenticationMethod = "m" }));
    }

    private const string Approved = """
        run       sample/one[x=1]
        seed      7
        verdict   fail
        trace     0123456789abcdef

          0.000000 s   #0  pub      step       connect
          0.000000 s   #1  pub#1    opening    to b1
          0.005000 s   #2  b1       accepted   pub#1
          0.010000 s   #3  pub#1    open       to b1
          0.010000 s   #4  pub#1    --> b1     CONNECT protocol 5.0, client id pub, clean start, keep alive 60 s
          0.015000 s   #5  b1       <-- pub#1  CONNECT protocol 5.0, client id pub, clean start, keep alive 60 s
          0.015000 s   #6  b1       --> pub#1  CONNACK reason Success 0x00
          0.020000 s   #7  pub#1    <-- b1     CONNACK reason Success 0x00
          0.020000 s   #8  pub      step       publish
          0.020000 s   #9  pub#1    --> b1     PUBLISH id 1, QoS 2, topic a/b, payload "pub/1" [1 of 4]
          0.025000 s  #10  b1       <-- pub#1  PUBLISH id 1, QoS 2, topic a/b, payload "pub/1" [1 of 4]
          0.025000 s  #11  b1       log        pub#1: MessageStored - the message waits for PUBREL
          0.025000 s  #12  b1       --> pub#1  PUBREC id 1 [2 of 4 for a/b]
          0.030000 s  #13  pub#1    <-- b1     PUBREC id 1 [2 of 4 for a/b]
          1.000000 s  #14  pub->b1  FAULT      reset - for 1 s
        ! 1.000000 s  #15  pub#1    --x b1     PUBREL id 1 [3 of 4 for a/b]
          1.000000 s  #16  b1       CLOSED     pub#1: reset
          1.000000 s  #17  pub#1    CLOSED     b1: reset
          2.000000 s  #18  pub#2    opening    to b1
          2.005000 s  #19  b1       accepted   pub#2
          2.010000 s  #20  pub#2    open       to b1
          2.010000 s  #21  pub#2    --> b1     CONNECT protocol 5.0, client id pub, keep alive 60 s
          2.015000 s  #22  b1       <-- pub#2  CONNECT protocol 5.0, client id pub, keep alive 60 s
          2.015000 s  #23  b1       --> pub#2  CONNACK reason Success 0x00, session present
          2.020000 s  #24  pub#2    <-- b1     CONNACK reason Success 0x00, session present
          2.020000 s  #25  pub#2    --> b1     PUBREL id 1 [3 of 4 for a/b]
        ! 2.025000 s  #26  b1       <-- pub#2  PUBREL id 1 [3 of 4 for a/b]
          2.025000 s  #27  b1       --> pub#2  PUBCOMP id 1 [4 of 4 for a/b]
          2.030000 s  #28  pub#2    <-- b1     PUBCOMP id 1 [4 of 4 for a/b]
          2.030000 s  #29  pub#2    --> b1     DISCONNECT
          2.035000 s  #30  b1       <-- pub#2  DISCONNECT
          2.035000 s  #31  pub#2    CLOSED     b1: closed here
          2.035000 s  #32  b1       CLOSED     pub#2: closed by the other end

        2.035 s of virtual time, 33 events shown, 1234 in all

        BROKEN Q2-1: pub sent PUBREL 1 twice.
          MQTT-4.3.3-8
          shown by #15, #26

        """;
}
