using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Simulation.Measuring;

namespace Orrery;

/// <summary>`orrery bench`: measures what the engine's parts can do on this machine.</summary>
internal sealed class BenchCommand
{
    private const string Description = """
        Measures the simulation on one thread, each figure against its floor (docs/PERFORMANCE.md).

        Examples:
          orrery bench sim                                  every part, half a minute on a quiet machine
          orrery bench sim --only kernel --only idle        some parts
          orrery bench sim --clock processor                on a busy machine: processor time of this process, not the wall's
          orrery bench sim --json                           one JSON document

        Exit codes: 0 all floors reached; 1 a floor missed; 2 the arguments make no sense.
        """;

    private readonly Option<string[]> _only = new("--only") { Description = "Measure this part alone; may be repeated." };
    private readonly Option<string> _clock = new("--clock") { Description = "What a second is counted by.", DefaultValueFactory = _ => "wall" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };
    private readonly Terminal _terminal;
    private readonly Func<IMachine, string, IReadOnlyList<Figure>> _measure;

    private BenchCommand(Terminal terminal, Func<IMachine, string, IReadOnlyList<Figure>> measure)
    {
        (_terminal, _measure) = (terminal, measure);
        _only.AcceptOnlyFromAmong([.. SimulationBenchmark.Parts]);
        _clock.AcceptOnlyFromAmong("wall", "processor");
    }

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal) => Create(terminal, (machine, part) => new SimulationBenchmark(machine).Measure(part));

    /// <summary>Makes the command with another measurement than the real one.</summary>
    internal static Command Create(Terminal terminal, Func<IMachine, string, IReadOnlyList<Figure>> measure)
    {
        var bench = new BenchCommand(terminal, measure);
        var simulation = new Command("sim", Description) { bench._only, bench._clock, bench._json };
        simulation.SetAction(bench.Run);
        return new Command("bench", "Measures what the engine can do on this machine.") { simulation };
    }

    private int Run(ParseResult arguments)
    {
        var machine = new ProcessMachine(byProcessor: arguments.GetValue(_clock) == "processor");
        var only = arguments.GetValue(_only) ?? [];
        string[] parts = [.. SimulationBenchmark.Parts.Where(part => only.Length == 0 || only.Contains(part, StringComparer.Ordinal))];
        var figures = new List<Figure>();
        for (var i = 0; i < parts.Length; i++)
        {
            _terminal.Error.WriteLine($"[{i + 1}/{parts.Length}] {parts[i]}: {SimulationBenchmark.Describe(parts[i])}");
            figures.AddRange(_measure(machine, parts[i]));
        }

        _terminal.Output.Write(arguments.GetValue(_json) ? AsJson(figures) : Encoding.UTF8.GetBytes(AsText(figures)));
        _terminal.Output.Flush();
        return figures.TrueForAll(figure => figure.IsMet) ? VerdictExitCodes.Pass : VerdictExitCodes.Fail;
    }

    private static string AsText(List<Figure> figures)
    {
        var text = new StringBuilder();
        var nameWidth = figures.Max(figure => figure.Name.Length);
        foreach (var figure in figures)
        {
            text.Append($"{figure.Part,-10}  {figure.Name.PadRight(nameWidth)}  {Number(figure.Value),12} {figure.Unit,-12}{Limit(figure)}".TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private static string Limit(Figure figure) => (figure.AtLeast, figure.AtMost) switch
    {
        ({ } least, _) => $"  at least {Number(least)}: {Verdict(figure)}",
        (_, { } most) => $"  at most {Number(most)}: {Verdict(figure)}",
        _ => "",
    };

    private static string Verdict(Figure figure) => figure.IsMet ? "reached" : "MISSED";

    private static string Number(double value) => value.ToString(value < 100 ? "0.##" : "#,0", CultureInfo.InvariantCulture);

    private static byte[] AsJson(List<Figure> figures)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var figure in figures)
            {
                writer.WriteStartObject();
                writer.WriteString("part", figure.Part);
                writer.WriteString("name", figure.Name);
                writer.WriteNumber("value", figure.Value);
                writer.WriteString("unit", figure.Unit);
                if (figure.AtLeast is { } least) writer.WriteNumber("atLeast", least);
                if (figure.AtMost is { } most) writer.WriteNumber("atMost", most);
                writer.WriteBoolean("met", figure.IsMet);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
