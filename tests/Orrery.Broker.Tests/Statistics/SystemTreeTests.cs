using Orrery.Actors.Extensions;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Statistics;

/// <summary>The topics below "$SYS/broker/" under the virtual clock.</summary>
public class SystemTreeTests
{
    private const string Loads = "bytes/received bytes/sent connections messages/received messages/sent publish/dropped publish/received publish/sent sockets";

    private const string Names =
        "bytes/received bytes/sent clients/active clients/connected clients/disconnected clients/expired clients/inactive "
        + "clients/maximum clients/total connections/socket/count messages/received messages/sent messages/stored "
        + "publish/bytes/received publish/bytes/sent publish/messages/dropped publish/messages/received publish/messages/sent "
        + "shared_subscriptions/count store/messages/bytes store/messages/count subscriptions/count uptime version";

    private readonly BrokerWorld _world = new();

    [Fact]
    public void The_names_are_mosquittos()
    {
        var shown = Read(_world).Keys.Where(topic => !topic.StartsWith("$SYS/broker/mqtt/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        string[] expected =
        [
            .. Names.Split(' ').Append("retained messages/count"),
            .. Loads.Split(' ').SelectMany(load => (string[])[$"load/{load}/1min", $"load/{load}/5min", $"load/{load}/15min"]),
        ];
        Assert.Equal(expected.Select(name => $"$SYS/broker/{name}").Order(StringComparer.Ordinal), shown);
    }

    [Fact]
    public void The_values_are_what_happened()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 5);
        subscriber.Subscribe("t");
        subscriber.Subscribe("$share/g/u");
        subscriber.Drop();
        var publisher = _world.Connect("p", MqttVersion.V311);
        publisher.Publish("t", "waits", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "lost");
        publisher.Publish("kept", "12345", retain: true);
        _world.Connect("x").Send(Disconnect());
        _world.Advance(4);
        var before = Read(_world);
        _world.Advance(16);
        var shown = Read(_world);

        // The first reading is of the first connection, and stood until the interval was over.
        Assert.Equal("0 seconds", before["$SYS/broker/uptime"]);
        Assert.Equal("0", before["$SYS/broker/publish/messages/received"]);
        Assert.StartsWith("orrery version ", shown["$SYS/broker/version"], StringComparison.Ordinal);
        Assert.Equal("20 seconds", shown["$SYS/broker/uptime"]);
        Assert.Equal("1", shown["$SYS/broker/clients/connected"]);
        Assert.Equal("1", shown["$SYS/broker/clients/active"]);
        Assert.Equal("0", shown["$SYS/broker/clients/disconnected"]);
        Assert.Equal("0", shown["$SYS/broker/clients/inactive"]);
        Assert.Equal("1", shown["$SYS/broker/clients/total"]);
        Assert.Equal("1", shown["$SYS/broker/clients/expired"]);
        Assert.Equal("3", shown["$SYS/broker/publish/messages/received"]);
        Assert.Equal("2", shown["$SYS/broker/publish/messages/dropped"]);      // QoS 0 offline, then the end of the session
        Assert.Equal("14", shown["$SYS/broker/publish/bytes/received"]);
        Assert.Equal("0", shown["$SYS/broker/subscriptions/count"]);
        Assert.Equal("0", shown["$SYS/broker/shared_subscriptions/count"]);
        Assert.Equal("1", shown["$SYS/broker/mqtt/puback/sent"]);
        Assert.Equal("3", shown["$SYS/broker/mqtt/publish/received"]);
        Assert.NotEqual("0.00", shown["$SYS/broker/load/publish/received/1min"]);
    }

    [Fact]
    public void Disconnected_sessions_and_what_they_store_are_shown()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 500);
        subscriber.Subscribe("t");
        subscriber.Subscribe("$share/g/u");
        subscriber.Drop();
        _world.Connect("p").Publish("t", "waits", QoS.AtLeastOnce, 1);
        _world.Advance(10);

        var shown = Read(_world);

        Assert.Equal("1", shown["$SYS/broker/clients/disconnected"]);
        Assert.Equal("2", shown["$SYS/broker/clients/maximum"]);
        Assert.Equal("1", shown["$SYS/broker/subscriptions/count"]);
        Assert.Equal("1", shown["$SYS/broker/shared_subscriptions/count"]);
        Assert.Equal(1, int.Parse(shown["$SYS/broker/store/messages/count"]) - int.Parse(shown["$SYS/broker/retained messages/count"]));
    }

    [Fact]
    public void Only_what_changed_is_published_again_and_exactly_when_the_interval_is_over()
    {
        var watcher = _world.Connect("w");
        watcher.Send(Packets.Subscribe(1, null,
            new Subscription(Filter("$SYS/broker/uptime"), QoS.ExactlyOnce),
            new Subscription(Filter("$SYS/broker/version"), QoS.ExactlyOnce),
            new Subscription(Filter("$SYS/broker/clients/#"), QoS.ExactlyOnce)));
        watcher.Expect<SubAckPacket>();
        Assert.All(watcher.TakeAll().Cast<PublishPacket>(), p => Assert.True(p.Message.Retain));

        _world.Advance(9.999);
        watcher.ExpectNothing();
        _world.Advance(0.001);
        var first = watcher.TakeAll().Cast<PublishPacket>().ToList();
        Assert.Equal("10 seconds", TestClient.Text(first.Single(p => p.Message.Topic.ToString() == "$SYS/broker/uptime")));
        Assert.DoesNotContain(first, p => p.Message.Topic.ToString() == "$SYS/broker/version");

        _world.Advance(10);
        var second = watcher.ExpectPublish("$SYS/broker/uptime", "20 seconds");
        Assert.False(second.Message.Retain);
        watcher.ExpectNothing();
    }

    [Fact]
    public void Plain_wildcards_see_nothing_of_it()
    {
        var watcher = _world.Connect("w");
        watcher.Subscribe("#");
        watcher.Subscribe("+/broker/uptime");

        _world.Advance(100);

        watcher.ExpectNothing();
    }

    [Fact]
    public void Zero_switches_it_off()
    {
        var world = new BrokerWorld(new BrokerOptions { SysIntervalSeconds = 0 });
        world.Connect("c");
        world.Advance(100);

        Assert.Empty(Read(world));
        Assert.Equal(1, world.Statistics().ClientsConnected);
    }

    [Fact]
    public void A_broker_that_nobody_uses_does_nothing_and_is_up_to_date_when_somebody_comes()
    {
        _world.Connect("c").Send(Disconnect());
        _world.Advance(10);
        _world.Host.Scheduler.Advance(TimeSpan.FromDays(10_000));

        Assert.Equal("864000010 seconds", Read(_world)["$SYS/broker/uptime"]);
        Assert.Equal("0.00", Read(_world)["$SYS/broker/load/bytes/received/15min"]);
    }

    [Fact]
    public void Its_messages_take_no_room_from_what_clients_keep()
    {
        var world = new BrokerWorld(new BrokerOptions { RetainedMessagesMax = 1, RetainedBytesMax = 20 });
        var client = world.Connect("c");
        client.Publish("t", "kept", retain: true);
        client.Subscribe("t");

        client.ExpectPublish("t", "kept");
        Assert.True(Read(world).Count > 40);
    }

    [Fact]
    public void Without_retained_messages_subscribers_get_what_changes()
    {
        var world = new BrokerWorld(new BrokerOptions { RetainAvailable = false });
        var watcher = world.Connect("w");
        watcher.Subscribe("$SYS/broker/uptime");
        watcher.ExpectNothing();

        world.Advance(10);

        Assert.False(watcher.ExpectPublish("$SYS/broker/uptime", "10 seconds").Message.Retain);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void One_seed_gives_one_history(ulong seed)
    {
        Assert.Equal(History(seed), History(seed));
        Assert.NotEmpty(History(seed));

        static List<string> History(ulong seed)
        {
            var world = new BrokerWorld(host: new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom });
            var watcher = world.Connect("w");
            watcher.Subscribe("$SYS/#");
            var publisher = world.Connect("p");
            for (var i = 0; i < 5; i++)
            {
                publisher.Publish("t", new string('x', i));
                world.Advance(7);
            }

            return [.. watcher.TakeAll().Cast<PublishPacket>().Select(p => $"{p.Message.Topic} {TestClient.Text(p)} {p.Message.Retain}")];
        }
    }

    /// <summary>What a new subscriber finds, by topic.</summary>
    private static Dictionary<string, string> Read(BrokerWorld world)
    {
        var reader = world.Connect("reader");
        reader.Subscribe("$SYS/#");
        var shown = reader.TakeAll().Cast<PublishPacket>().ToDictionary(p => p.Message.Topic.ToString(), TestClient.Text);
        reader.Send(Disconnect());
        return shown;
    }
}
