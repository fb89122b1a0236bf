namespace Orrery.Output;

/// <summary>One line on standard error that says how far long work has come, where a person watches.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);       // short work says nothing
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly bool _isShown;
    private TimeSpan _next = Quiet;
    private int _width;

    /// <summary>Starts the clock.</summary>
    /// <param name="error">Where the line goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isShown">Whether it is shown at all; null, the default, if standard error is a terminal.</param>
    public ProgressLine(TextWriter error, TimeProvider time, bool? isShown = null)
    {
        (_error, _time, _start) = (error, time, time.GetTimestamp());
        _isShown = isShown ?? (ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected);
    }

    /// <summary>How often <see cref="Count"/> was called.</summary>
    public long Counted { get; private set; }

    /// <summary>Work goes on, and nobody knows how much there is.</summary>
    /// <param name="what">What is being done.</param>
    public void Tick(string what)
    {
        if (IsDue(out var elapsed)) Show($"{what}, {elapsed.TotalSeconds:N0} s");
    }

    /// <summary>One more is done.</summary>
    /// <param name="what">Of what, in the plural.</param>
    public void Count(string what)
    {
        Counted++;
        if (IsDue(out var elapsed)) Show($"{Counted:N0} {what}, {Counted / elapsed.TotalSeconds:N0} a second, {elapsed.TotalSeconds:N0} s");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_width > 0) _error.Write($"\r{new string(' ', _width)}\r");
        _width = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private bool IsDue(out TimeSpan elapsed)
    {
        elapsed = default;
        if (!_isShown) return false;
        elapsed = _time.GetElapsedTime(_start);
        if (elapsed < _next) return false;
        _next = elapsed + Interval;
        return true;
    }

    private void Show(string text)
    {
        _error.Write($"\r{text.PadRight(_width)}");
        _error.Flush();
        _width = text.Length;
    }
}
