using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Tests.Worlds;

public sealed class DeterminismTests
{
    private static readonly LinkOptions Rough = new()
    {
        LatencyNanoseconds = 2_000_000,
        JitterMeanNanoseconds = 10_000_000,
        TailPerMillion = 1_000,
        TailNanoseconds = 500_000_000,
        SegmentBytesMin = 1,
        SegmentBytesMax = 40,
        BytesPerSecond = 100_000,
    };

    [Fact]
    public void C3_A_world_of_100_clients_runs_twice_in_one_process_with_one_hash()
    {
        var difference = DivergenceFinder.Find(
            new KernelOptions { Seed = 7, CheckpointInterval = 512 }, options => Fleet(options, Rough).World.Kernel, options => Fleet(options, Rough).World.Kernel);

        Assert.Null(difference);
    }

    [Fact]
    public void Another_seed_is_another_run() => Assert.NotEqual(
        Fleet(new KernelOptions { Seed = 7 }, Rough).World.Kernel.Hash, Fleet(new KernelOptions { Seed = 8 }, Rough).World.Kernel.Hash);

    [Fact]
    public void C7_Tracing_changes_no_hash() => Assert.Equal(
        Fleet(new KernelOptions { Seed = 7 }, Rough).World.Kernel.Hash,
        Fleet(new KernelOptions { Seed = 7, CheckpointInterval = 512, TracedInterval = 3 }, Rough).World.Kernel.Hash);

    [Fact]
    public void C9_A_planted_difference_in_one_payload_is_found_in_the_message_that_carries_it()
    {
        var options = new KernelOptions { Seed = 7, CheckpointInterval = 512 };
        var difference = DivergenceFinder.Find(options, o => Fleet(o, Rough).World.Kernel, o => Fleet(o, Rough, planted: 40).World.Kernel);

        Assert.NotNull(difference);
        Assert.Equal("client40->b1#1", difference.Source);
        Assert.StartsWith("bytes[", difference.Field, StringComparison.Ordinal);
        Assert.NotEmpty(difference.Causes);
    }

    [Fact]
    public void Every_message_of_the_fleet_arrives_once()
    {
        var (_, hub) = Fleet(new KernelOptions { Seed = 7 }, Rough);

        var texts = World.Deliveries(hub).Select(delivery => delivery.Text).ToArray();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"fleet/client{i}=hello {i}").Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }

    [Theory]                                    // MM-1: how a stream is cut has no meaning
    [InlineData(1), InlineData(2), InlineData(3), InlineData(16), InlineData(536), InlineData(65_535)]
    public void Mm1_However_the_bytes_are_cut_the_same_is_delivered(int segmentBytes)
    {
        var whole = Fleet(new KernelOptions(), new LinkOptions { LatencyNanoseconds = 1_000_000 });
        var cut = Fleet(new KernelOptions(), new LinkOptions { LatencyNanoseconds = 1_000_000, SegmentBytesMin = segmentBytes, SegmentBytesMax = segmentBytes });

        Assert.Equal(World.Deliveries(whole.Hub), World.Deliveries(cut.Hub));
    }

    /// <summary>A hundred clients that each tell a hub something at QoS 2.</summary>
    private static (World World, ClientModel Hub) Fleet(KernelOptions options, LinkOptions links, int planted = -1)
    {
        var world = new World(options, links);
        var hub = world.Model("hub");
        hub.Connect();
        world.RunTo(5);
        hub.Subscribe(World.Subscription("fleet/+"));
        world.RunTo(10);
        var clients = Enumerable.Range(0, 100).Select(i => world.Model($"client{i}", new ClientOptions { KeepAliveSeconds = 20 })).ToArray();
        foreach (var client in clients) client.Connect();
        world.RunTo(20);
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i].Publish(World.Message($"fleet/client{i}", $"{(i == planted ? "hullo" : "hello")} {i}", QoS.ExactlyOnce));
        }

        world.RunTo(60);
        return (world, hub);
    }
}
