using System.Diagnostics;
using System.Net;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>What one run of a load came to.</summary>
/// <param name="Delivered">Deliveries within the measured time.</param>
/// <param name="Seconds">The measured time.</param>
/// <param name="BrokerCpuSeconds">CPU time that the broker used within it.</param>
/// <param name="Missing">Deliveries still owed after the drain; 0 is right, at QoS 0 too, for nothing here overflows.</param>
/// <param name="Fault">The first loss, duplicate, disorder or error, or null.</param>
internal sealed record LoadResult(long Delivered, double Seconds, double BrokerCpuSeconds, long Missing, string? Fault)
{
    public double DeliveriesPerSecond => Delivered / Seconds;

    public double DeliveriesPerCpuSecond => BrokerCpuSeconds > 0 ? Delivered / BrokerCpuSeconds : 0;
}

/// <summary>Drives one broker with one load from one thread: poll, read everything, then publish what the credit allows.</summary>
internal sealed class LoadGenerator(Workload workload, IPEndPoint broker, Func<double> brokerCpuSeconds) : IDisposable
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);

    private readonly List<LoadPublisher> _publishers = [];
    private readonly List<LoadSubscriber> _subscribers = [];
    private readonly long[] _deliveredOf = new long[workload.Publishers];
    private readonly LoadLoop _loop = new();

    /// <summary>Connects, warms up, measures and drains.</summary>
    public LoadResult Run(TimeSpan warmUp, TimeSpan duration)
    {
        Connect();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < warmUp && Fault is null) Turn(publish: true);

        var (startTime, startCpu, startCount) = (clock.Elapsed, brokerCpuSeconds(), Delivered);
        while (clock.Elapsed - startTime < duration && Fault is null) Turn(publish: true);
        var (time, cpu, count) = (clock.Elapsed - startTime, brokerCpuSeconds() - startCpu, Delivered - startCount);

        var drainStart = clock.Elapsed;
        while (Owed > 0 && clock.Elapsed - drainStart < DrainMax && Fault is null) Turn(publish: false);
        return new LoadResult(count, time.TotalSeconds, cpu, Owed, Fault);
    }

    public void Dispose() => _loop.Dispose();

    private long Delivered => _subscribers.Sum(subscriber => subscriber.Delivered);

    private long Owed => _publishers.Sum(publisher => publisher.Published) * workload.DeliveriesPerMessage - Delivered;

    private string? Fault => _loop.Fault;

    private void Connect()
    {
        for (var i = 0; i < workload.Subscribers; i++)
        {
            _subscribers.Add(_loop.Add(new LoadSubscriber(broker, workload, i, _deliveredOf)));
        }

        for (var i = 0; i < workload.Publishers; i++)
        {
            _publishers.Add(_loop.Add(new LoadPublisher(broker, workload, i)));
        }
    }

    private void Turn(bool publish)
    {
        _loop.Turn();
        if (publish) PublishWithinCredit();
    }

    private void PublishWithinCredit()
    {
        var creditEach = Math.Max(1, workload.Credit / workload.Publishers);
        for (var i = 0; i < _publishers.Count; i++)
        {
            var publisher = _publishers[i];
            while (true)
            {
                var owed = publisher.Published * workload.DeliveriesPerMessage - _deliveredOf[i];
                var room = Math.Min(publisher.Room, (creditEach - owed) / workload.DeliveriesPerMessage);
                // Full writes only, while many are on their way: what a busy publisher's socket buffer does.
                if (room <= 0 || (owed > creditEach / 2 && room < publisher.Room)) break;
                publisher.Publish((int)room);
            }
        }
    }
}
