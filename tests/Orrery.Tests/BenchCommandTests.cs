using System.Text;
using System.Text.Json;
using Orrery.Simulation.Measuring;

namespace Orrery.Tests;

public sealed class BenchCommandTests
{
    private static readonly Figure Good = new("kernel", "events", 4_000_000, "events/s") { AtLeast = 3_000_000 };
    private static readonly Figure Slow = new("kernel", "events", 2_999_999, "events/s") { AtLeast = 3_000_000 };
    private static readonly Figure Fat = new("kernel", "memory", 4.25, "GiB") { AtMost = 4 };

    [Fact]
    public void Floors_that_are_reached_have_exit_code_0()
    {
        var (exitCode, output, error) = Run("sim --only kernel", Good);

        Assert.Equal((0, "kernel      events     4,000,000 events/s      at least 3,000,000: reached\n"), (exitCode, output));
        Assert.StartsWith("[1/1] kernel: events alone", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_floor_that_is_missed_is_named_and_has_exit_code_1()
    {
        var (exitCode, output, _) = Run("sim --only kernel", Good, Slow, Fat);

        Assert.Equal(1, exitCode);
        Assert.Contains("2,999,999 events/s      at least 3,000,000: MISSED\n", output, StringComparison.Ordinal);
        Assert.Contains("4.25 GiB           at most 4: MISSED\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_only_every_part_is_measured_with_a_line_of_progress_each()
    {
        var (_, output, error) = Run("sim", Good);

        Assert.Equal(SimulationBenchmark.Parts.Count, output.Split('\n').Length - 1);
        Assert.Equal(SimulationBenchmark.Parts.Select(part => $"{part}:"), error.TrimEnd().Split('\n').Select(line => line.Split(' ')[1]));
    }

    [Fact]
    public void JSON_has_every_figure_with_its_limit()
    {
        var (exitCode, output, _) = Run("sim --json --only kernel", Good, Fat);

        Assert.Equal(1, exitCode);
        using var document = JsonDocument.Parse(output);
        var figures = document.RootElement.EnumerateArray().ToArray();
        Assert.Equal((4_000_000, 3_000_000, true), (figures[0].GetProperty("value").GetDouble(), figures[0].GetProperty("atLeast").GetDouble(), figures[0].GetProperty("met").GetBoolean()));
        Assert.Equal(("memory", 4, false), (figures[1].GetProperty("name").GetString(), figures[1].GetProperty("atMost").GetDouble(), figures[1].GetProperty("met").GetBoolean()));
    }

    [Fact]
    public void Either_clock_goes_forward()
    {
        foreach (var clock in new[] { "wall", "processor" })
        {
            var moved = TimeSpan.Zero;
            Run($"sim --only kernel --clock {clock}", machine =>
            {
                var start = machine.Clock;
                while (machine.Clock == start)
                {
                }

                moved = machine.Clock - start;
                return [Good];
            });
            Assert.True(moved > TimeSpan.Zero);
        }
    }

    [Theory, InlineData("bench sim --only nothing", "nothing"), InlineData("bench sim --clock sun", "sun")]
    public async Task Arguments_that_make_no_sense_are_named(string arguments, string message)
    {
        var run = await CommandRun.OfAsync(arguments.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_has_examples() =>
        Assert.Contains("orrery bench sim --only kernel", (await CommandRun.OfAsync("bench", "sim", "--help")).Output, StringComparison.Ordinal);

    private static (int ExitCode, string Output, string Error) Run(string arguments, params Figure[] figures) => Run(arguments, _ => figures);

    private static (int ExitCode, string Output, string Error) Run(string arguments, Func<IMachine, IReadOnlyList<Figure>> measure)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var command = BenchCommand.Create(new Terminal(new MemoryStream(), output, error), (machine, _) => measure(machine));
        var exitCode = command.Parse(arguments.Split(' ')).Invoke();
        return (exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
