using System.Globalization;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Measuring;

/// <summary>The worlds that are measured, up and connected.</summary>
internal static class Workloads
{
    /// <summary>Publishers that each keep some messages on their way to a subscriber of their own.</summary>
    /// <param name="options">How the world is run.</param>
    /// <param name="pairs">Publishers, and as many subscribers.</param>
    /// <param name="window">Messages of a publisher that are not yet acknowledged.</param>
    /// <param name="planted">The message of the first publisher that has another payload; -1 for none.</param>
    public static MeasuredWorld Streams(KernelOptions options, int pairs, int window, long planted = -1)
    {
        var world = new MeasuredWorld(options);
        var broker = world.Broker("b1");
        var starts = new List<Action>();
        for (var i = 0; i < pairs; i++)
        {
            var topic = Text($"stream/{i}");
            var (message, other) = (MeasuredWorld.Message(topic), MeasuredWorld.Message(topic, 0x2B));
            var subscriber = world.Client(broker, Text($"s{i}"), 60);
            var isFirst = i == 0;
            ClientModel? publisher = null;
            publisher = world.Client(broker, Text($"p{i}"), 60, () => publisher!.Publish(isFirst && world.Acknowledged >= planted && planted >= 0 ? other : message));
            starts.Add(() => subscriber.Subscribe(MeasuredWorld.To(topic)));
            starts.Add(() =>
            {
                for (var sent = 0; sent < window; sent++) publisher.Publish(message);
            });
        }

        world.RunFor(MeasuredWorld.Second);
        starts.ForEach(start => start());
        return world;
    }

    /// <summary>Clients that each publish once a second what the next of them gets.</summary>
    public static MeasuredWorld Fleet(KernelOptions options, int clients)
    {
        var world = new MeasuredWorld(options);
        var broker = world.Broker("b1");
        var all = Enumerable.Range(0, clients).Select(i => world.Client(broker, Text($"c{i}"), 60)).ToArray();
        world.RunFor(MeasuredWorld.Second);
        for (var i = 0; i < clients; i++)
        {
            all[i].Subscribe(MeasuredWorld.To(Text($"fleet/{(i + 1) % clients}")));
        }

        world.RunFor(MeasuredWorld.Second);
        for (var i = 0; i < clients; i++)
        {
            new MeasuredWorld.Pulse(world.Kernel, all[i], MeasuredWorld.Message(Text($"fleet/{i}"))).Start(MeasuredWorld.Second / clients * i);
        }

        return world;
    }

    /// <summary>Brokers with clients that are connected and say nothing.</summary>
    public static MeasuredWorld Idle(KernelOptions options, int brokers, int clientsEach)
    {
        var world = new MeasuredWorld(options);
        for (var i = 0; i < brokers; i++)
        {
            var broker = world.Broker(Text($"b{i}"));
            for (var j = 0; j < clientsEach; j++)
            {
                world.Client(broker, Text($"b{i}c{j}"), 60);
            }
        }

        return world;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
