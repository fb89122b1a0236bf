using System.Diagnostics;
using System.Globalization;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Benchmarks.Router;

/// <summary>The topic tree: look-ups, changes, memory, and walks over retained messages. One line a figure.</summary>
/// <remarks>Times are processor time; rates of changes are per second of it, the actors' and the asker's together.</remarks>
internal static class RouterBenchmark
{
    private const int TopicsMax = 65_536;                   // far more than the processor's cache holds of the large trees
    private const double SecondsEach = 1.0;

    /// <param name="args">How many filters, one run each; default 1000 100000 1000000.</param>
    public static int Run(string[] args)
    {
        int[] sizes = args.Length == 0 ? [1_000, 100_000, 1_000_000] : [.. args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture))];
        foreach (var size in sizes)
        {
            foreach (var shape in FilterShape.All)
            {
                RunSubscriptions(shape, size);
            }
        }

        RunOneFilter(100_000);
        RunRetained(100_000);
        return 0;
    }

    private static void RunSubscriptions(FilterShape shape, int size)
    {
        using var host = new TreeHost();
        var messages = new object[size];
        for (var index = 0; index < size; index++)
        {
            messages[index] = host.SubscribeMessage(shape.Filter(index), index);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var rate = RateOf(host, messages);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / size;
        Print(shape.Name, size, "subscribe", $"{rate:N0} /s, {bytes} bytes each beyond the entry itself");

        var random = new Random(1);
        var topics = new TopicName[Math.Min(size, TopicsMax)];
        for (var index = 0; index < topics.Length; index++)
        {
            topics[index] = shape.Topic(random.Next(size));
        }

        var nanoseconds = MeasureMatch(host.Tree, topics, out var allocated);
        Print(shape.Name, size, "match", $"{nanoseconds:N0} ns, {allocated:N2} bytes allocated");
        if (size <= 1_000) PrintLinear(shape, size, topics, nanoseconds);

        for (var index = 0; index < size; index++)
        {
            messages[index] = host.UnsubscribeMessage(shape.Filter(index), index);
        }

        Print(shape.Name, size, "unsubscribe", $"{RateOf(host, messages):N0} /s");
    }

    private static double RateOf(TreeHost host, object[] messages)
    {
        var before = Environment.CpuUsage.TotalTime;
        host.Ask(messages);
        return messages.Length / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static double MeasureMatch(TopicTree tree, TopicName[] topics, out double allocatedEach)
    {
        var entries = new List<SubscriberEntry>();
        long count = 0;
        var (nanoseconds, allocated) = Measure(() =>
        {
            foreach (var topic in topics)
            {
                entries.Clear();
                tree.Match(topic, entries);
                count += entries.Count;
            }

            return topics.Length;
        });
        if (count == 0 || entries.Count != 1) throw new InvalidOperationException($"a topic has {entries.Count} subscribers, not one");
        allocatedEach = allocated;
        return nanoseconds;
    }

    private static void PrintLinear(FilterShape shape, int size, TopicName[] topics, double treeNanoseconds)
    {
        var filters = Enumerable.Range(0, size).Select(shape.Filter).ToArray();
        var found = new List<TopicFilter>();
        var (nanoseconds, _) = Measure(() =>
        {
            foreach (var topic in topics)
            {
                found.Clear();
                foreach (var filter in filters)
                {
                    if (filter.Matches(topic)) found.Add(filter);
                }
            }

            return topics.Length;
        });
        Print(shape.Name, size, "linear", $"{nanoseconds:N0} ns, {nanoseconds / treeNanoseconds:N1} times the tree's");
    }

    private static void RunOneFilter(int size)
    {
        using var host = new TreeHost();
        var filter = TopicFilter.Parse("plant/all");
        var sessions = Enumerable.Range(0, size).Select(host.AddSession).ToArray();
        var messages = Array.ConvertAll(sessions, session => TreeHost.SubscribeMessage(session, filter, 0));

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var rate = RateOf(host, messages);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / size;
        Print("one filter", size, "subscribe", $"{rate:N0} /s, {bytes} bytes each beyond the entry itself, {host.Tree.Version:N0} publications");

        var entries = new List<SubscriberEntry>(size);
        var topic = TopicName.Parse("plant/all");
        var (nanoseconds, _) = Measure(() =>
        {
            entries.Clear();
            host.Tree.Match(topic, entries);
            return entries.Count;
        });
        Print("one filter", size, "match", $"{nanoseconds:N2} ns a subscriber");
    }

    private static void RunRetained(int size)
    {
        using var host = new TreeHost();
        var shape = FilterShape.All[0];
        var messages = Enumerable.Range(0, size)
            .Select(index => (object)new TopicProtocol.Retain(
                new ApplicationMessage { Topic = shape.Topic(index), Payload = new byte[16], Retain = true }, index))
            .ToArray();

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var rate = RateOf(host, messages);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / size;
        Print("retained", size, "retain", $"{rate:N0} /s, {bytes} bytes each beyond the message itself");

        foreach (var text in new[] { "#", "plant/+/+/state", "plant/7/#", shape.FilterText(77) })
        {
            var filter = TopicFilter.Parse(text);
            var found = new List<ApplicationMessage>();
            var (nanoseconds, allocated) = Measure(() =>
            {
                found.Clear();
                host.Tree.MatchRetained(filter, found);
                return found.Count;
            });
            Print("retained", size, text, $"{nanoseconds:N1} ns and {allocated:N1} bytes allocated a message, {found.Count:N0} found");
        }
    }

    /// <summary>Runs an action, which says how many things it did, for a second after a shorter warm-up.</summary>
    /// <remarks>Processor time, so that what else runs on the machine counts as little as can be.</remarks>
    private static (double Nanoseconds, double AllocatedBytes) Measure(Func<int> action)
    {
        // Reading the clock costs as much as a few look-ups, so it is read once a batch.
        var batch = 1;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < SecondsEach / 3;)
        {
            var start = watch.Elapsed;
            for (var index = 0; index < batch; index++) action();
            if ((watch.Elapsed - start).TotalMilliseconds < 5) batch *= 2;
        }

        long count = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var before = Environment.CpuUsage.TotalTime;
        TimeSpan used;
        do
        {
            for (var index = 0; index < batch; index++) count += action();
            used = Environment.CpuUsage.TotalTime - before;
        }
        while (used.TotalSeconds < SecondsEach);

        return (used.TotalNanoseconds / count, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count);
    }

    private static void Print(string shape, int size, string what, string figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"router {shape,-10} {size,9:N0}  {what,-16} ") + figure);
}
