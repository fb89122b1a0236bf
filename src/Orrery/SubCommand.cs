using System.CommandLine;
using System.CommandLine.Parsing;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>`orrery sub`: prints the messages of subscriptions, with the flags of mosquitto_sub.</summary>
internal sealed class SubCommand
{
    private const int TimeoutMaxSeconds = 4_000_000;        // a timer of .NET takes no more than 49 days

    private const string Description = """
        Subscribes and prints the messages that arrive, a line each.

        Examples:
          orrery sub -t 'sensors/#' -v                      topic and payload
          orrery sub -t state -C 1 -W 10                    one message, or exit code 27 after ten seconds
          orrery sub -t jobs -q 1 -c -i worker              what came while it was away, too
          orrery sub -t '#' -T 'noise/#' -R                 without a topic, and without retained messages
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly Option<string[]> _topics = new("--topic", "-t") { Description = "Topic filter to subscribe to; may be repeated.", HelpName = "filter" };
    private readonly Option<string[]> _filteredOut = new("--filter-out", "-T") { Description = "Print nothing that this filter matches; may be repeated.", HelpName = "filter" };
    private readonly Option<string[]> _unsubscribe = new("--unsubscribe", "-U") { Description = "Topic filter to unsubscribe from; may be repeated.", HelpName = "filter" };
    private readonly Option<int> _qos = new("--qos", "-q") { Description = "Highest QoS to receive at: 0, 1 or 2.", HelpName = "qos" };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Print the topic before the payload." };
    private readonly Option<bool> _noNewline = new("-N") { Description = "Print no newline after a payload." };
    private readonly Option<bool> _noRetained = new("-R") { Description = "Print no retained messages that were there before." };
    private readonly Option<int?> _count = new("--count", "-C") { Description = "Exit after this many messages.", HelpName = "count" };
    private readonly Option<int?> _timeout = new("--timeout", "-W") { Description = "Exit with code 27 after this many seconds.", HelpName = "seconds" };

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var sub = new SubCommand();
        var command = new Command("sub", Description)
        {
            sub._topics, sub._filteredOut, sub._unsubscribe, sub._qos, sub._verbose, sub._noNewline, sub._noRetained, sub._count, sub._timeout,
        };
        sub._connection.AddTo(command);
        ConnectionFlags.RequireRange(sub._qos, 0, 2);
        ConnectionFlags.RequireRange(sub._count, 1, int.MaxValue);
        ConnectionFlags.RequireRange(sub._timeout, 1, TimeoutMaxSeconds);
        foreach (var option in (Option<string[]>[])[sub._topics, sub._filteredOut, sub._unsubscribe]) option.Validators.Add(RequireFilters);
        command.Validators.Add(result =>
        {
            if (result.GetResult(sub._topics) is null && result.GetResult(sub._unsubscribe) is null)
            {
                result.AddError("Say what to subscribe to with -t.");
            }
        });
        command.SetAction((arguments, cancellation) => sub.RunAsync(arguments, terminal, cancellation));
        return command;
    }

    private static void RequireFilters(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!TopicFilter.TryParse(token.Value, out _, out var reason)) result.AddError($"'{token.Value}' is no topic filter: {reason}.");
        }
    }

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var session = new ClientSession("sub", _connection, arguments, terminal);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (arguments.GetValue(_timeout) is { } seconds) limited.CancelAfter(TimeSpan.FromSeconds(seconds));
        return await session.RunAsync(() => PrintUntilAsync(session, arguments, terminal, limited.Token, cancellation), cancellation);
    }

    private async Task<int> PrintUntilAsync(
        ClientSession session, ParseResult arguments, Terminal terminal, CancellationToken limited, CancellationToken cancellation)
    {
        try
        {
            return await UnsubscribeAsync(session, arguments, limited)
                ?? await SubscribeAsync(session, arguments, limited)
                ?? await PrintAsync(session, arguments, terminal, limited);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return session.Fail("timed out", ExitCodes.TimedOut);
        }
        catch (IOException)
        {
            return ExitCodes.Success;                       // nobody reads the output any more, as behind `head -n 1`
        }
    }

    private async Task<int?> UnsubscribeAsync(ClientSession session, ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(_unsubscribe) is not { Length: > 0 } filters) return null;
        var codes = await session.Client.UnsubscribeAsync([.. filters.Select(TopicFilter.Parse)], cancellation);
        session.Trace($"received UNSUBACK ({string.Join(", ", codes)})");
        return null;
    }

    /// <summary>An exit code if every subscription was refused, else null.</summary>
    private async Task<int?> SubscribeAsync(ClientSession session, ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(_topics) is not { Length: > 0 } filters) return null;
        var qos = (QoS)arguments.GetValue(_qos);
        var codes = await session.Client.SubscribeAsync([.. filters.Select(text => new Subscription(TopicFilter.Parse(text), qos))], cancellation);
        session.Trace($"received SUBACK ({string.Join(", ", codes)})");
        foreach (var (filter, code) in filters.Zip(codes))
        {
            if (code >= ReasonCode.UnspecifiedError) session.Fail($"the subscription to '{filter}' was refused: {code}", (int)code);
        }
        return codes.All(code => code >= ReasonCode.UnspecifiedError) ? (int)codes[0] : null;
    }

    private async Task<int> PrintAsync(ClientSession session, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        TopicFilter[] filteredOut = [.. (arguments.GetValue(_filteredOut) ?? []).Select(TopicFilter.Parse)];
        var (isVerbose, endsLines, skipsRetained) = (arguments.GetValue(_verbose), !arguments.GetValue(_noNewline), arguments.GetValue(_noRetained));
        var left = arguments.GetValue(_count);
        await foreach (var packet in session.Client.ReadMessagesAsync(cancellation))
        {
            session.Trace($"received {ClientSession.Describe(packet)}");
            var message = packet.Message;
            if (skipsRetained && message.Retain) continue;
            if (filteredOut.Any(filter => filter.Matches(message.Topic))) continue;
            await terminal.Output.WriteAsync(Format(message, isVerbose, endsLines), CancellationToken.None);
            if (--left == 0) return ExitCodes.Success;
        }
        return ExitCodes.Success;
    }

    private static byte[] Format(ApplicationMessage message, bool isVerbose, bool endsLine) =>
    [
        .. isVerbose ? message.Topic.Utf8 : default,
        .. isVerbose ? " "u8 : default,
        .. message.Payload.Span,
        .. endsLine ? "\n"u8 : default,
    ];
}
