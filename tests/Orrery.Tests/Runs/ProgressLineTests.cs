using Orrery.Runs;

namespace Orrery.Tests.Runs;

public sealed class ProgressLineTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_bar_grows_on_one_line_a_few_times_a_second_and_is_gone_where_something_is_printed()
    {
        var error = new StringWriter();
        var progress = new ProgressLine(Terminal(error, isScreen: true), 4);

        progress.Advance(hasFailed: false);
        _clock.Milliseconds += 50;
        progress.Advance(hasFailed: true);
        _clock.Milliseconds += 50;
        progress.Advance(hasFailed: false);
        progress.Print(() => error.Write("(a line)"));
        progress.Print(() => error.Write("(another)"));

        Assert.Equal(
            "\r\u001b[K[#######.......................] 1 of 4\r\u001b[K[######################........] 3 of 4, 1 not passed\r\u001b[K(a line)(another)",
            error.ToString());
    }

    [Fact]
    public void After_some_seconds_it_says_how_long_the_rest_takes_if_it_goes_on_so()
    {
        var error = new StringWriter();
        var progress = new ProgressLine(Terminal(error, isScreen: true), 100);

        foreach (var milliseconds in (int[])[4_900, 7_100, 400])
        {
            _clock.Milliseconds += milliseconds;
            progress.Advance(hasFailed: false);
        }

        Assert.Equal(
            ["1 of 100", "2 of 100, 10 min left", "3 of 100, 7 min left"],
            error.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.LastIndexOf(']') + 2)..]));
    }

    [Fact]
    public void Where_standard_error_is_no_screen_nothing_is_drawn()
    {
        var error = new StringWriter();
        var progress = new ProgressLine(Terminal(error, isScreen: false), 1);

        progress.Advance(hasFailed: false);
        progress.Print(() => { });

        Assert.Equal("", error.ToString());
    }

    private Terminal Terminal(StringWriter error, bool isScreen) => new(Stream.Null, Stream.Null, error) { IsErrorScreen = isScreen, Time = _clock };

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; } = 1_000;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Milliseconds;
    }
}
