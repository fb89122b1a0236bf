using System.CommandLine;
using System.Globalization;
using Orrery.Arguments;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>`orrery rr`: publishes a request and prints the response, with the flags of mosquitto_rr.</summary>
internal sealed class RrCommand
{
    private const string Description = """
        Publishes a request and prints the first message that comes to the response topic, with the options of mosquitto_rr.
        MQTT 5 is the default; the request then names the response topic.

        Examples:
          orrery rr -t service/time -e reply/me -m '?' -W 5
          orrery rr -t service/time -e reply/me -n -D publish correlation-data 17 -F '%D %p'
          orrery rr -t service/time -e reply/me -n --latency

        Exit code: 0; what CONNACK or SUBACK said; 27 after -W; 1 for arguments that make no sense or no connection.
        """;

    private readonly ConnectionFlags _connection = new(MqttVersion.V5);
    private readonly PayloadFlags _payload = new();
    private readonly OutputFlags _output = new();
    private readonly Option<string?> _topic = new("--topic", "-t") { Description = "Topic to publish the request to.", HelpName = "topic" };
    private readonly Option<string?> _responseTopic = new("--response-topic", "-e") { Description = "Topic to wait at for the response.", HelpName = "topic" };
    private readonly Option<int> _qos = new("--qos", "-q") { Description = "QoS of request and response: 0, 1 or 2.", HelpName = "qos" };
    private readonly Option<bool> _retain = new("--retain", "-r") { Description = "Retain the request." };
    private readonly Option<bool> _noRetained = new("-R") { Description = "Take no message for the response that was retained before." };
    private readonly Option<int?> _timeout = new("--timeout", "-W") { Description = "Exit with code 27 after this many seconds.", HelpName = "seconds" };
    private readonly Option<bool> _latency = new("--latency") { Description = "Say on standard error how long the response took." };

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var rr = new RrCommand();
        var command = new Command("rr", Description) { rr._topic, rr._responseTopic };
        rr._payload.AddTo(command);
        command.Options.Add(rr._qos);
        command.Options.Add(rr._retain);
        rr._output.AddTo(command);
        foreach (var option in (Option[])[rr._noRetained, rr._timeout, rr._latency]) command.Options.Add(option);
        rr._connection.AddTo(command);
        ConnectionFlags.RequireRange(rr._qos, 0, 2);
        ConnectionFlags.RequireRange(rr._timeout, 1, SubCommand.TimeoutMaxSeconds);
        PubCommand.RequireTopic(command, rr._topic, rr._connection);
        command.Validators.Add(result =>
        {
            var text = result.GetValue(rr._responseTopic);
            if (text is null) result.AddError("Say where the response comes to with -e.");
            else if (!TopicName.TryParse(text, out _)) result.AddError("-e is no topic name: it has '+' or '#', or no character");
        });
        command.SetAction((arguments, cancellation) => rr.RunAsync(arguments, terminal, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var session = new ClientSession("rr", _connection, arguments, terminal);
        if (await _payload.ReadAsync(arguments, session, terminal, cancellation) is not { } payload) return ExitCodes.Failure;
        var responseTopic = arguments.GetValue(_responseTopic)!;
        var request = new ApplicationMessage
        {
            Topic = TopicName.Parse(arguments.GetValue(_topic) ?? _connection.UrlTopic(arguments.CommandResult)!),
            Payload = payload,
            QoS = (QoS)arguments.GetValue(_qos),
            Retain = arguments.GetValue(_retain),
            Properties = session.Version == MqttVersion.V5 ? _connection.Properties.OfMessage(arguments, "publish", responseTopic) : null,
        };
        return await session.RunAsync(() => WorkAsync(session, request, arguments, terminal, cancellation), cancellation);
    }

    private async Task<int> WorkAsync(
        ClientSession session, ApplicationMessage request, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (arguments.GetValue(_timeout) is { } seconds) limited.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            var refusal = await session.SubscribeAsync(
                [new Subscription(TopicFilter.Parse(arguments.GetValue(_responseTopic)!), request.QoS)],
                _connection.Properties.Number(arguments, "subscribe", "subscription-identifier"),
                _connection.Properties.UserProperties(arguments, "subscribe"),
                limited.Token);
            return refusal ?? await AskAsync(session, request, arguments, terminal, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return session.Fail("timed out", ExitCodes.TimedOut);
        }
        catch (IOException)
        {
            return ExitCodes.Success;                       // nobody reads the output
        }
    }

    private async Task<int> AskAsync(
        ClientSession session, ApplicationMessage request, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var alias = (ushort)(_connection.Properties.Number(arguments, "publish", "topic-alias") ?? 0);
        var start = terminal.Time.GetTimestamp();
        var refusal = await session.PublishAsync(request, alias, cancellation);
        if (refusal != ExitCodes.Success) return refusal;
        await foreach (var packet in session.Client.ReadMessagesAsync(cancellation))
        {
            session.Trace($"received {ClientSession.Describe(packet)}");
            if (arguments.GetValue(_noRetained) && packet.Message.Retain) continue;
            var latency = terminal.Time.GetElapsedTime(start);
            await _output.ToPrinter(arguments, session, terminal).PrintAsync(packet);
            if (arguments.GetValue(_latency))
            {
                await terminal.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"latency: {latency.TotalMilliseconds:0.000} ms"));
            }
            break;
        }
        return ExitCodes.Success;
    }
}
