using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Runs;
using Orrery.Simulation.Scenarios;

namespace Orrery;

/// <summary>`orrery check`: says whether scenario files are valid, and which runs they make.</summary>
internal sealed class CheckCommand
{
    private const string Description = """
        Checks scenario files (docs/SCENARIOS.md) without running them.

        Examples:
          orrery check scenarios                            every file below a folder
          orrery check half-open.yaml                       errors as file:line:column: what is wrong
          orrery check --json scenarios                     one JSON document, with runs, seeds and hashes

        Exit codes: 0 all valid; 2 a file is invalid, or the arguments make no sense.
        """;

    private readonly Argument<string[]> _paths = new("path") { Description = "Files, or folders with .yaml, .yml and .json files.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var check = new CheckCommand();
        var command = new Command("check", Description) { check._paths, check._json };
        command.SetAction(arguments => check.Run(arguments, terminal));
        return command;
    }

    private int Run(ParseResult arguments, Terminal terminal)
    {
        try
        {
            var files = ScenarioFiles.Read(arguments.GetValue(_paths)!);
            terminal.Output.Write(arguments.GetValue(_json) ? AsJson(files) : Encoding.UTF8.GetBytes(AsText(files)));
            terminal.Output.Flush();
            return files.Any(file => file.Errors.Count > 0) ? VerdictExitCodes.Usage : VerdictExitCodes.Pass;
        }
        catch (UsageException mistake)
        {
            return mistake.Print("check", terminal);
        }
    }

    private static string AsText(List<ScenarioFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            if (file.Errors.Count == 0) text.Append(file.File).Append(": valid, ").Append(Count(file.Runs.Count, "run")).Append('\n');
            foreach (var error in file.Errors) text.Append(error).Append('\n');
        }
        var invalid = files.Count(file => file.Errors.Count > 0);
        return text.Append(Count(files.Count, "file")).Append(", ").Append(invalid).Append(" invalid\n").ToString();
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static byte[] AsJson(List<ScenarioFile> files)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var file in files) WriteFile(writer, file);
            writer.WriteEndArray();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteFile(Utf8JsonWriter writer, ScenarioFile file)
    {
        writer.WriteStartObject();
        writer.WriteString("file", file.File);
        writer.WriteString("name", file.Name);
        writer.WriteBoolean("valid", file.Errors.Count == 0);
        writer.WriteStartArray("errors");
        foreach (var error in file.Errors)
        {
            writer.WriteStartObject();
            writer.WriteNumber("line", error.Position.Line);
            writer.WriteNumber("column", error.Position.Column);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("runs");
        foreach (var run in file.Runs)
        {
            writer.WriteStartObject();
            writer.WriteString("name", run.Name);
            if (run.Seed is { } seed) writer.WriteNumber("seed", seed);
            else writer.WriteNull("seed");
            writer.WriteString("hash", run.Hash);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
