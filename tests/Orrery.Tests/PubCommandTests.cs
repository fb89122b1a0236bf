using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Tests;

public class PubCommandTests
{
    [Theory]
    [InlineData("5", MqttVersion.V5)]
    [InlineData("mqttv5", MqttVersion.V5)]
    [InlineData("311", MqttVersion.V311)]
    [InlineData("mqttv311", MqttVersion.V311)]
    [InlineData("31", MqttVersion.V31)]
    [InlineData("mqttv31", MqttVersion.V31)]
    public async Task The_plainest_command_connects_as_nobody_and_publishes(string flag, MqttVersion version)
    {
        using var server = new ScriptedServer();

        var run = await RunAsync(server, "-t", "a/b", "-m", "hi", "-V", flag);

        Assert.Equal(new CommandRun(0, "", ""), run);
        var connect = server.Single<ConnectPacket>();
        Assert.Equal((version, true, (ushort)60), (connect.Version, connect.CleanStart, connect.KeepAliveSeconds));
        Assert.Null(connect.UserName);
        Assert.Null(connect.Password);
        Assert.Null(connect.Will);
        Assert.Null(connect.SessionExpiryIntervalSeconds);
        Assert.Equal(version == MqttVersion.V5 ? 0 : 23, connect.ClientId.Length);
        var message = server.Single<PublishPacket>().Message;
        Assert.Equal(("a/b", "hi", QoS.AtMostOnce, false), (message.Topic.ToString(), Text(message), message.QoS, message.Retain));
        Assert.IsType<DisconnectPacket>(server.Received[^1]);
    }

    [Fact]
    public async Task Every_connection_flag_is_in_CONNECT()
    {
        using var server = new ScriptedServer();

        await RunAsync(
            server, "-t", "a", "-n", "-i", "me", "-c", "-u", "user", "-P", "secret", "-k", "7", "-x", "99",
            "--will-topic", "gone", "--will-payload", "bye", "--will-qos", "2", "--will-retain");

        var connect = server.Single<ConnectPacket>();
        Assert.Equal(("me", false, "user", (ushort)7, 99u), (connect.ClientId, connect.CleanStart, connect.UserName, connect.KeepAliveSeconds, connect.SessionExpiryIntervalSeconds));
        Assert.Equal("secret", Encoding.UTF8.GetString(connect.Password!.Value.Span));
        var will = connect.Will!.Message;
        Assert.Equal(("gone", "bye", QoS.ExactlyOnce, true), (will.Topic.ToString(), Text(will), will.QoS, will.Retain));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("4294967295")]
    [InlineData(null)]
    public async Task A_persistent_session_lasts_for_ever_unless_told_otherwise(string? expiry)
    {
        using var server = new ScriptedServer();

        await RunAsync(server, expiry is null ? ["-t", "a", "-n", "-c", "-i", "me", "-V", "5"] : ["-t", "a", "-n", "-c", "-i", "me", "-x", expiry]);

        Assert.Equal(uint.MaxValue, server.Single<ConnectPacket>().SessionExpiryIntervalSeconds);
    }

    [Fact]
    public async Task A_prefix_is_followed_by_the_process_id()
    {
        using var server = new ScriptedServer();

        await RunAsync(server, "-t", "a", "-n", "-I", "job-");

        Assert.Equal($"job-{Environment.ProcessId}", server.Single<ConnectPacket>().ClientId);
    }

    [Theory]
    [InlineData("1", typeof(PubAckPacket))]
    [InlineData("2", typeof(PubCompPacket))]
    public async Task The_command_waits_for_the_last_acknowledgement(string qos, Type last)
    {
        var isAnswered = false;
        using var server = new ScriptedServer(packet =>
        {
            var answers = ScriptedServer.Accept(packet).ToArray();
            isAnswered |= answers.Any(last.IsInstanceOfType);
            if (packet is DisconnectPacket) Assert.True(isAnswered);
            return answers;
        });

        Assert.Equal(0, (await RunAsync(server, "-t", "a", "-m", "x", "-q", qos, "-r")).ExitCode);

        Assert.True(server.Single<PublishPacket>().Message.Retain);
        Assert.True(isAnswered);
    }

    [Theory]
    [InlineData("@home")]
    [InlineData("-vd")]
    [InlineData("-t")]
    [InlineData("--")]
    [InlineData("-5")]
    [InlineData("a=b")]
    [InlineData("grün 😀")]
    [InlineData("")]
    public async Task A_payload_is_taken_as_it_is(string payload)
    {
        using var server = new ScriptedServer();

        await RunAsync(server, "-t", "a", "-m", payload);

        Assert.Equal(payload, Text(server.Single<PublishPacket>().Message));
    }

    [Fact]
    public async Task Each_line_is_a_message_as_it_is()
    {
        using var server = new ScriptedServer();

        var run = await RunWithInputAsync(server, "one\n\ntwo\r\nthree", "-t", "a", "-l", "-q", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["one", "", "two\r", "three"], server.Received.OfType<PublishPacket>().Select(packet => Text(packet.Message)));
    }

    [Fact]
    public async Task Ten_thousand_lines_arrive_in_order()
    {
        using var server = new ScriptedServer();
        var lines = Enumerable.Range(0, 10_000).Select(number => $"{number}").ToArray();

        Assert.Equal(0, (await RunWithInputAsync(server, string.Join('\n', lines), "-t", "a", "-l", "-q", "2")).ExitCode);

        Assert.Equal(lines, server.Received.OfType<PublishPacket>().Select(packet => Text(packet.Message)));
    }

    [Fact]
    public async Task All_of_the_input_can_be_one_message()
    {
        using var server = new ScriptedServer();

        await RunWithInputAsync(server, "one\ntwo\n", "-t", "a", "-s");

        Assert.Equal("one\ntwo\n", Text(server.Single<PublishPacket>().Message));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        using var server = new ScriptedServer();

        var run = await RunAsync(server, "-t", "a", "-f", "/no/such/file");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("orrery pub: cannot read /no/such/file:", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", ReasonCode.NotAuthorized, 135)]
    [InlineData("5", ReasonCode.ServerBusy, 137)]
    [InlineData("311", ReasonCode.UnsupportedProtocolVersion, 1)]
    [InlineData("311", ReasonCode.ClientIdentifierNotValid, 2)]
    [InlineData("311", ReasonCode.ServerUnavailable, 3)]
    [InlineData("311", ReasonCode.BadUserNameOrPassword, 4)]
    [InlineData("31", ReasonCode.NotAuthorized, 5)]
    public async Task A_refusal_exits_with_the_code_in_CONNACK(string version, ReasonCode code, int exitCode)
    {
        using var server = new ScriptedServer(packet => packet is ConnectPacket ? [new ConnAckPacket { ReasonCode = code }] : []);

        var run = await RunAsync(server, "-t", "a", "-m", "x", "-V", version);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith($"orrery pub: 127.0.0.1:{server.Port} refused the connection: {code}.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_message_exits_with_its_code()
    {
        using var server = new ScriptedServer(packet => packet is PublishPacket publish
            ? [new PubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = ReasonCode.QuotaExceeded }]
            : ScriptedServer.Accept(packet));

        var run = await RunAsync(server, "-t", "a", "-m", "x", "-q", "1", "-V", "5");

        Assert.Equal((0x97, "orrery pub: the message to 'a' was refused: QuotaExceeded"), (run.ExitCode, run.Error.TrimEnd()));
    }

    [Fact]
    public async Task Properties_are_in_the_packets_that_they_name()
    {
        using var server = new ScriptedServer(packet => packet is ConnectPacket ? [new ConnAckPacket { TopicAliasMaximum = 9 }] : ScriptedServer.Accept(packet));

        await RunAsync(
            server, "-t", "a", "-m", "x", "-i", "me", "-V", "311",
            "-D", "connect", "receive-maximum", "5", "-D", "CONNECT", "user-property", "who", "me", "-D", "connect", "request-problem-information", "0",
            "-D", "connect", "maximum-packet-size", "1000", "-D", "connect", "topic-alias-maximum", "4", "-D", "connect", "session-expiry-interval", "60",
            "-D", "publish", "content-type", "text/plain", "-D", "publish", "message-expiry-interval", "77", "-D", "publish", "response-topic", "r/t",
            "-D", "publish", "correlation-data", "-5", "-D", "publish", "payload-format-indicator", "1", "-D", "publish", "topic-alias", "9",
            "-D", "publish", "user-property", "k", "v", "-D", "publish", "user-property", "k", "-D",
            "--will-topic", "w", "-D", "will", "will-delay-interval", "3", "-D", "will", "content-type", "gone",
            "-D", "disconnect", "session-expiry-interval", "9", "-D", "disconnect", "user-property", "bye", "bye");

        var connect = server.Single<ConnectPacket>();
        Assert.Equal(
            (MqttVersion.V5, (ushort?)5, false, 1000u, (ushort?)4, 60u),
            (connect.Version, connect.ReceiveMaximum, connect.RequestProblemInformation, connect.MaximumPacketSize, connect.TopicAliasMaximum, connect.SessionExpiryIntervalSeconds));
        Assert.Equal([new UserProperty("who", "me")], connect.UserProperties);
        Assert.Equal((3u, "gone"), (connect.Will!.DelayIntervalSeconds, connect.Will.Message.Properties!.ContentType));
        Assert.Equal(
            new MessageProperties(true, 77, "text/plain", "r/t", "-5"u8.ToArray(), [new("k", "v"), new("k", "-D")]),
            server.Single<PublishPacket>().Message.Properties);
        var disconnect = server.Single<DisconnectPacket>();
        Assert.Equal((9u, "bye"), (disconnect.SessionExpiryIntervalSeconds, Assert.Single(disconnect.UserProperties).Value));
    }

    [Theory]
    [InlineData("-t a -n", MqttVersion.V311)]
    [InlineData("-t a -n -x 5", MqttVersion.V5)]
    [InlineData("-t a -n -x 5 -V 31", MqttVersion.V31)]
    [InlineData("-t a -n -D publish content-type x", MqttVersion.V5)]
    public async Task The_version_is_as_old_as_the_options_allow(string arguments, MqttVersion version)
    {
        using var server = new ScriptedServer();

        await RunAsync(server, arguments.Split(' '));

        Assert.Equal(version, server.Single<ConnectPacket>().Version);
    }

    [Fact]
    public async Task An_identifier_is_made_up_as_by_mosquitto()
    {
        using var server = new ScriptedServer();

        await RunAsync(server, "-t", "a", "-n");

        Assert.Matches("^mosq-[0-9A-Za-z]{18}$", server.Single<ConnectPacket>().ClientId);
    }

    [Fact]
    public async Task A_message_can_be_repeated()
    {
        using var server = new ScriptedServer();

        Assert.Equal(0, (await RunAsync(server, "-t", "a", "-m", "x", "-q", "1", "--repeat", "3", "--repeat-delay", "0.001")).ExitCode);

        Assert.Equal(["x", "x", "x"], server.Received.OfType<PublishPacket>().Select(packet => Text(packet.Message)));
    }

    [Fact]
    public async Task A_URL_names_server_user_and_topic()
    {
        using var server = new ScriptedServer();

        var run = await CommandRun.OfAsync("pub", "-L", $"mqtt://user:p@ss@127.0.0.1:{server.Port}/a/b", "-m", "x");
        await server.ClosedByClientAsync();

        Assert.Equal(new CommandRun(0, "", ""), run);
        var connect = server.Single<ConnectPacket>();
        Assert.Equal(("user", "p@ss"), (connect.UserName, Encoding.UTF8.GetString(connect.Password!.Value.Span)));
        Assert.Equal("a/b", server.Single<PublishPacket>().Message.Topic.ToString());
    }

    [Fact]
    public async Task The_local_address_can_be_chosen()
    {
        using var server = new ScriptedServer();

        Assert.Equal(0, (await RunAsync(server, "-t", "a", "-n", "-A", "127.0.0.2")).ExitCode);
    }

    [Fact]
    public async Task A_socket_that_is_not_there_is_named()
    {
        var run = await CommandRun.OfAsync("pub", "--unix", "/no/such/socket", "-t", "a", "-n");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("orrery pub: cannot connect to /no/such/socket:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debug_says_what_happens()
    {
        using var server = new ScriptedServer();

        var run = await RunAsync(server, "-t", "a", "-m", "x", "-i", "me", "-d");

        Assert.Equal(
            ["Client me sending CONNECT", "Client me received CONNACK (0)", "Client me sending PUBLISH (d0, q0, r0, m0, 'a', ... (1 bytes))", "Client me publish done (Success)", "Client me sending DISCONNECT"],
            run.Error.TrimEnd().Split(Environment.NewLine));
    }

    private static string Text(ApplicationMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    private static Task<CommandRun> RunAsync(ScriptedServer server, params string[] arguments) => RunWithInputAsync(server, "", arguments);

    private static async Task<CommandRun> RunWithInputAsync(ScriptedServer server, string input, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(input, ["pub", "-h", "127.0.0.1", "-p", server.Port, .. arguments]);
        if (server.Received.Count > 0) await server.ClosedByClientAsync();
        return run;
    }
}
