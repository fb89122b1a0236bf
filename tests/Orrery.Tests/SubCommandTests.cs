using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Tests;

public class SubCommandTests
{
    [Fact]
    public async Task The_default_output_is_the_payload_and_a_newline()
    {
        using var server = Sending(Message("a", "one"), Message("b", "two"));

        Assert.Equal(new CommandRun(0, "one\ntwo\n", ""), await RunAsync(server, "-t", "#", "-C", "2"));
    }

    [Theory]
    [InlineData("-v", "a one\nb two\n")]
    [InlineData("-N", "onetwo")]
    [InlineData("-v -N", "a oneb two")]
    public async Task The_output_is_as_the_flags_say(string flags, string output)
    {
        using var server = Sending(Message("a", "one"), Message("b", "two"));

        Assert.Equal(output, (await RunAsync(server, ["-t", "#", "-C", "2", .. flags.Split(' ')])).Output);
    }

    [Fact]
    public async Task Filtered_and_retained_messages_are_neither_printed_nor_counted()
    {
        using var server = Sending(Message("old", "1") with { Retain = true }, Message("noise/x", "2"), Message("a", "3"), Message("b", "4"));

        Assert.Equal("3\n4\n", (await RunAsync(server, "-t", "#", "-T", "noise/#", "-R", "-C", "2")).Output);
    }

    [Fact]
    public async Task Every_filter_is_in_one_SUBSCRIBE_after_UNSUBSCRIBE()
    {
        using var server = Sending(Message("a", "x"));

        await RunAsync(server, "-t", "a/#", "-t", "$share/g/b", "-U", "old/+", "-q", "2", "-C", "1");

        Assert.Equal([TopicFilter.Parse("old/+")], server.Single<UnsubscribePacket>().Filters);
        Assert.Equal(
            [new(TopicFilter.Parse("a/#"), QoS.ExactlyOnce), new Subscription(TopicFilter.Parse("$share/g/b"), QoS.ExactlyOnce)],
            server.Single<SubscribePacket>().Subscriptions);
        Assert.IsType<DisconnectPacket>(server.Received[^1]);
    }

    [Fact]
    public async Task The_time_of_W_ends_it_with_exit_code_27()
    {
        using var server = new ScriptedServer();

        Assert.Equal(new CommandRun(27, "", $"orrery sub: timed out{Environment.NewLine}"), await RunAsync(server, "-t", "a", "-W", "1"));

        Assert.IsType<DisconnectPacket>(server.Received[^1]);
    }

    [Fact]
    public async Task A_refused_subscription_exits_with_its_code()
    {
        using var server = new ScriptedServer(packet => packet is SubscribePacket subscribe
            ? [new SubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [ReasonCode.NotAuthorized] }]
            : ScriptedServer.Accept(packet));

        var run = await RunAsync(server, "-t", "secret", "-V", "5");

        Assert.Equal((135, "orrery sub: the subscription to 'secret' was refused: NotAuthorized"), (run.ExitCode, run.Error.TrimEnd()));
    }

    [Fact]
    public async Task A_server_that_leaves_is_an_error_with_its_reason()
    {
        using var server = new ScriptedServer(packet => packet is SubscribePacket
            ? [new DisconnectPacket { ReasonCode = ReasonCode.ServerShuttingDown, ReasonString = "good night" }]
            : ScriptedServer.Accept(packet));

        var run = await RunAsync(server, "-t", "a", "-V", "5");

        Assert.Equal(0x8B, run.ExitCode);
        Assert.Contains("good night", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-F %t:%l -N", "a:3b:3")]
    [InlineData("-F %q%r -v", "00\n00\n")]                 // -F wins over -v, but not over -N
    [InlineData("-F @H:@M", "17:05\n17:05\n")]
    [InlineData("--json", "{\"tst\":\"2026-11-21T17:05:09.000000+0000\",\"topic\":\"a\",\"qos\":0,\"retain\":0,\"payloadlen\":3,\"payload\":\"one\"}\n{\"tst\":\"2026-11-21T17:05:09.000000+0000\",\"topic\":\"b\",\"qos\":0,\"retain\":0,\"payloadlen\":3,\"payload\":\"two\"}\n")]
    public async Task A_format_is_followed(string flags, string output)
    {
        using var server = Sending(Message("a", "one"), Message("b", "two"));

        var run = await CommandRun.OfAsync("", ["sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-C", "2", .. flags.Split(' ')], new Clock());

        Assert.Equal(new CommandRun(0, output, ""), run);
    }

    [Fact]
    public async Task A_payload_that_should_be_JSON_and_is_not_is_told()
    {
        using var server = Sending(Message("a", "one"));

        Assert.Equal(
            new CommandRun(0, "\n", $"orrery sub: the message payload is not valid JSON on topic a.{Environment.NewLine}"),
            await RunAsync(server, "-t", "#", "-C", "1", "-F", "%J"));
    }

    [Fact]
    public async Task Once_subscribed_E_exits()
    {
        using var server = new ScriptedServer();

        Assert.Equal(new CommandRun(0, "", ""), await RunAsync(server, "-t", "a", "-E", "-c", "-i", "me"));
    }

    [Fact]
    public async Task Retained_only_ends_with_the_first_fresh_message()
    {
        using var server = Sending(Message("a", "1") with { Retain = true }, Message("b", "2") with { Retain = true }, Message("c", "3"));

        Assert.Equal(new CommandRun(0, "1\n2\n", ""), await RunAsync(server, "-t", "#", "--retained-only"));
    }

    [Fact]
    public async Task Removing_retained_messages_spares_what_is_filtered_out_and_fresh_ones()
    {
        using var server = Sending(Message("a", "1") with { Retain = true }, Message("keep", "2") with { Retain = true }, Message("b", "3"));

        Assert.Equal("1\n3\n", (await RunAsync(server, "-t", "#", "--remove-retained", "-T", "keep", "-C", "2")).Output);

        var removal = server.Single<PublishPacket>().Message;
        Assert.Equal(("a", 0, true), (removal.Topic.ToString(), removal.Payload.Length, removal.Retain));
    }

    [Fact]
    public async Task Removing_works_even_if_retained_messages_are_not_printed()
    {
        using var server = Sending(Message("a", "1") with { Retain = true }, Message("b", "2"));

        Assert.Equal("2\n", (await RunAsync(server, "-t", "#", "--remove-retained", "-R", "-C", "1")).Output);

        Assert.Equal("a", server.Single<PublishPacket>().Message.Topic.ToString());
    }

    [Theory]
    [InlineData("--retain-as-published", true, RetainHandling.SendAtSubscribe)]
    [InlineData("--retain-handling new", false, RetainHandling.SendIfNewSubscription)]
    [InlineData("--retain-handling never", false, RetainHandling.DoNotSend)]
    public async Task Options_of_MQTT_5_are_in_SUBSCRIBE(string flags, bool retainAsPublished, RetainHandling handling)
    {
        using var server = new ScriptedServer();

        await RunAsync(server, ["-t", "a", "-E", .. flags.Split(' ')]);

        Assert.Equal(MqttVersion.V5, server.Single<ConnectPacket>().Version);
        Assert.Equal(new Subscription(TopicFilter.Parse("a"), QoS.AtMostOnce, false, retainAsPublished, handling), Assert.Single(server.Single<SubscribePacket>().Subscriptions));
    }

    [Fact]
    public async Task Properties_are_in_SUBSCRIBE_and_UNSUBSCRIBE()
    {
        using var server = new ScriptedServer();

        await RunAsync(
            server, "-L", $"mqtt://127.0.0.1:{server.Port}/a/#", "-U", "b", "-E", "-D", "subscribe", "subscription-identifier", "7",
            "-D", "subscribe", "user-property", "k", "v", "-D", "unsubscribe", "user-property", "l", "w");

        var subscribe = server.Single<SubscribePacket>();
        Assert.Equal((7u, "v", "a/#"), (subscribe.SubscriptionIdentifier, Assert.Single(subscribe.UserProperties).Value, subscribe.Subscriptions[0].Filter.ToString()));
        Assert.Equal("w", Assert.Single(server.Single<UnsubscribePacket>().UserProperties).Value);
    }

    [Theory]
    [InlineData(0.29, "one\ntwo\n")]
    [InlineData(0.31, "")]
    public async Task Chance_chooses_what_is_printed(double drawn, string output)
    {
        using var server = Sending(Message("a", "one"), Message("b", "two"));

        var run = await CommandRun.OfAsync(
            "", ["sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-C", "2", "--random-filter", "30"], random: () => drawn);

        Assert.Equal(new CommandRun(0, output, ""), run);
    }

    private static ApplicationMessage Message(string topic, string payload) =>
        new() { Topic = TopicName.Parse(topic), Payload = Encoding.UTF8.GetBytes(payload) };

    private static ScriptedServer Sending(params ApplicationMessage[] messages) => new(packet =>
    {
        var answers = ScriptedServer.Accept(packet);
        return packet is SubscribePacket ? [.. answers, .. messages.Select(message => new PublishPacket { Message = message })] : answers;
    });

    private static async Task<CommandRun> RunAsync(ScriptedServer server, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["sub", "-h", "127.0.0.1", "-p", server.Port, .. arguments]);
        await server.ClosedByClientAsync();
        return run;
    }

    private sealed class Clock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 17, 5, 9, TimeSpan.Zero);
    }
}
