using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Orrery.Simulation.Reports;
using Orrery.Simulation.Running;

namespace Orrery.Runs;

/// <summary>The options that write a run to a file, and the names of these files.</summary>
internal sealed class ReportFlags
{
    private const int NameMax = 120;                // of a file: far below what any file system takes

    private readonly Option<string?> _timeline = new("--timeline") { Description = "Write every event as text; '-' is standard output. Of several runs, here and below, into a folder.", HelpName = "file" };
    private readonly Option<string?> _html = new("--html") { Description = "Write a page with the space-time diagram, for a browser.", HelpName = "file" };
    private readonly Option<string?> _capture = new("--pcapng") { Description = "Write the packets as a capture for Wireshark.", HelpName = "file" };
    private readonly Option<string?> _lines = new("--jsonl") { Description = "Write every event as a line of JSON.", HelpName = "file" };

    private Option[] All => [_timeline, _html, _capture, _lines];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    /// <summary>The names of those that the user gave.</summary>
    public IEnumerable<string> NamesGiven(CommandResult result) => All.Where(option => result.GetResult(option) is not null).Select(option => option.Name);

    /// <summary>Whether timelines are to be printed.</summary>
    public bool PrintsTimeline(ParseResult arguments) => arguments.GetValue(_timeline) == "-";

    /// <summary>What the options say to write for which run.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="plan">All runs. With more than one the options name folders, which are made; repetitions are written once.</param>
    /// <exception cref="UsageException">A folder cannot be made.</exception>
    public ReportFiles FilesFor(ParseResult arguments, IReadOnlyList<PlannedRun> plan)
    {
        var runs = plan.Where(planned => planned.Repetition == 1).ToArray();
        var wanted = new List<(string Path, string Extension, Action<RunResult, Stream> Write)>();
        void Want(Option<string?> option, string extension, Action<RunResult, Stream> write)
        {
            if (arguments.GetValue(option) is not { } path || (option == _timeline && path == "-")) return;
            if (runs.Length > 1 || Path.EndsInDirectorySeparator(path))
            {
                try
                {
                    Directory.CreateDirectory(path);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    throw new UsageException($"{option.Name} {path}: no such folder can be made: {failure.Message}");
                }
            }
            wanted.Add((path, extension, write));
        }

        Want(_timeline, ".txt", (result, stream) => Write(stream, output => TimelineWriter.Write(result, output)));
        Want(_html, ".html", WritePage);
        Want(_capture, ".pcapng", (result, stream) => Write(stream, output => PcapngWriter.Write(result.History, output)));
        Want(_lines, ".jsonl", (result, stream) => Write(stream, output => JsonLinesWriter.Write(result, output)));
        return new ReportFiles(wanted, wanted.Count == 0 ? [] : NamesOf(runs));
    }

    private static void WritePage(RunResult result, Stream stream)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        HtmlReport.Write(result, writer);
    }

    private static void Write(Stream stream, Action<StreamBufferWriter> write)
    {
        var output = new StreamBufferWriter(stream);
        write(output);
        output.Flush();
    }

    // Names of runs hold characters that names of files cannot; two that become one get numbers.
    private static Dictionary<PlannedRun, string> NamesOf(IReadOnlyList<PlannedRun> runs)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new Dictionary<PlannedRun, string>();
        foreach (var planned in runs)
        {
            var letters = planned.Run.Name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '=' ? character : '_');
            var stem = string.Create(CultureInfo.InvariantCulture, $"{string.Concat(letters.Take(NameMax)).TrimEnd('_')}-seed{planned.Seed}");
            var name = stem;
            for (var number = 2; !taken.Add(name); number++) name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
            names[planned] = name;
        }
        return names;
    }
}

/// <summary>The files that runs are written to.</summary>
internal sealed class ReportFiles(
    IReadOnlyList<(string Path, string Extension, Action<RunResult, Stream> Write)> wanted, IReadOnlyDictionary<PlannedRun, string> names)
{
    /// <summary>Whether anything is to be written.</summary>
    public bool AreWanted => wanted.Count > 0;

    /// <summary>Writes a run that is over. Any thread may call it.</summary>
    /// <exception cref="UsageException">A file cannot be written.</exception>
    public void Write(PlannedRun planned, RunResult result)
    {
        if (planned.Repetition > 1) return;
        foreach (var (path, extension, write) in wanted)
        {
            var file = Directory.Exists(path) ? Path.Combine(path, names[planned] + extension) : path;
            try
            {
                using var stream = File.Create(file);
                write(result, stream);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"cannot write {file}: {failure.Message}");
            }
        }
    }
}
