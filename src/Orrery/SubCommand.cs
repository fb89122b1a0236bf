using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Orrery.Arguments;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>`orrery sub`: prints the messages of subscriptions, with the flags of mosquitto_sub.</summary>
internal sealed class SubCommand
{
    /// <summary>The longest -W: a timer of .NET takes no more than 49 days.</summary>
    public const int TimeoutMaxSeconds = 4_000_000;

    private const string Description = """
        Subscribes and prints the messages that arrive, with the options of mosquitto_sub.

        Examples:
          orrery sub -t 'sensors/#' -v                      topic and payload
          orrery sub -t state -C 1 -W 10                    one message, or exit code 27 after ten seconds
          orrery sub -t jobs -q 1 -c -i worker              what came while it was away, too
          orrery sub -t '#' -T 'noise/#' -R                 without a topic, and without retained messages
          orrery sub -t '#' -F '@H:@M:@S %t %q %l %x'       time, topic, QoS, length, payload in hexadecimal
          orrery sub -t '#' --json                          a JSON object a message
          orrery sub -t '#' --remove-retained --retained-only -W 5
          orrery sub -L mqtt://broker/a/# -D subscribe subscription-identifier 7 -F '%S %p'

        Exit code: 0; what CONNACK or SUBACK said; 27 after -W; 1 for arguments that make no sense or no connection.
        """;

    private readonly ConnectionFlags _connection = new();
    private readonly OutputFlags _output = new();
    private readonly Option<string[]> _topics = new("--topic", "-t") { Description = "Topic filter to subscribe to; may be repeated.", HelpName = "filter" };
    private readonly Option<string[]> _filteredOut = new("--filter-out", "-T") { Description = "Print nothing that this filter matches; may be repeated.", HelpName = "filter" };
    private readonly Option<string[]> _unsubscribe = new("--unsubscribe", "-U") { Description = "Topic filter to unsubscribe from; may be repeated.", HelpName = "filter" };
    private readonly Option<int> _qos = new("--qos", "-q") { Description = "Highest QoS to receive at: 0, 1 or 2.", HelpName = "qos" };
    private readonly Option<int?> _count = new("--count", "-C") { Description = "Exit after this many messages.", HelpName = "count" };
    private readonly Option<int?> _timeout = new("--timeout", "-W") { Description = "Exit with code 27 after this many seconds.", HelpName = "seconds" };
    private readonly Option<bool> _exitAfterSubAck = new("-E") { Description = "Exit once every subscription is acknowledged." };
    private readonly Option<bool> _noRetained = new("-R") { Description = "Print no messages that were retained before." };
    private readonly Option<bool> _retainedOnly = new("--retained-only") { Description = "Print retained messages only, and exit at the first other one." };
    private readonly Option<bool> _removeRetained = new("--remove-retained") { Description = "Remove each retained message that arrives from the server, unless -T matches it." };
    private readonly Option<bool> _retainAsPublished = new("--retain-as-published") { Description = "Keep the retain flag as it was published; MQTT 5." };
    private readonly Option<string?> _retainHandling = new("--retain-handling") { Description = "Which subscriptions get retained messages: always, new (only those that were not there) or never; MQTT 5.", HelpName = "when" };
    private readonly Option<string?> _randomFilter = new("--random-filter") { Description = "Print this percentage of the messages, chosen by chance: 0.1 to 100.", HelpName = "percent" };

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var sub = new SubCommand();
        var command = new Command("sub", Description) { sub._topics, sub._qos, sub._filteredOut, sub._unsubscribe };
        sub._output.AddTo(command);
        foreach (var option in (Option[])[sub._count, sub._timeout, sub._exitAfterSubAck, sub._noRetained, sub._retainedOnly, sub._removeRetained,
            sub._retainAsPublished, sub._retainHandling, sub._randomFilter])
        {
            command.Options.Add(option);
        }
        sub._connection.AddTo(command);
        ConnectionFlags.RequireRange(sub._qos, 0, 2);
        ConnectionFlags.RequireRange(sub._count, 1, int.MaxValue);
        ConnectionFlags.RequireRange(sub._timeout, 1, TimeoutMaxSeconds);
        ConnectionFlags.Require(sub._retainHandling, text => RetainHandlingOf(text) is not null, "--retain-handling is one of always, new and never");
        ConnectionFlags.Require(sub._randomFilter, text => PercentOf(text) is not null, "--random-filter is a percentage from 0.1 to 100");
        foreach (var option in (Option<string[]>[])[sub._topics, sub._filteredOut, sub._unsubscribe]) option.Validators.Add(RequireFilters);
        command.Validators.Add(sub.Validate);
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

    private static RetainHandling? RetainHandlingOf(string text) => text switch
    {
        "always" => RetainHandling.SendAtSubscribe,
        "new" => RetainHandling.SendIfNewSubscription,
        "never" => RetainHandling.DoNotSend,
        _ => null,
    };

    private static double? PercentOf(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0.1 and <= 100 ? percent : null;

    private void Validate(CommandResult result)
    {
        var urlTopic = _connection.UrlTopic(result);
        if (result.GetResult(_topics) is null && result.GetResult(_unsubscribe) is null && urlTopic is null && !_connection.HasBadUrl(result))
        {
            result.AddError("Say what to subscribe to with -t, or with -L mqtt://host/filter.");
        }
        if (urlTopic is not null && !TopicFilter.TryParse(urlTopic, out _, out var reason)) result.AddError($"'{urlTopic}' is no topic filter: {reason}.");
        if (result.GetValue(_noRetained) && result.GetValue(_retainedOnly)) result.AddError("-R and --retained-only together would print nothing.");
        if (NeedsVersion5(result) && _connection.RefusesVersion5(result))
        {
            result.AddError("--retain-as-published and --retain-handling need MQTT 5: leave -V out, or say -V 5.");
        }
    }

    private bool NeedsVersion5(CommandResult arguments) => arguments.GetValue(_retainAsPublished) || arguments.GetValue(_retainHandling) is not null;

    private async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var session = new ClientSession("sub", _connection, arguments, terminal, NeedsVersion5(arguments.CommandResult));
        return await session.RunAsync(() => WorkAsync(session, arguments, terminal, cancellation), cancellation);
    }

    private async Task<int> WorkAsync(ClientSession session, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (arguments.GetValue(_timeout) is { } seconds) limited.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            var refusal = await SubscribeAsync(session, arguments, limited.Token);
            await UnsubscribeAsync(session, arguments, limited.Token);
            if (refusal is not null || arguments.GetValue(_exitAfterSubAck)) return refusal ?? ExitCodes.Success;
            return await PrintAsync(session, arguments, terminal, limited.Token);
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

    /// <summary>An exit code if every subscription was refused, else null.</summary>
    private async Task<int?> SubscribeAsync(ClientSession session, ParseResult arguments, CancellationToken cancellation)
    {
        List<string> filters = [.. arguments.GetValue(_topics) ?? []];
        if (_connection.UrlTopic(arguments.CommandResult) is { } urlTopic) filters.Add(urlTopic);
        if (filters.Count == 0) return null;
        var subscriptions = filters.Select(text => new Subscription(
            TopicFilter.Parse(text),
            (QoS)arguments.GetValue(_qos),
            NoLocal: false,
            arguments.GetValue(_retainAsPublished),
            arguments.GetValue(_retainHandling) is { } handling ? RetainHandlingOf(handling)!.Value : RetainHandling.SendAtSubscribe));
        return await session.SubscribeAsync(
            [.. subscriptions],
            _connection.Properties.Number(arguments, "subscribe", "subscription-identifier"),
            _connection.Properties.UserProperties(arguments, "subscribe"),
            cancellation);
    }

    private async Task UnsubscribeAsync(ClientSession session, ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(_unsubscribe) is not { Length: > 0 } filters) return;
        session.Trace($"sending UNSUBSCRIBE ({string.Join(", ", filters)})");
        var codes = await session.Client.UnsubscribeAsync(
            [.. filters.Select(TopicFilter.Parse)], _connection.Properties.UserProperties(arguments, "unsubscribe"), cancellation);
        session.Trace($"received UNSUBACK ({string.Join(", ", codes)})");
    }

    private async Task<int> PrintAsync(ClientSession session, ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        var printer = _output.ToPrinter(arguments, session, terminal);
        TopicFilter[] filteredOut = [.. (arguments.GetValue(_filteredOut) ?? []).Select(TopicFilter.Parse)];
        var percent = arguments.GetValue(_randomFilter) is { } text ? PercentOf(text)!.Value : 100;
        var left = arguments.GetValue(_count);
        var removals = new List<Task<int>>();
        await foreach (var packet in session.Client.ReadMessagesAsync(cancellation))
        {
            session.Trace($"received {ClientSession.Describe(packet)}");
            var message = packet.Message;
            if (arguments.GetValue(_retainedOnly) && !message.Retain) break;
            if (filteredOut.Any(filter => filter.Matches(message.Topic))) continue;
            if (arguments.GetValue(_removeRetained) && message.Retain) removals.Add(RemoveAsync(session, message, cancellation));
            if (arguments.GetValue(_noRetained) && message.Retain) continue;
            if (percent >= 100 || terminal.Random() * 100 < percent) await printer.PrintAsync(packet);
            if (--left == 0) break;                         // what chance left out counts too, as with mosquitto_sub
        }
        var exitCodes = await Task.WhenAll(removals);
        return exitCodes.Append(ExitCodes.Success).Max();
    }

    private static Task<int> RemoveAsync(ClientSession session, ApplicationMessage message, CancellationToken cancellation) =>
        session.PublishAsync(new ApplicationMessage { Topic = message.Topic, QoS = QoS.AtLeastOnce, Retain = true }, topicAlias: 0, cancellation);
}
