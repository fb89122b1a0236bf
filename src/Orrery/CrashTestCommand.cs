using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using Orrery.CrashTests;
using Orrery.Runs;

namespace Orrery;

/// <summary>`orrery crash-test`: kills a real broker again and again, and judges what its clients saw.</summary>
internal sealed class CrashTestCommand
{
    private const string Description = """
        Starts `orrery serve` with a file, works with it through clients of QoS 1 and 2, retained messages, wills and shared
        subscriptions, kills it with SIGKILL, starts it again, and so on; and judges what the clients saw. Kills come at any
        time, while it starts, and right after acknowledgements, deliveries and handshakes. At every tenth start all clients
        come back, nobody publishes, and what is owed must come.

        With --mode memory nothing is promised beyond the process: what is lost is counted, and no violation.

        Examples:
          orrery crash-test                                         200 kills in each of os, group and fsync
          orrery crash-test --mode group --kills 1000               one mode, for longer
          orrery crash-test --mode group --seed 7                   other kills and other traffic
          orrery crash-test --mode memory                           what that mode loses
          orrery crash-test --mode any --broker-command 'mosquitto -c /etc/test.conf -p {port}'

        The seed decides on the plan: when to kill and what to send. Processes are no simulation: the same seed does not give
        the same run.

        Exit codes: 0 no violation; 1 a violation, with the history and the broker's folder kept; 2 the arguments make no sense;
        3 nobody can tell: the broker did not come back, or the time was over, with the same kept; or it was interrupted, and nothing
        is kept of that mode.
        """;

    private const int ShownFindings = 5;
    private const int ShownEvents = 40;
    private static readonly string[] DurableModes = ["os", "group", "fsync"];

    private readonly Option<int> _kills = new("--kills") { Description = "How often to kill the broker in each mode.", DefaultValueFactory = _ => 200 };
    private readonly Option<string[]> _modes = new("--mode") { Description = "Value of --persistence: os, group, fsync or memory; may be repeated. [default: the first three]", HelpName = "mode" };
    private readonly Option<int> _seed = new("--seed") { Description = "Decides on the plan.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _timeLimit = new("--time-limit") { Description = "How long each mode may take, in seconds.", DefaultValueFactory = _ => 1_200 };
    private readonly Option<string?> _data = new("--data") { Description = "Folder for the broker's files and the history, which must have none of them. [default: one below the system's temporary files]", HelpName = "folder" };
    private readonly Option<string?> _brokerCommand = new("--broker-command") { Description = "What starts the broker instead; {port}, {data} and {mode} are filled in. It is the process that is killed, so no shell.", HelpName = "command" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object a mode." };
    private readonly Terminal _terminal;

    private CrashTestCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var test = new CrashTestCommand(terminal);
        var command = new Command("crash-test", Description) { test._kills, test._modes, test._seed, test._timeLimit, test._data, test._brokerCommand, test._json };
        RequireAtLeast(test._kills, 2);                 // the first and the last settle
        RequireAtLeast(test._timeLimit, 1);
        command.Validators.Add(result =>
        {
            if (result.GetValue(test._brokerCommand) is { } text && !CommandLineParser.SplitCommandLine(text).Any()) result.AddError("--broker-command is empty");
            if (result.GetValue(test._brokerCommand) is not null) return;
            foreach (var mode in result.GetValue(test._modes) ?? [])
            {
                if (mode != CrashReport.Unpromised && !DurableModes.Contains(mode, StringComparer.Ordinal)) result.AddError($"--mode '{mode}' is none of os, group, fsync and memory");
            }
        });
        command.SetAction(test.Run);
        return command;
    }

    private static void RequireAtLeast(Option<int> option, int least) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < least) result.AddError($"{option.Name} is a number from {least} up");
    });

    // Blocking, on the thread that the command has for itself: kills are aimed, and a pool's queue is no good aim.
    private Task<int> Run(ParseResult arguments, CancellationToken cancellation) => Task.Factory.StartNew(
        () => RunModes(arguments, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private int RunModes(ParseResult arguments, CancellationToken cancellation)
    {
        var given = arguments.GetValue(_data);
        var isOwn = !Directory.Exists(given);
        var root = given ?? Directory.CreateTempSubdirectory("orrery-crash-test-").FullName;
        var modes = arguments.GetValue(_modes) is { Length: > 0 } chosen ? chosen : DurableModes;
        var exitCode = VerdictExitCodes.Pass;
        try
        {
            foreach (var mode in modes)
            {
                var code = RunMode(arguments, mode, Path.Combine(root, mode), cancellation);
                if (exitCode != VerdictExitCodes.Fail && code != VerdictExitCodes.Pass) exitCode = code;
                if (cancellation.IsCancellationRequested) break;
            }

            return exitCode;
        }
        catch (UsageException mistake)
        {
            return mistake.Print("crash-test", _terminal);
        }
        finally
        {
            // What another mode has left for somebody to look at stays.
            if (isOwn && Directory.Exists(root) && !Directory.EnumerateFileSystemEntries(root).Any()) Directory.Delete(root);
        }
    }

    /// <summary>Runs one mode in a folder, which is gone afterwards unless somebody has to look at it.</summary>
    private int RunMode(ParseResult arguments, string mode, string folder, CancellationToken cancellation)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new UsageException($"{folder} is not empty: a broker that has kept something before can't be judged");
        }

        var isKept = true;
        try
        {
            var result = Crash(arguments, mode, folder, cancellation);
            var exitCode = result is null ? VerdictExitCodes.Unknown : CrashReport.ExitCodeOf(result);
            isKept = result is not null && exitCode != VerdictExitCodes.Pass;
            return exitCode;
        }
        catch (UsageException)
        {
            isKept = false;
            throw;
        }
        finally
        {
            if (!isKept) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Kills the broker as often as it is asked for, and prints what came of it.</summary>
    /// <returns>Null if it was interrupted.</returns>
    /// <exception cref="UsageException">There is no such broker.</exception>
    private CrashResult? Crash(ParseResult arguments, string mode, string folder, CancellationToken cancellation)
    {
        var data = Path.Combine(folder, "data");
        Directory.CreateDirectory(data);
        var port = BrokerUnderTest.FreePort();
        var command = arguments.GetValue(_brokerCommand) is { } text
            ? [.. CommandLineParser.SplitCommandLine(text).Select(part => Fill(part, port, data, mode))]
            : BrokerUnderTest.Itself(port, data, mode);
        var kills = arguments.GetValue(_kills);
        var bar = new ProgressLine(_terminal, kills);
        var history = Path.Combine(folder, "history.jsonl");
        using var run = new CrashRun(command, port, history);
        try
        {
            var result = run.Run(
                mode, kills, arguments.GetValue(_seed), TimeSpan.FromSeconds(arguments.GetValue(_timeLimit)),
                CrashReport.PatienceOf(mode), finding => CrashReport.IsForgiven(mode, finding), () => bar.Advance(hasFailed: false), cancellation);
            bar.Print(() => Print(arguments, result, folder, history));
            return result;
        }
        catch (Win32Exception failure)
        {
            throw new UsageException($"can't start {command[0]}: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            bar.Print(() => _terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"orrery crash-test: interrupted in mode {mode} after {run.Kills} of {kills} kills")));
            return null;
        }
    }

    private static string Fill(string part, int port, string data, string mode) => part
        .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{data}", data, StringComparison.Ordinal)
        .Replace("{mode}", mode, StringComparison.Ordinal);

    private void Print(ParseResult arguments, CrashResult result, string folder, string history)
    {
        if (arguments.GetValue(_json))
        {
            Write(CrashReport.AsJson(result, folder));
            return;
        }

        foreach (var finding in result.Findings.Where(finding => !CrashReport.IsForgiven(result.Mode, finding)).Take(ShownFindings))
        {
            Write($"{finding.Rule}: {finding.Text}\n");
            foreach (var line in HistoryFile.Find(history, finding, ShownEvents)) Write($"  {line}\n");
        }

        Write(CrashReport.AsText(result, folder));
    }

    private void Write(string text)
    {
        _terminal.Output.Write(Encoding.UTF8.GetBytes(text));
        _terminal.Output.Flush();
    }
}
