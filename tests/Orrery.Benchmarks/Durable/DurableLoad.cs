using System.Diagnostics;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>What one measured load came to.</summary>
/// <param name="Messages">Acknowledged, or delivered, within the measured time.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="BrokerCpuSeconds">CPU time that the broker used within it.</param>
/// <param name="Others">The share of the machine's processors that neither the broker nor this process used; above some hundredths the
/// figures are doubtful.</param>
/// <param name="Fault">The first loss, duplicate, disorder or error, or null.</param>
internal sealed record DurableResult(long Messages, double Seconds, double BrokerCpuSeconds, double Others, string? Fault)
{
    public double PerSecond => Messages / Seconds;

    public double PerCpuSecond => BrokerCpuSeconds > 0 ? Messages / BrokerCpuSeconds : 0;
}

/// <summary>Publishers that fill the queue of one persistent session, whose client is away, is there, or comes back.</summary>
/// <remarks>One thread, which the caller pins.</remarks>
internal sealed class DurableLoad : IDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(20);

    private readonly Workload _workload;
    private readonly BrokerProcess _broker;
    private readonly long[] _deliveredOf;
    private readonly List<LoadPublisher> _publishers = [];
    private readonly LoadLoop _loop = new();
    private LoadSubscriber? _subscriber;

    /// <param name="workload">Of one subscriber.</param>
    /// <param name="broker">Where.</param>
    public DurableLoad(Workload workload, BrokerProcess broker)
    {
        (_workload, _broker) = (workload, broker);
        _deliveredOf = new long[workload.Publishers];
        using (new LoadSubscriber(broker.EndPoint, workload, 0, _deliveredOf))
        {
            // Makes the session and its subscription.
        }
    }

    /// <summary>From each PUBLISH to its PUBACK, of the last measurement.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>Messages whose PUBACK has come since the start of this load.</summary>
    public long Acknowledged => _publishers.Sum(publisher => publisher.Acknowledged);

    private long Delivered => _subscriber?.Delivered ?? 0;

    /// <summary>Publishes to a session whose client is away; counts what is acknowledged.</summary>
    public DurableResult RunOffline(TimeSpan warmUp, TimeSpan duration) => Run(warmUp, duration, () => Acknowledged);

    /// <summary>Publishes to a session whose client is there; counts what is delivered, waits for all of it, and ends the session.</summary>
    public DurableResult RunThrough(TimeSpan warmUp, TimeSpan duration)
    {
        _subscriber = _loop.Add(new LoadSubscriber(_broker.EndPoint, _workload, 0, _deliveredOf));
        var result = Run(warmUp, duration, () => Delivered);
        var clock = Stopwatch.StartNew();
        while (Acknowledged + Delivered < 2 * _publishers.Sum(publisher => publisher.Published) && clock.Elapsed < DrainMax && _loop.Fault is null)
        {
            _loop.Turn();
        }

        var missing = _publishers.Sum(publisher => publisher.Published) - Delivered;
        using (new LoadSubscriber(_broker.EndPoint, _workload with { IsPersistent = false }, 0, _deliveredOf))
        {
            // Takes the session over and ends it, so that the next load of this broker begins with none.
        }

        return result with { Fault = result.Fault ?? (missing > 0 ? $"{missing} missing" : null) };
    }

    /// <summary>Publishes so many messages to a session whose client is away, until all are acknowledged.</summary>
    /// <param name="count">In all, a multiple of the number of publishers.</param>
    /// <param name="max">After which it is given up.</param>
    /// <param name="onTurn">Is called now and then, with what is acknowledged so far.</param>
    public DurableResult Fill(long count, TimeSpan max, Action<long>? onTurn = null)
    {
        AddPublishers();
        var clock = Stopwatch.StartNew();
        var each = count / _publishers.Count;
        var result = Measure(
            () =>
            {
                foreach (var publisher in _publishers) Publish(publisher, each);
                onTurn?.Invoke(Acknowledged);
                return Acknowledged < count && clock.Elapsed < max;
            },
            () => Acknowledged);
        return result with { Fault = result.Fault ?? (Acknowledged < count ? $"{count - Acknowledged} not acknowledged" : null) };
    }

    /// <summary>The client comes back and takes all that waits for it, whole, once and in order.</summary>
    /// <param name="count">How many that are.</param>
    /// <param name="max">After which it is given up.</param>
    public DurableResult Drain(long count, TimeSpan max)
    {
        var clock = Stopwatch.StartNew();
        var result = Measure(
            () =>
            {
                _subscriber ??= _loop.Add(new LoadSubscriber(_broker.EndPoint, _workload, 0, _deliveredOf));
                return Delivered < count && clock.Elapsed < max;
            },
            () => Delivered);
        return result with { Fault = result.Fault ?? (Delivered < count ? $"{count - Delivered} missing" : null) };
    }

    public void Dispose() => _loop.Dispose();

    private DurableResult Run(TimeSpan warmUp, TimeSpan duration, Func<long> count)
    {
        AddPublishers();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < warmUp && _loop.Fault is null)
        {
            PublishWithinCredit();
            _loop.Turn();
        }

        Latencies.Clear();
        clock.Restart();
        return Measure(
            () =>
            {
                PublishWithinCredit();
                return clock.Elapsed < duration;
            },
            count);
    }

    private DurableResult Measure(Func<bool> turn, Func<long> count)
    {
        var (start, messages, cpu, others) = (Stopwatch.GetTimestamp(), count(), _broker.CpuSeconds, MachineLoad.Read(_broker));
        while (turn() && _loop.Fault is null)
        {
            _loop.Turn();
        }

        return new DurableResult(
            count() - messages, Stopwatch.GetElapsedTime(start).TotalSeconds, _broker.CpuSeconds - cpu, MachineLoad.Read(_broker).Since(others), _loop.Fault);
    }

    private void AddPublishers()
    {
        for (var i = 0; i < _workload.Publishers; i++)
        {
            _publishers.Add(_loop.Add(new LoadPublisher(_broker.EndPoint, _workload, i, Latencies)));
        }
    }

    /// <summary>While the client is there, no more is on the way to it than it can keep up with.</summary>
    private void PublishWithinCredit()
    {
        var creditEach = _subscriber is null ? long.MaxValue : Math.Max(1, _workload.Credit / _publishers.Count);
        for (var i = 0; i < _publishers.Count; i++)
        {
            Publish(_publishers[i], creditEach == long.MaxValue ? creditEach : _deliveredOf[i] + creditEach);
        }
    }

    private static void Publish(LoadPublisher publisher, long countMax)
    {
        while (Math.Min(publisher.Room, countMax - publisher.Published) is > 0 and var room)
        {
            publisher.Publish((int)room);
        }
    }
}
