using System.Globalization;

namespace Orrery.Runs;

/// <summary>A bar on the last line of standard error that shows how far a command is, and how long the rest may take; nothing where that is no screen.</summary>
internal sealed class ProgressLine(Terminal terminal, int total)
{
    private const int Width = 30;
    private const string Clear = "\r\u001b[K";                              // to the line's start, and blank it

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);     // often enough for the eye

    private static readonly TimeSpan GuessedAfter = TimeSpan.FromSeconds(5);        // the first runs take longer than the rest

    private readonly Lock _lock = new();                                    // runs end on several threads
    private readonly long _begun = terminal.Time.GetTimestamp();
    private long _shown;
    private int _done;
    private int _failed;
    private bool _isVisible;

    /// <summary>One more run has ended. Any thread may say so.</summary>
    public void Advance(bool hasFailed)
    {
        lock (_lock)
        {
            _done++;
            if (hasFailed) _failed++;
            if (!terminal.IsErrorScreen || (_shown != 0 && terminal.Time.GetElapsedTime(_shown) < Interval)) return;
            _shown = Math.Max(1, terminal.Time.GetTimestamp());
            _isVisible = true;
            terminal.Error.Write(Clear + Text());
            terminal.Error.Flush();
        }
    }

    /// <summary>Prints something to standard output, where the bar would be in its way. The next <see cref="Advance"/> brings it back.</summary>
    public void Print(Action print)
    {
        lock (_lock)
        {
            if (_isVisible) terminal.Error.Write(Clear);
            _isVisible = false;
            terminal.Error.Flush();
            print();
        }
    }

    private string Text()
    {
        var filled = (int)((long)Width * _done / total);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('.', Width - filled)}] {_done} of {total}{(_failed > 0 ? $", {_failed} not passed" : "")}{Left()}");
    }

    /// <summary>How long the rest takes if it goes on as it went so far.</summary>
    private string Left()
    {
        var elapsed = terminal.Time.GetElapsedTime(_begun);
        if (elapsed < GuessedAfter || _done == total) return "";
        var left = elapsed * ((double)(total - _done) / _done);
        return left < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(left.TotalSeconds)} s left")
            : string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(left.TotalMinutes)} min left");
    }
}
