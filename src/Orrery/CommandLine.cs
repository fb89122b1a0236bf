using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Orrery.Arguments;
using Orrery.Runs;

namespace Orrery;

/// <summary>The `orrery` command: the list of its commands, and how their arguments are read.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <param name="arguments">What the user wrote.</param>
    /// <param name="terminal">Where it reads and writes.</param>
    /// <param name="runner">What carries out scenarios.</param>
    /// <param name="cancellation">Ends the command, as Ctrl+C does.</param>
    /// <returns>Its exit code; for arguments that make no sense 1, or 2 by a command that has exit codes of its own for verdicts.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, Terminal terminal, RunScenario runner, CancellationToken cancellation = default)
    {
        var root = new RootCommand("Orrery, an MQTT broker engine.")
        {
            ServeCommand.Create(),
            PubCommand.Create(terminal),
            SubCommand.Create(terminal),
            RrCommand.Create(terminal),
            CheckCommand.Create(terminal),
            RunCommand.Create(terminal, runner),
            ReplayCommand.Create(terminal, runner),
            BlessCommand.Create(terminal, runner),
            StoreCommand.Create(terminal),
            BenchCommand.Create(terminal),
            DeterminismCommand.Create(terminal),
            CrashTestCommand.Create(terminal),
        };

        // -h is the host, as in mosquitto's commands.
        foreach (var help in root.Options.OfType<HelpOption>()) help.Aliases.Clear();

        // Payloads and topics may look like anything, so "@name" is no response file, and "-abc" no bundle of options.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        if (arguments.Length == 0)
        {
            await root.Parse(["--help"], parser).InvokeAsync(Streams(terminal), cancellation);
            return ExitCodes.Failure;
        }

        var result = root.Parse(ArgumentFolding.Fold(root, arguments), parser);
        if (result.Action is not ParseErrorAction) return await result.InvokeAsync(Streams(terminal), cancellation);
        foreach (var mistake in result.Errors) await terminal.Error.WriteLineAsync($"{NameOf(result)}: {mistake.Message}");
        await terminal.Error.WriteLineAsync($"Try '{NameOf(result)} --help'.");
        if (NameOf(result) is "orrery store" || NameOf(result).StartsWith("orrery store ", StringComparison.Ordinal)) return StoreCommand.Unavailable;
        return VerdictExitCodes.Commands.Contains(result.CommandResult.Command.Name) ? VerdictExitCodes.Usage : ExitCodes.Failure;
    }

    private static InvocationConfiguration Streams(Terminal terminal) => new()
    {
        Output = new StreamWriter(terminal.Output) { AutoFlush = true },
        Error = terminal.Error,
        ProcessTerminationTimeout = TimeSpan.FromMinutes(1),    // Ctrl+C and SIGTERM cancel a command, which then ends in order
    };

    private static string NameOf(ParseResult result)
    {
        var name = result.CommandResult.Command is RootCommand ? "" : $" {result.CommandResult.Command.Name}";
        for (var parent = result.CommandResult.Parent; parent is CommandResult { Command: not RootCommand } outer; parent = outer.Parent)
        {
            name = $" {outer.Command.Name}{name}";
        }

        return "orrery" + name;
    }
}
