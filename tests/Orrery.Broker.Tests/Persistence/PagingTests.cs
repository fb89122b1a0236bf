using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>Queues that the store has: an offline session keeps numbers, and reads its messages when its client is there.</summary>
public class PagingTests
{
    [Fact]
    public void A_hundred_thousand_messages_wait_on_disk_and_come_in_order_and_once()
    {
        const int Messages = 100_000;
        var world = new DurableWorld(new BrokerOptions { QueuedMessagesMax = Messages });
        world.Durable("s").Subscribe("t", QoS.AtLeastOnce);
        world.World.Connect("s", cleanStart: false, sessionExpiry: 3_600).Drop();
        var publisher = world.Plain("p");
        for (var i = 0; i < Messages; i += 1_000)
        {
            publisher.SendLater([.. Enumerable.Range(i, 1_000).Select(n => Publish("t", $"{n}", QoS.AtLeastOnce, (ushort)((n % 60_000) + 1)))]);
            world.World.Run();
        }

        Assert.Equal(Messages, publisher.TakeAll().Count);
        Assert.Equal(Messages, world.World.Statistics()[Counter.StoredMessages]);
        Assert.Equal(0, world.Store.Reads);
        world.Crash();
        Assert.Equal(Messages, world.Ready().QueuedMessages);
        var got = CrashPointTests.Drain(world.Durable("s"));

        Assert.Equal(Enumerable.Range(0, Messages).Select(n => $"{n}"), got);
        Assert.Empty(world.Store.Model["s"].Entries);
        Assert.Equal(0, world.World.Statistics()[Counter.StoredMessages]);
        Assert.InRange(world.Store.Reads, Messages / 1_024, (Messages / 512) + 2);
    }

    [Fact]
    public void A_slow_client_with_large_messages_has_no_more_than_a_page_and_a_half_in_memory()
    {
        const int Messages = 40;                        // 2.5 MiB
        var world = new DurableWorld();
        world.Durable("s").Subscribe("t", QoS.AtLeastOnce);
        world.World.Connect("s", cleanStart: false, sessionExpiry: 3_600).Drop();
        var publisher = world.Plain("p");
        for (var i = 0; i < Messages; i++)
        {
            publisher.Publish("t", $"{i}".PadRight(64 * 1024), QoS.AtLeastOnce, (ushort)(i + 1));
        }

        var subscriber = world.Durable("s", with: c => c with { ReceiveMaximum = 1 });

        Assert.Equal(1, subscriber.InboxCount);
        Assert.Equal(1, world.Store.Reads);             // 3 of 64 KiB: a page has 256 KiB
        var got = CrashPointTests.Drain(subscriber);
        Assert.Equal(Enumerable.Range(0, Messages).Select(n => $"{n}"), got.Select(payload => payload.TrimEnd()));
        Assert.InRange(world.Store.Reads, Messages / 4, Messages);
    }

    [Fact]
    public void A_session_that_keeps_up_reads_nothing()
    {
        var world = new DurableWorld();
        var subscriber = world.Durable("s");
        subscriber.Subscribe("t", QoS.AtLeastOnce);
        var publisher = world.Plain("p");
        for (ushort i = 1; i <= 500; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
            subscriber.Send(PubAck(subscriber.ExpectPublish("t", $"{i}")));
        }

        Assert.Equal(0, world.Store.Reads);
    }

    [Fact]
    public void A_live_session_that_falls_behind_leaves_its_queue_to_the_store_and_catches_up()
    {
        var world = new DurableWorld();
        var subscriber = world.Durable("s", with: c => c with { ReceiveMaximum = 3 });
        subscriber.Subscribe("t", QoS.AtLeastOnce);
        var publisher = world.Plain("p");
        PublishMany(publisher, 0, 5_000);

        Assert.Equal(3, subscriber.InboxCount);
        Assert.Equal(5_000, world.World.Statistics()[Counter.StoredMessages]);
        var got = CrashPointTests.Drain(subscriber);
        PublishMany(publisher, 5_000, 5_100);
        got.AddRange(CrashPointTests.Drain(subscriber));

        Assert.Equal(Enumerable.Range(0, 5_100).Select(n => $"{n}"), got);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whatever_the_order_of_the_actors_and_the_speed_of_the_disk_each_message_comes_once_and_in_order(ulong seed)
    {
        var random = new Random((int)seed);
        var store = new FakeStore();
        var world = new BrokerWorld(
            new BrokerOptions { QueuedMessagesMax = 1_000_000 },
            new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom }, store: store);
        var subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 3_600);
        subscriber.Subscribe("t/#", QoS.AtLeastOnce);
        TestClient[] publishers = [world.Connect("p"), world.Connect("q"), world.Connect("r")];
        var sent = new int[publishers.Length];
        var got = new List<string>();
        for (var step = 0; step < 400; step++)
        {
            store.IsPrompt = random.Next(3) == 0;
            var p = random.Next(publishers.Length);
            var count = random.Next(4) == 0 ? random.Next(700) : random.Next(20);
            publishers[p].SendLater([.. Enumerable.Range(0, count).Select(n => Publish($"t/{p}", $"{p} {sent[p]++}", QoS.AtLeastOnce, (ushort)(n + 1)))]);
            world.Run();
            publishers[p].TakeAll();
            if (random.Next(3) > 0)
            {
                foreach (var publish in subscriber.TakeAll().Cast<PublishPacket>())
                {
                    got.Add(TestClient.Text(publish));
                    subscriber.SendLater(PubAck(publish));
                }
            }

            if (random.Next(10) == 0)
            {
                got.AddRange(subscriber.TakeAll().OfType<PublishPacket>().Select(TestClient.Text));
                subscriber.Drop();
                store.IsPrompt = true;
                store.Answer();
                world.Run();
                subscriber = world.Connect("s", cleanStart: false, sessionExpiry: 3_600, with: c => c with { ReceiveMaximum = (ushort)random.Next(1, 300) });
            }

            store.Answer();
            world.Run();
        }

        store.IsPrompt = true;
        store.Answer();
        world.Run();
        got.AddRange(CrashPointTests.Drain(subscriber));

        for (var p = 0; p < publishers.Length; p++)
        {
            Assert.Equal(Enumerable.Range(0, sent[p]).Select(n => $"{p} {n}"), got.Where(text => text[0] == '0' + p).Distinct());
        }

        Assert.True(store.Reads > 10);
        Assert.Empty(store.Model["s"].Entries);
        Assert.Equal(0, world.Statistics()[Counter.StoredMessages]);
    }

    [Theory]
    [InlineData(QueueFullPolicy.DropNewest, 0)]
    [InlineData(QueueFullPolicy.DropOldest, 20)]
    [Trait("Oracle", "F-4")]
    public void The_limits_hold_for_a_queue_on_disk(QueueFullPolicy policy, int first)
    {
        var world = new DurableWorld(new BrokerOptions { QueuedMessagesMax = 30, QueueFullPolicy = policy });
        world.Durable("s").Subscribe("t", QoS.AtLeastOnce);
        world.World.Connect("s", cleanStart: false, sessionExpiry: 3_600).Drop();
        var publisher = world.Plain("p");
        for (ushort i = 0; i < 50; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, (ushort)(i + 1));
        }

        Assert.Equal(20, world.World.Statistics()[Counter.QueueFull]);
        Assert.Equal(30, world.Store.Model["s"].Entries.Count);
        Assert.Equal(Enumerable.Range(first, 30).Select(n => $"{n}"), CrashPointTests.Drain(world.Durable("s")));
    }

    [Fact]
    [Trait("Oracle", "F-4")]
    public void The_limit_in_bytes_holds_for_a_queue_on_disk()
    {
        var world = new DurableWorld(new BrokerOptions { QueuedBytesMax = 5_000, QueueFullPolicy = QueueFullPolicy.DropOldest });
        world.Durable("s").Subscribe("t", QoS.AtLeastOnce);
        world.World.Connect("s", cleanStart: false, sessionExpiry: 3_600).Drop();
        var publisher = world.Plain("p");
        for (ushort i = 1; i <= 50; i++)
        {
            publisher.Publish("t", new string('x', 500), QoS.AtLeastOnce, i);
        }

        Assert.Equal(5_000 / 517, world.Store.Model["s"].Entries.Count);
    }

    [Fact]
    public void A_session_that_ends_takes_its_queue_along()
    {
        var world = new DurableWorld();
        world.Durable("s", expiry: 10).Subscribe("t", QoS.AtLeastOnce);
        world.World.Connect("s", cleanStart: false, sessionExpiry: 10).Drop();
        PublishMany(world.Plain("p"), 0, 100);

        world.Advance(10);

        Assert.Empty(world.Store.Model.QueueNames);
        Assert.Equal((100, 0), (world.World.Statistics()[Counter.SessionEnded], world.World.Statistics()[Counter.StoredMessages]));
    }

    private static void PublishMany(TestClient publisher, int first, int end)
    {
        for (var i = first; i < end; i += 100)
        {
            publisher.Send([.. Enumerable.Range(i, Math.Min(100, end - i)).Select(n => Publish("t", $"{n}", QoS.AtLeastOnce, (ushort)(n + 1)))]);
            publisher.TakeAll();
        }

    }
}
