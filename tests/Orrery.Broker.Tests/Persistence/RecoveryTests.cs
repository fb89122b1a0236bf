using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>What is there again after a restart, and what time has done to it meanwhile.</summary>
public class RecoveryTests
{
    private readonly DurableWorld _world = new();

    [Fact]
    public void Subscriptions_are_active_before_the_client_is_back()
    {
        var client = _world.Durable("s");
        client.Subscribe("t/+", QoS.AtLeastOnce, retainAsPublished: true, identifier: 9);
        client.Subscribe("gone");
        client.Send(Unsubscribe(3, "gone"));

        _world.Crash();
        var publisher = _world.Plain("p");
        publisher.Publish("t/1", "a", QoS.ExactlyOnce, 1, retain: true);
        publisher.Publish("gone", "b", QoS.ExactlyOnce, 2);

        var got = Assert.Single(Resume("s").TakeAll().Cast<PublishPacket>());
        Assert.Equal((QoS.AtLeastOnce, true), (got.Message.QoS, got.Message.Retain));
        Assert.Equal([9u], got.SubscriptionIdentifiers);
        Assert.Equal(2, publisher.TakeAll().Count);
    }

    [Fact]
    [Trait("Oracle", "R-7")]
    public void Retained_messages_are_the_last_values()
    {
        var publisher = _world.Plain("p");
        publisher.Publish("t/1", "old", QoS.AtLeastOnce, 1, retain: true);
        publisher.Publish("t/1", "new", QoS.AtMostOnce, retain: true);
        publisher.Publish("t/2", "removed", retain: true);
        publisher.Publish("t/2", "", retain: true);
        publisher.Publish("t/3", "expired", retain: true, properties: new MessageProperties(messageExpiryIntervalSeconds: 10));
        publisher.Publish("t/4", "lives", retain: true, properties: new MessageProperties(messageExpiryIntervalSeconds: 30));

        _world.Crash(downSeconds: 20);
        var client = _world.Plain("c");
        client.Subscribe("t/+");

        var got = client.TakeAll().Cast<PublishPacket>().ToArray();
        Assert.Equal(["new", "lives"], got.Select(TestClient.Text));
        Assert.Equal([null, 10u], got.Select(p => p.Message.Properties?.MessageExpiryIntervalSeconds));
        Assert.Equal(2, _world.Store.Model.Retained.Count());
    }

    [Theory]
    [InlineData(99.9, true)]
    [InlineData(100.1, false)]
    [Trait("Oracle", "S-4")]
    public void A_session_expires_by_the_clock_while_nobody_is_there(double downSeconds, bool isPresent)
    {
        _world.Durable("s", expiry: 200).Subscribe("t");
        _world.World.Connect("s", cleanStart: false, sessionExpiry: 200).Drop();
        _world.Advance(100);

        _world.Crash(downSeconds: downSeconds);

        Assert.Equal(isPresent, _world.Store.Model.QueueNames.Any());
        Assert.Equal(isPresent, _world.Durable("s").ConnAck!.SessionPresent);
    }

    [Fact]
    [Trait("Oracle", "S-4")]
    public void A_session_whose_client_was_there_expires_counted_from_the_restart_also_over_a_second_crash()
    {
        _world.Durable("s", expiry: 100);
        _world.Advance(1_000);

        _world.Crash(downSeconds: 1_000);
        _world.Advance(60);
        _world.Crash();
        _world.Advance(39.9);
        Assert.Single(_world.Store.Model.QueueNames);
        _world.Advance(0.1);

        Assert.Empty(_world.Store.Model.QueueNames);
        Assert.Equal(0, _world.World.Statistics().Sessions);
    }

    [Fact]
    public void A_session_that_never_expires_stays()
    {
        _world.Durable("s", expiry: uint.MaxValue).Drop();
        _world.Crash(downSeconds: 1e9);
        Resume("s");
    }

    [Fact]
    public void A_version_311_session_with_clean_session_0_is_durable()
    {
        var client = _world.World.Connect("s", MqttVersion.V311, cleanStart: false);
        client.Subscribe("t", QoS.AtLeastOnce);
        client.Drop();
        _world.Plain("p").Publish("t", "a", QoS.AtLeastOnce, 1);

        _world.Crash();
        client = _world.World.Connect("s", MqttVersion.V311, cleanStart: false);

        Assert.True(client.ConnAck!.SessionPresent);
        client.ExpectPublish("t", "a");
    }

    [Fact]
    [Trait("Oracle", "S-6")]
    public void A_clean_start_leaves_nothing_to_recover()
    {
        _world.Durable("s").Subscribe("t");
        _world.Plain("p").Publish("t", "a", QoS.AtLeastOnce, 1);
        _world.Durable("s", cleanStart: true);

        _world.Crash();

        var client = Resume("s");
        client.ExpectNothing();
        Assert.Equal(0, _world.World.Statistics()[Counter.Subscriptions]);
    }

    [Fact]
    [Trait("Oracle", "ME-3")]
    public void Message_expiry_counts_while_nobody_is_there()
    {
        _world.Durable("s").Subscribe("t");
        var publisher = _world.Plain("p");
        publisher.Publish("t", "short", QoS.AtLeastOnce, 1, properties: new MessageProperties(messageExpiryIntervalSeconds: 10));
        publisher.Publish("t", "long", QoS.AtLeastOnce, 2, properties: new MessageProperties(messageExpiryIntervalSeconds: 30));

        // Both are in flight to the client that never acknowledged: what was begun is finished.
        _world.Crash(downSeconds: 20);
        _world.Plain("p").Publish("t", "later", QoS.AtLeastOnce, 1, properties: new MessageProperties(messageExpiryIntervalSeconds: 10));
        _world.Crash(downSeconds: 10);

        var got = Resume("s").TakeAll().Cast<PublishPacket>().ToArray();
        Assert.Equal(["short", "long"], got.Select(TestClient.Text));
        Assert.Equal(0u, got[1].Message.Properties?.MessageExpiryIntervalSeconds);
    }

    [Fact]
    [Trait("Oracle", "W-7")]
    public void The_will_of_a_connection_that_was_alive_is_published_after_recovery()
    {
        Watch();
        Connect(delay: 0, expiry: 100);

        _world.Crash(downSeconds: 50);

        Resume("watcher").ExpectPublish("will", "dead");
        Assert.Null(_world.Store.Model["c"].Will);
        _world.Crash();
        Resume("watcher").TakeAll();
        Assert.Single(_world.Store.Model["watcher"].Entries);   // once, and not again after another crash
    }

    [Fact]
    [Trait("Oracle", "W-7")]
    public void A_session_that_ends_with_its_connection_has_its_will_published_too()
    {
        Watch();
        Connect(delay: 0, expiry: 0);

        _world.Crash();

        Resume("watcher").ExpectPublish("will", "dead");
        Assert.DoesNotContain("c", _world.Store.Model.QueueNames);
        Assert.False(_world.Durable("c").ConnAck!.SessionPresent);
    }

    [Fact]
    [Trait("Oracle", "W-7")]
    public void Its_delay_counts_from_the_restart()
    {
        Watch();
        Connect(delay: 20, expiry: 100);

        _world.Crash(downSeconds: 50);
        var watcher = Resume("watcher");
        _world.Advance(19.9);
        watcher.ExpectNothing();
        _world.Advance(0.1);

        watcher.ExpectPublish("will", "dead");
    }

    [Fact]
    [Trait("Oracle", "W-4")]
    [Trait("Oracle", "W-7")]
    public void A_client_that_resumes_in_time_cancels_it()
    {
        Watch();
        Connect(delay: 20, expiry: 100);

        _world.Crash();
        _world.Advance(10);
        Resume("c");
        _world.Advance(100);

        Resume("watcher").ExpectNothing();
    }

    [Theory]
    [InlineData(5, 5)]                                  // not due yet: the rest of the delay
    [InlineData(50, 0)]                                 // long due
    [Trait("Oracle", "W-8")]
    public void A_will_that_waits_is_due_when_it_was(double downSeconds, double left)
    {
        Watch();
        Connect(delay: 20, expiry: 100).Drop();
        _world.Advance(10);

        _world.Crash(downSeconds: downSeconds);
        var watcher = Resume("watcher");
        if (left > 0)
        {
            _world.Advance(left - 0.1);
            watcher.ExpectNothing();
            _world.Advance(0.1);
        }

        watcher.ExpectPublish("will", "dead");
    }

    [Fact]
    [Trait("Oracle", "W-3")]
    public void A_will_that_DISCONNECT_cancelled_is_not_published()
    {
        Watch();
        Connect(delay: 0, expiry: 100).Send(Disconnect());

        _world.Crash();

        Resume("watcher").ExpectNothing();
    }

    [Fact]
    [Trait("Oracle", "W-6")]
    public void A_retained_will_is_retained_after_recovery()
    {
        _world.Durable("c", expiry: 100, with: c => c with { Will = new Will(Message("will", "dead", QoS.AtLeastOnce, retain: true)) });

        _world.Crash();
        var later = _world.Plain("later");
        later.Subscribe("will");

        Assert.True(later.ExpectPublish("will", "dead").Message.Retain);
        Assert.Single(_world.Store.Model.Retained);
    }

    [Fact]
    public void A_broker_that_was_stopped_starts_where_it_was()
    {
        var client = Connect(delay: 20, expiry: 100);
        client.Subscribe("t", QoS.AtLeastOnce);
        var publisher = _world.Durable("p");
        publisher.Publish("t", "a", QoS.ExactlyOnce, 7, retain: true);
        client.ExpectPublish("t", "a");

        _world.Stop(downSeconds: 10);

        Assert.Equal(new BrokerReady(null, 2, 1, 0, 1), _world.Ready());
        var watcher = _world.Plain("w");
        watcher.Subscribe("will");
        _world.Advance(9.9);
        watcher.ExpectNothing();
        _world.Advance(0.1);                            // the delay counts from the stop
        watcher.ExpectPublish("will", "dead");
        Assert.True(Resume("c").ExpectPublish("t", "a").Duplicate);
        publisher = Resume("p");
        publisher.Publish("t", "a", QoS.ExactlyOnce, 7, duplicate: true);
        publisher.Expect<PubRecPacket>();
        Assert.Single(_world.Store.Model["c"].Entries); // it was known
    }

    [Fact]
    public void A_store_that_can_not_be_opened_serves_nobody_and_says_why()
    {
        var failure = new StoreFailure(StoreFailureKind.Damaged, "the file is damaged");
        var world = new BrokerWorld(store: new FakeStore { Failure = failure });

        var ready = new AnswerProbe(world.Host.System).Ask<BrokerReady>(world.Broker.Actor, MqttBroker.GetReady, world.Run);
        Assert.Equal(failure, ready.Failure);
        Assert.True(world.Open().WasAborted);
    }

    [Fact]
    public void A_recovery_that_crashes_is_started_again()
    {
        Watch();
        Connect(delay: 0, expiry: 100);
        Connect("e", delay: 0, expiry: 0);
        _world.Store.IsPrompt = false;
        for (var life = 0; life < 5; life++)
        {
            _world.Crash(keepsPending: life % 2 == 1);
            _world.Hold();
        }

        _world.Crash();

        Assert.Equal(["dead", "dead"], CrashPointTests.Drain(Resume("watcher")));
    }

    private void Watch()
    {
        var watcher = _world.Durable("watcher");
        watcher.Subscribe("will");
        watcher.Send(Disconnect());
    }

    private TestClient Connect(double delay, uint expiry) => Connect("c", delay, expiry);

    private TestClient Connect(string clientId, double delay, uint expiry) => _world.Durable(
        clientId, expiry: expiry, with: c => c with { Will = new Will(Message("will", "dead", QoS.AtLeastOnce), (uint)delay) });

    private TestClient Resume(string clientId)
    {
        var client = _world.Durable(clientId);
        Assert.True(client.ConnAck!.SessionPresent);
        return client;
    }
}
