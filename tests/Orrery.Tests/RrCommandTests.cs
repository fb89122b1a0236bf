using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Tests;

public class RrCommandTests
{
    [Fact]
    public async Task The_request_names_the_response_topic_and_the_first_response_is_printed()
    {
        using var server = Answering();

        var run = await RunAsync(server, "-t", "ask", "-e", "answer", "-m", "?", "-q", "1", "-D", "publish", "correlation-data", "17");

        Assert.Equal(new CommandRun(0, "42\n", ""), run);
        Assert.Equal(MqttVersion.V5, server.Single<ConnectPacket>().Version);
        Assert.Equal(new Subscription(TopicFilter.Parse("answer"), QoS.AtLeastOnce), Assert.Single(server.Single<SubscribePacket>().Subscriptions));
        var request = server.Single<PublishPacket>().Message;
        Assert.Equal(("ask", "?", "answer"), (request.Topic.ToString(), Encoding.UTF8.GetString(request.Payload.Span), request.Properties!.ResponseTopic));
        Assert.Equal("17", Encoding.UTF8.GetString(request.Properties.CorrelationData!.Value.Span));
        Assert.True(server.Received.FindIndex(packet => packet is SubscribePacket) < server.Received.FindIndex(packet => packet is PublishPacket));
    }

    [Fact]
    public async Task Before_MQTT_5_the_response_topic_is_agreed_otherwise()
    {
        using var server = Answering();

        Assert.Equal(new CommandRun(0, "answer 42", ""), await RunAsync(server, "-t", "ask", "-e", "answer", "-n", "-V", "311", "-v", "-N"));

        Assert.Null(server.Single<PublishPacket>().Message.Properties);
    }

    [Fact]
    public async Task The_time_of_W_ends_it_with_exit_code_27()
    {
        using var server = new ScriptedServer();

        Assert.Equal(new CommandRun(27, "", $"orrery rr: timed out{Environment.NewLine}"), await RunAsync(server, "-t", "a", "-e", "b", "-n", "-W", "1"));
    }

    [Fact]
    public async Task A_request_that_is_refused_gets_no_response()
    {
        using var server = new ScriptedServer(packet => packet is PublishPacket publish
            ? [new PubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = ReasonCode.NotAuthorized }]
            : ScriptedServer.Accept(packet));

        Assert.Equal(0x87, (await RunAsync(server, "-t", "a", "-e", "b", "-n", "-q", "1")).ExitCode);
    }

    [Fact]
    public async Task Latency_is_said_on_standard_error()
    {
        using var server = Answering();

        var run = await RunAsync(server, "-t", "a", "-e", "answer", "-n", "--latency", "-F", "%t");

        Assert.Equal((0, "answer\n"), (run.ExitCode, run.Output));
        Assert.Matches(@"^latency: \d+\.\d{3} ms\s*$", run.Error);
    }

    private static ScriptedServer Answering() => new(packet => packet is PublishPacket
        ? [.. ScriptedServer.Accept(packet), new PublishPacket { Message = new ApplicationMessage { Topic = TopicName.Parse("answer"), Payload = "42"u8.ToArray() } }]
        : ScriptedServer.Accept(packet));

    private static async Task<CommandRun> RunAsync(ScriptedServer server, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["rr", "-h", "127.0.0.1", "-p", server.Port, .. arguments]);
        await server.ClosedByClientAsync();
        return run;
    }
}
