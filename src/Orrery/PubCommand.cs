using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>`orrery pub`: publishes messages, with the flags of mosquitto_pub.</summary>
internal sealed class PubCommand
{
    private const int UnacknowledgedMax = 100;              // lines of -l on their way at once

    private const string Description = """
        Publishes messages.

        Examples:
          orrery pub -t sensors/kitchen -m 21.5
          orrery pub -t state -m on -q 1 -r                 at least once, retained
          orrery pub -t state -r -n                         removes the retained message
          tail -f log | orrery pub -h broker -t log -l      a message for each line
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly Option<string> _topic = new("--topic", "-t") { Description = "Topic to publish to.", Required = true, HelpName = "topic" };
    private readonly Option<string?> _message = new("--message", "-m") { Description = "Payload.", HelpName = "text" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Payload from a file.", HelpName = "path" };
    private readonly Option<bool> _lines = new("--stdin-line", "-l") { Description = "A message for each line of standard input that is not empty." };
    private readonly Option<bool> _all = new("--stdin-file", "-s") { Description = "Payload from standard input, all of it." };
    private readonly Option<bool> _empty = new("--null-message", "-n") { Description = "An empty payload." };
    private readonly Option<int> _qos = new("--qos", "-q") { Description = "QoS: 0, 1 or 2.", HelpName = "qos" };
    private readonly Option<bool> _retain = new("--retain", "-r") { Description = "Retain the message." };

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var pub = new PubCommand();
        var command = new Command("pub", Description)
        {
            pub._topic, pub._message, pub._file, pub._lines, pub._all, pub._empty, pub._qos, pub._retain,
        };
        pub._connection.AddTo(command);
        ConnectionFlags.RequireRange(pub._qos, 0, 2);
        ConnectionFlags.Require(pub._topic!, text => TopicName.TryParse(text, out _), "-t is no topic name: it has '+' or '#', or no character");
        command.Validators.Add(pub.RequireOneSource);
        command.SetAction((arguments, cancellation) => pub.RunAsync(arguments, terminal, cancellation));
        return command;
    }

    private void RequireOneSource(CommandResult result)
    {
        var count = (result.GetResult(_message) is not null ? 1 : 0) + (result.GetResult(_file) is not null ? 1 : 0)
            + (result.GetValue(_lines) ? 1 : 0) + (result.GetValue(_all) ? 1 : 0) + (result.GetValue(_empty) ? 1 : 0);
        if (count != 1) result.AddError("Say what to publish with exactly one of -m, -f, -l, -s and -n.");
    }

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var session = new ClientSession("pub", _connection, arguments, terminal);
        var message = new ApplicationMessage
        {
            Topic = TopicName.Parse(arguments.GetValue(_topic)!),
            QoS = (QoS)arguments.GetValue(_qos),
            Retain = arguments.GetValue(_retain),
        };
        if (arguments.GetValue(_lines))
        {
            return await session.RunAsync(() => PublishLinesAsync(session, message, terminal.Input, cancellation), cancellation);
        }

        byte[] payload;
        try
        {
            payload = await ReadPayloadAsync(arguments, terminal, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return session.Fail($"cannot read {arguments.GetValue(_file) ?? "standard input"}: {failure.Message}", ExitCodes.Failure);
        }
        return await session.RunAsync(() => PublishAsync(session, message with { Payload = payload }, cancellation), cancellation);
    }

    private async Task<byte[]> ReadPayloadAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        if (arguments.GetValue(_file) is { } file) return await File.ReadAllBytesAsync(file, cancellation);
        if (!arguments.GetValue(_all)) return Encoding.UTF8.GetBytes(arguments.GetValue(_message) ?? "");
        using var everything = new MemoryStream();
        await terminal.Input.CopyToAsync(everything, cancellation);
        return everything.ToArray();
    }

    private static async Task<int> PublishAsync(ClientSession session, ApplicationMessage message, CancellationToken cancellation)
    {
        session.Trace($"sending {ClientSession.Describe(new PublishPacket { Message = message })}");
        var code = await session.Client.PublishAsync(message, cancellation);
        session.Trace($"publish done ({code})");
        return code < ReasonCode.UnspecifiedError
            ? ExitCodes.Success
            : session.Fail($"the message to '{message.Topic}' was refused: {code}", (int)code);
    }

    private static async Task<int> PublishLinesAsync(ClientSession session, ApplicationMessage message, Stream input, CancellationToken cancellation)
    {
        var exitCode = ExitCodes.Success;
        var unacknowledged = new Queue<Task<int>>();
        await foreach (var line in Lines.ReadAsync(input, cancellation))
        {
            unacknowledged.Enqueue(PublishAsync(session, message with { Payload = line }, cancellation));
            while (unacknowledged.Count > UnacknowledgedMax || (unacknowledged.TryPeek(out var first) && first.IsCompleted))
            {
                exitCode = Math.Max(exitCode, await unacknowledged.Dequeue());
            }
        }
        foreach (var last in unacknowledged) exitCode = Math.Max(exitCode, await last);
        return exitCode;
    }
}
