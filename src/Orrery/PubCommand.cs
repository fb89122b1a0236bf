using System.CommandLine;
using System.Globalization;
using Orrery.Arguments;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>`orrery pub`: publishes messages, with the flags of mosquitto_pub.</summary>
internal sealed class PubCommand
{
    private const int DelayMaxSeconds = 4_000_000;          // a timer of .NET takes no more than 49 days

    private const string Description = """
        Publishes messages, with the options of mosquitto_pub.

        Examples:
          orrery pub -t sensors/kitchen -m 21.5
          orrery pub -t state -m on -q 1 -r                 at least once, retained
          orrery pub -t state -r -n                         removes the retained message
          tail -f log | orrery pub -h broker -t log -l      a message for each line
          orrery pub -L mqtt://user:password@broker/a/b -f picture.png
          orrery pub -t a -m '{}' -D publish content-type application/json -D publish user-property from me
          orrery pub -t tick -m x --repeat 10 --repeat-delay 0.5

        Exit code: 0; what CONNACK or the acknowledgement said; 1 for arguments that make no sense or no connection.
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly PayloadFlags _payload = new();
    private readonly Option<string?> _topic = new("--topic", "-t") { Description = "Topic to publish to.", HelpName = "topic" };
    private readonly Option<bool> _lines = new("--stdin-line", "-l") { Description = "A message for each line of standard input, empty ones too." };
    private readonly Option<int> _qos = new("--qos", "-q") { Description = "QoS: 0, 1 or 2.", HelpName = "qos" };
    private readonly Option<bool> _retain = new("--retain", "-r") { Description = "Retain the message." };
    private readonly Option<int> _repeat = new("--repeat") { Description = "Publish the message this many times; not with -l.", DefaultValueFactory = _ => 1, HelpName = "count" };
    private readonly Option<string?> _repeatDelay = new("--repeat-delay") { Description = "Seconds to wait between two of --repeat; may have a fraction. [default: 0]", HelpName = "seconds" };
    private readonly Option<int> _inFlight = new("--max-inflight", "-M") { Description = "Lines of -l on their way at once, at QoS 1 and 2.", DefaultValueFactory = _ => 20, HelpName = "count" };

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var pub = new PubCommand();
        var command = new Command("pub", Description) { pub._topic };
        pub._payload.AddTo(command, pub._lines);
        foreach (var option in (Option[])[pub._lines, pub._qos, pub._retain, pub._repeat, pub._repeatDelay, pub._inFlight]) command.Options.Add(option);
        pub._connection.AddTo(command);
        ConnectionFlags.RequireRange(pub._qos, 0, 2);
        ConnectionFlags.RequireRange(pub._repeat, 1, int.MaxValue);
        ConnectionFlags.RequireRange(pub._inFlight, 1, ushort.MaxValue);
        ConnectionFlags.Require(pub._repeatDelay, text => DelayOf(text) is not null, $"--repeat-delay is a number of seconds from 0 to {DelayMaxSeconds}");
        RequireTopic(command, pub._topic, pub._connection);
        command.SetAction((arguments, cancellation) => pub.RunAsync(arguments, terminal, cancellation));
        return command;
    }

    /// <summary>Adds the check that there is a topic name, of its own or in the URL.</summary>
    public static void RequireTopic(Command command, Option<string?> topic, ConnectionFlags connection) => command.Validators.Add(result =>
    {
        if (connection.HasBadUrl(result)) return;
        if ((result.GetValue(topic) ?? connection.UrlTopic(result)) is not { } text)
        {
            result.AddError("Say where to publish to: --topic (-t), or -L mqtt://host/topic.");
        }
        else if (!TopicName.TryParse(text, out _))
        {
            result.AddError($"{(result.GetValue(topic) is null ? "the end of -L" : "-t")} is no topic name: it has '+' or '#', or no character");
        }
    });

    private static TimeSpan? DelayOf(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= DelayMaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var session = new ClientSession("pub", _connection, arguments, terminal);
        var message = new ApplicationMessage
        {
            Topic = TopicName.Parse(arguments.GetValue(_topic) ?? _connection.UrlTopic(arguments.CommandResult)!),
            QoS = (QoS)arguments.GetValue(_qos),
            Retain = arguments.GetValue(_retain),
            Properties = _connection.Properties.OfMessage(arguments, "publish"),
        };
        var alias = (ushort)(_connection.Properties.Number(arguments, "publish", "topic-alias") ?? 0);
        if (arguments.GetValue(_lines))
        {
            var inFlight = arguments.GetValue(_inFlight);
            return await session.RunAsync(() => PublishLinesAsync(session, message, alias, inFlight, terminal.Input, cancellation), cancellation);
        }

        if (await _payload.ReadAsync(arguments, session, terminal, cancellation) is not { } payload) return ExitCodes.Failure;
        var delay = arguments.GetValue(_repeatDelay) is { } text ? DelayOf(text)!.Value : TimeSpan.Zero;
        return await session.RunAsync(
            () => PublishAsync(session, message with { Payload = payload }, alias, arguments.GetValue(_repeat), delay, terminal.Time, cancellation),
            cancellation);
    }

    private static async Task<int> PublishAsync(
        ClientSession session, ApplicationMessage message, ushort alias, int count, TimeSpan delay, TimeProvider time, CancellationToken cancellation)
    {
        for (var number = 1; ; number++)
        {
            var exitCode = await session.PublishAsync(message, alias, cancellation);
            if (exitCode != ExitCodes.Success || number == count) return exitCode;
            await Task.Delay(delay, time, cancellation);
        }
    }

    private static async Task<int> PublishLinesAsync(
        ClientSession session, ApplicationMessage message, ushort alias, int inFlight, Stream input, CancellationToken cancellation)
    {
        var exitCode = ExitCodes.Success;
        var unacknowledged = new Queue<Task<int>>();
        await foreach (var line in Lines.ReadAsync(input, cancellation))
        {
            unacknowledged.Enqueue(session.PublishAsync(message with { Payload = line }, alias, cancellation));
            while (unacknowledged.Count >= inFlight || (unacknowledged.TryPeek(out var first) && first.IsCompleted))
            {
                exitCode = Math.Max(exitCode, await unacknowledged.Dequeue());
            }
        }
        foreach (var last in unacknowledged) exitCode = Math.Max(exitCode, await last);
        return exitCode;
    }
}
