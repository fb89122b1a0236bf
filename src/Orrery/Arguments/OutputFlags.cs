using System.Buffers;
using System.CommandLine;
using Orrery.Mqtt.Packets;
using Orrery.Output;

namespace Orrery.Arguments;

/// <summary>How `orrery sub` and `orrery rr` print a message.</summary>
internal sealed class OutputFlags
{
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Print the topic before the payload." };
    private readonly Option<bool> _noNewline = new("-N") { Description = "Print no newline after a message." };
    private readonly Option<string?> _format = new("--format", "-F") { Description = "Print this; the codes are those of mosquitto_sub: %t topic, %p payload, %q QoS, %r retained, %x hex, %j JSON, %I time, ...", HelpName = "format" };
    private readonly Option<bool> _json = new("--json") { Description = "Print each message as one JSON object: short for -F %j." };
    private readonly Option<bool> _pretty = new("--pretty") { Description = "Print the JSON of %j, %J and --json on several lines." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_verbose, _noNewline, _format, _json, _pretty]) command.Options.Add(option);
        _format.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (MessageFormat.Parse(token.Value, out var mistake) is null) result.AddError($"-F: {mistake}");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_json) && result.GetValue(_format) is not null) result.AddError("--json and -F exclude each other.");
        });
    }

    /// <summary>Prepares to print.</summary>
    public Printer ToPrinter(ParseResult arguments, ClientSession session, Terminal terminal)
    {
        var format = arguments.GetValue(_json) ? "%j" : arguments.GetValue(_format) ?? (arguments.GetValue(_verbose) ? "%t %p" : "%p");
        return new Printer(MessageFormat.Parse(format, out _)!, arguments.GetValue(_pretty), !arguments.GetValue(_noNewline), session, terminal);
    }

    /// <summary>Prints messages in one format.</summary>
    internal sealed class Printer(MessageFormat format, bool isPretty, bool endsLines, ClientSession session, Terminal terminal)
    {
        /// <summary>Prints one.</summary>
        /// <exception cref="IOException">Nobody reads the output any more.</exception>
        public async Task PrintAsync(PublishPacket packet)
        {
            var line = new ArrayBufferWriter<byte>();
            if (!format.Write(line, packet, terminal.Time.GetLocalNow(), isPretty))
            {
                session.Fail($"the message payload is not valid JSON on topic {packet.Message.Topic}.", ExitCodes.Success);
            }
            if (endsLines) line.Write("\n"u8);
            await terminal.Output.WriteAsync(line.WrittenMemory, CancellationToken.None);
        }
    }
}
