using System.Diagnostics;

namespace Orrery.CrashTests;

/// <summary>What a run in one mode came to.</summary>
/// <param name="Mode">The mode of durability.</param>
/// <param name="Kills">How often the broker was killed.</param>
/// <param name="Acknowledged">Messages that the broker acknowledged.</param>
/// <param name="Delivered">Messages that sessions got, each once.</param>
/// <param name="Findings">What is wrong.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failure">Why nobody can tell; null if one can.</param>
/// <param name="Moments">How many kills each moment had.</param>
internal sealed record CrashResult(
    string Mode, int Kills, long Acknowledged, long Delivered, IReadOnlyList<Finding> Findings, TimeSpan Elapsed, string? Failure,
    IReadOnlyDictionary<string, int> Moments);

/// <summary>The broker did not do what it must for anything to be judged.</summary>
internal sealed class BrokerFailedException(string message) : Exception(message);

/// <summary>One run: starts the broker, lets the clients work, kills it, and so on; and judges what they saw.</summary>
internal sealed partial class CrashRun : IDisposable
{
    private const int RoundsBetweenSettling = 9;

    private static readonly TimeSpan ListenLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ClientLimit = TimeSpan.FromSeconds(30);

    private readonly CrashHistory _history = new();
    private readonly CrashJudge _judge = new();
    private readonly HistoryFile _file;
    private readonly BrokerUnderTest _broker;
    private readonly KillSwitch _switch;
    private readonly Cast _cast;
    private readonly int _port;
    private readonly SortedDictionary<string, int> _moments = [];
    private TimeSpan _startUp = TimeSpan.FromMilliseconds(300);     // the first guess
    private TimeSpan _patience;
    private CancellationToken _cancellation;
    private int _kills;

    /// <param name="command">What starts the broker.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="historyPath">Where the history is written.</param>
    public CrashRun(IReadOnlyList<string> command, int port, string historyPath)
    {
        _port = port;
        _file = new HistoryFile(historyPath);
        _broker = new BrokerUnderTest(command, port);
        _switch = new KillSwitch(_history, _broker);
        _cast = new Cast(_history);
    }

    /// <summary>How often the broker was killed so far.</summary>
    public int Kills => _kills;

    /// <summary>Does it all. Ends early when something is wrong that is not forgiven.</summary>
    /// <param name="mode">The mode of durability, for the result.</param>
    /// <param name="kills">How often to kill.</param>
    /// <param name="seed">Of the plan.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="patience">How long to wait for what is owed while nothing of it comes.</param>
    /// <param name="isForgiven">What the mode promises nothing about.</param>
    /// <param name="progress">Is told of each kill.</param>
    /// <param name="cancellation">Ends it: kills the broker, and waits for nothing any more.</param>
    /// <exception cref="OperationCanceledException">It was cancelled, so nobody can tell.</exception>
    public CrashResult Run(
        string mode, int kills, int seed, TimeSpan limit, TimeSpan patience, Func<Finding, bool> isForgiven, Action progress,
        CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        string? failure = null;
        (_patience, _cancellation) = (patience, cancellation);
        using var ending = cancellation.Register(_switch.Kill);     // a broker that hangs would keep whoever writes to it
        try
        {
            cancellation.ThrowIfCancellationRequested();
            Settle();
            for (var round = 0; _kills < kills; round++)
            {
                progress();
                cancellation.ThrowIfCancellationRequested();
                if (_judge.Findings.Any(finding => !isForgiven(finding))) break;
                if (Stopwatch.GetElapsedTime(start) > limit) throw new BrokerFailedException($"the time limit of {limit.TotalSeconds:0} s came after {_kills} of {kills} kills");
                if (round % (RoundsBetweenSettling + 1) == RoundsBetweenSettling || _kills == kills - 1) Settle();
                else LiveAndDie(RoundPlan.Draw(seed, round, _startUp));
            }

            progress();
        }
        catch (BrokerFailedException failed)
        {
            // Ctrl+C ends the broker too, which says good-bye to its clients: that is no breach of a rule.
            cancellation.ThrowIfCancellationRequested();
            failure = failed.Message;
        }

        cancellation.ThrowIfCancellationRequested();                // what was owed last may be missing
        Feed();
        return new CrashResult(mode, _kills, _judge.Acknowledged, _judge.Delivered, [.. _judge.Findings], Stopwatch.GetElapsedTime(start), failure, _moments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _broker.Dispose();
        _cast.Dispose();
        _switch.Dispose();
        _file.Dispose();
    }

    private void Start()
    {
        _cancellation.ThrowIfCancellationRequested();
        _switch.Reset();
        _history.Add(CrashEventKind.Started, "", _broker.Starts + 1);
        _broker.Start();
    }

    private void AwaitListening()
    {
        var start = Stopwatch.GetTimestamp();
        if (!_broker.WaitUntilListening(ListenLimit, _cancellation))
        {
            throw new BrokerFailedException($"the broker does not listen on port {_port} {(_broker.IsAlive ? $"after {ListenLimit.TotalSeconds:0} s" : "and has ended")}; it said:\n{_broker.Said}");
        }

        _startUp = Stopwatch.GetElapsedTime(start);
        _history.Add(CrashEventKind.Listening, "", _broker.Starts);
    }

    /// <summary>Kills the broker, unless that was done, and waits until every client has seen it.</summary>
    private void End(string moment)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (!_broker.IsAlive && !_switch.IsUsed) throw new BrokerFailedException($"the broker ended by itself; it said:\n{_broker.Said}");
        _switch.Kill();
        _broker.WaitForEnd();
        foreach (var client in _cast.All)
        {
            if (!client.WaitUntilOver(ClientLimit)) throw new BrokerFailedException($"the connection of {client.Options.Name} outlives the broker");
        }

        _history.Add(CrashEventKind.Killed, "", _broker.Starts);
        _kills++;
        _moments[moment] = _moments.GetValueOrDefault(moment) + 1;
        Feed();
    }

    private void Feed()
    {
        var events = _history.Take();
        _file.Write(events);
        foreach (var one in events) _judge.Add(one);
    }

    /// <summary>Waits while the broker lives.</summary>
    /// <returns>Whether it became true.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    private bool Until(Func<bool> condition, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            _cancellation.ThrowIfCancellationRequested();
            if (_switch.IsUsed || !_broker.IsAlive || Stopwatch.GetElapsedTime(start) > limit) return false;
            Thread.Sleep(1);
        }

        return true;
    }
}
