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

        var run = await RunAsync(server, "-t", "secret");

        Assert.Equal((135, "orrery sub: the subscription to 'secret' was refused: NotAuthorized"), (run.ExitCode, run.Error.TrimEnd()));
    }

    [Fact]
    public async Task A_server_that_leaves_is_an_error_with_its_reason()
    {
        using var server = new ScriptedServer(packet => packet is SubscribePacket
            ? [new DisconnectPacket { ReasonCode = ReasonCode.ServerShuttingDown, ReasonString = "good night" }]
            : ScriptedServer.Accept(packet));

        var run = await RunAsync(server, "-t", "a");

        Assert.Equal(0x8B, run.ExitCode);
        Assert.Contains("good night", run.Error, StringComparison.Ordinal);
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
}
