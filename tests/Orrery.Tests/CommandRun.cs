using System.Text;
using Orrery.Runs;

namespace Orrery.Tests;

/// <summary>One run of the command in this process: its exit code and what it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static Task<CommandRun> OfAsync(params string[] arguments) => OfAsync("", arguments);

    /// <summary>Runs a command that carries out scenarios.</summary>
    public static Task<CommandRun> OfAsync(RunScenario runner, params string[] arguments) => OfAsync("", arguments, runner: runner);

    public static async Task<CommandRun> OfAsync(
        string input, string[] arguments, TimeProvider? time = null, Func<double>? random = null, RunScenario? runner = null, CancellationToken cancellation = default)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var terminal = new Terminal(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error)
        {
            Time = time ?? TimeProvider.System,
            Random = random ?? (() => 0.5),
        };
        var exitCode = await CommandLine.InvokeAsync(arguments, terminal, runner ?? ((_, _) => throw new NotSupportedException()), cancellation);
        return new CommandRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
