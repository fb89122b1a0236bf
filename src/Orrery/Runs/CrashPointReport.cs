using System.Text;

namespace Orrery.Runs;

/// <summary>Prints what comes of crashing runs: a line or an object a run, once all of its points are judged, and a last line.</summary>
internal sealed class CrashPointReport
{
    private readonly Terminal _terminal;
    private readonly ProgressLine _progress;
    private readonly CrashPointCounts _counts;
    private readonly int _nameWidth;
    private readonly List<CrashOutcome> _ofRun = [];    // of the run whose turn it is
    private CrashedRun? _run;

    /// <summary>Begins a report of runs that will be crashed.</summary>
    public CrashPointReport(Terminal terminal, IReadOnlyList<CrashedRun> runs)
    {
        var planned = runs.Sum(run => run.Points.Count);
        (_terminal, _progress, _counts) = (terminal, new ProgressLine(terminal, planned), new CrashPointCounts(planned));
        _nameWidth = runs.Max(run => run.Planned.Run.Name.Length);
    }

    /// <summary>Whether objects are printed; the last line then goes to standard error.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether nothing is printed of a run that passed.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>A piece is judged; its turn may come later. Any thread may say so.</summary>
    public void Advance(CrashPiece piece) => _progress.Advance(piece.Outcomes.Any(CrashPointText.IsNoteworthy));

    /// <summary>The turn of a piece has come.</summary>
    public void Add(CrashPiece piece)
    {
        _run = piece.Run;
        _counts.Add(piece);
        _ofRun.AddRange(piece.Outcomes);
        if (piece.IsLast) PrintRun(isPart: false);
    }

    /// <summary>No more pieces come: prints what is left to say.</summary>
    /// <returns>The exit code.</returns>
    public int Finish(TimeSpan elapsed)
    {
        if (_ofRun.Count > 0) PrintRun(isPart: true);
        var summary = CrashPointText.Summary(_counts, elapsed);
        if (IsJson) _progress.Print(() => _terminal.Error.Write(summary));
        else Print(Encoding.UTF8.GetBytes(summary));
        _terminal.Output.Flush();
        return _counts.ExitCode;
    }

    /// <summary>Somebody interrupted while operations were counted.</summary>
    /// <returns>The exit code.</returns>
    public static int FinishBeforeFirst(Terminal terminal, bool isJson, TimeSpan elapsed)
    {
        var summary = CrashPointText.NothingCrashed(elapsed);
        if (isJson) terminal.Error.Write(summary);
        else terminal.Output.Write(Encoding.UTF8.GetBytes(summary));
        terminal.Output.Flush();
        return VerdictExitCodes.Unknown;
    }

    private void PrintRun(bool isPart)
    {
        var planned = _run!.Planned;
        if (IsJson) Print(CrashPointText.Json(planned, _ofRun, isPart));
        else if (!IsQuiet || _ofRun.Exists(CrashPointText.IsNoteworthy)) Print(Encoding.UTF8.GetBytes(CrashPointText.Of(planned, _ofRun, isPart, _nameWidth)));
        if (_terminal.IsErrorScreen) _terminal.Output.Flush();
        _ofRun.Clear();
    }

    private void Print(byte[] text) => _progress.Print(() => _terminal.Output.Write(text));
}
