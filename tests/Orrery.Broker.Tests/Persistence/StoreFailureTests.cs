using Orrery.Broker.Persistence;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>What clients hear when the disk is full (P-6) or fails (P-5).</summary>
public class StoreFailureTests
{
    private static readonly StoreFailure Full = new(StoreFailureKind.Full, "no space left on device");
    private static readonly StoreFailure SyncFailed = new(StoreFailureKind.Sync, "the disk did not sync");

    private readonly DurableWorld _world = new();
    private readonly TestClient _subscriber;
    private readonly TestClient _idle;

    public StoreFailureTests()
    {
        _idle = _world.Durable("idle");
        _subscriber = _world.Durable("s");
        _subscriber.Subscribe("t", QoS.AtLeastOnce);
    }

    [Fact]
    [Trait("Oracle", "P-6")]
    public void On_a_full_disk_who_waits_for_an_answer_is_told()
    {
        var publisher = _world.Plain("p");
        _world.Store.Failure = Full;
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);

        Assert.Equal(ReasonCode.QuotaExceeded, publisher.Expect<DisconnectPacket>().ReasonCode);
        Assert.Equal(StoreState.Full, _world.World.Statistics().Store.State);
        Assert.False(_subscriber.IsClosed);             // nobody owes it an answer
    }

    [Fact]
    [Trait("Oracle", "P-6")]
    public void On_a_full_disk_new_durable_work_is_refused_and_the_rest_goes_on()
    {
        Fill();
        var publisher = _world.Plain("q");
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);
        Assert.Equal(ReasonCode.QuotaExceeded, publisher.Expect<PubAckPacket>().ReasonCode);
        publisher.Publish("t", "a", QoS.ExactlyOnce, 2);
        Assert.Equal(ReasonCode.QuotaExceeded, publisher.Expect<PubRecPacket>().ReasonCode);
        publisher.Publish("other", "a", QoS.AtLeastOnce, 3, retain: true);
        Assert.Equal(ReasonCode.QuotaExceeded, publisher.Expect<PubAckPacket>().ReasonCode);
        publisher.Publish("other", "a", QoS.AtLeastOnce, 4);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, publisher.Expect<PubAckPacket>().ReasonCode);
        publisher.Publish("t", "live", QoS.AtMostOnce);

        Assert.Equal(ReasonCode.QuotaExceeded, Assert.Single(_idle.Subscribe("u").ReasonCodes));
        _subscriber.Send(Subscribe(2, null, new Subscription(Filter("u"), QoS.AtLeastOnce)));
        Assert.Equal(ReasonCode.QuotaExceeded, _subscriber.TakeOnly<DisconnectPacket>().ReasonCode);    // a message waits before the answer
        var late = _world.World.Open();
        late.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "late", CleanStart = false, SessionExpiryIntervalSeconds = 10 });
        Assert.Equal(ReasonCode.QuotaExceeded, late.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(late.IsClosed);
    }

    [Fact]
    [Trait("Oracle", "P-6")]
    public void An_older_client_that_can_not_be_told_is_disconnected_without_an_acknowledgement()
    {
        Fill();
        var publisher = _world.World.Connect("q", MqttVersion.V311);
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);

        publisher.ExpectNothing();
        Assert.True(publisher.IsClosed);
    }

    [Fact]
    [Trait("Oracle", "P-6")]
    public void When_there_is_room_again_all_that_was_written_is_there_and_work_goes_on()
    {
        Fill();
        _world.Store.Failure = null;
        _world.Advance(1);

        Assert.Equal(StoreState.Working, _world.World.Statistics().Store.State);
        var publisher = _world.Plain("q");
        publisher.Publish("t", "b", QoS.AtLeastOnce, 1);
        Assert.Equal(ReasonCode.Success, publisher.Expect<PubAckPacket>().ReasonCode);
        Assert.Equal(["fill", "b"], CrashPointTests.Drain(_subscriber));
        _world.Durable("late");
    }

    [Fact]
    [Trait("Oracle", "P-6")]
    public void CONNACK_that_waits_on_a_full_disk_is_a_refusal()
    {
        _world.Store.Failure = Full;
        var late = _world.World.Open();
        late.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "late", CleanStart = false, SessionExpiryIntervalSeconds = 10 });

        Assert.Equal(ReasonCode.QuotaExceeded, late.Expect<ConnAckPacket>().ReasonCode);
        Assert.True(late.IsClosed);
    }

    [Fact]
    [Trait("Oracle", "P-6")]
    public void Who_is_refused_on_a_full_disk_does_not_end_the_session_that_it_asked_for()
    {
        _world.World.Connect("s", cleanStart: false, sessionExpiry: 3_600).Drop();
        _world.Plain("p").Publish("t", "kept", QoS.AtLeastOnce, 1);
        _world.Store.Failure = Full;
        var refused = _world.World.Open();
        refused.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "s", CleanStart = false });     // its expiry is 0
        Assert.Equal(ReasonCode.QuotaExceeded, refused.Expect<ConnAckPacket>().ReasonCode);
        _world.Store.Failure = null;
        _world.Advance(2);

        var back = _world.World.Open();
        back.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "s", CleanStart = false, SessionExpiryIntervalSeconds = 3_600 });
        Assert.True(back.Expect<ConnAckPacket>().SessionPresent);
        back.ExpectPublish("t", "kept");
    }

    [Theory]
    [InlineData("full since then")]
    [InlineData("full before")]
    [InlineData("failed")]
    [Trait("Oracle", "P-6")]
    public void Who_leaves_is_not_kept_until_the_disk_takes_more_and_is_told_nothing(string disk)
    {
        var client = _world.Durable("c", with: connect => connect with { Will = new Will(Message("will", "dead", QoS.AtLeastOnce)) });
        if (disk == "full before") Fill();
        else _world.Store.Failure = disk == "failed" ? SyncFailed : Full;
        client.Send(Disconnect());

        client.ExpectNothing();
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Oracle", "P-5")]
    public void After_a_failed_sync_nothing_that_depends_on_it_is_acknowledged_and_durable_clients_are_told()
    {
        var (publisher, plain) = (_world.Plain("p"), _world.Plain("plain"));
        plain.Subscribe("u");
        _world.Store.Failure = SyncFailed;
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);

        Assert.Equal(ReasonCode.ImplementationSpecificError, publisher.TakeOnly<DisconnectPacket>().ReasonCode);
        Assert.Equal(ReasonCode.ImplementationSpecificError, _subscriber.TakeOnly<DisconnectPacket>().ReasonCode);
        Assert.Equal(StoreState.Failed, _world.World.Statistics().Store.State);
        Assert.Contains("did not sync", _world.World.Statistics().Store.Message, StringComparison.Ordinal);
        _world.Store.Failure = null;

        var late = _world.World.Open();
        late.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = "s", CleanStart = false, SessionExpiryIntervalSeconds = 10 });
        Assert.Equal(ReasonCode.ServerUnavailable, late.Expect<ConnAckPacket>().ReasonCode);
        var next = _world.Plain("q");
        next.Publish("t", "b", QoS.AtLeastOnce, 1);
        Assert.Equal(ReasonCode.ImplementationSpecificError, next.Expect<PubAckPacket>().ReasonCode);
        next.Publish("u", "c", QoS.AtLeastOnce, 2);     // nothing durable about it
        Assert.Equal(ReasonCode.Success, next.Expect<PubAckPacket>().ReasonCode);
        plain.ExpectPublish("u", "c");
    }

    [Fact]
    public void A_broker_whose_store_failed_can_be_stopped_and_started_on_what_was_durable()
    {
        _world.Plain("p").Publish("t", "kept", QoS.AtLeastOnce, 1);
        _world.Store.Failure = SyncFailed;
        _world.Plain("q").Publish("t", "lost", QoS.AtLeastOnce, 1);
        var world = _world.World;
        new AnswerProbe(world.Host.System).Ask<BrokerActor.Stopped>(world.Broker.Actor, MqttBroker.Stop, world.Run);

        _world.Crash();

        Assert.Equal(["kept"], CrashPointTests.Drain(_world.Durable("s")));
    }

    private void Fill()
    {
        _world.Store.Failure = Full;
        _world.Plain("filler").Publish("t", "fill", QoS.AtLeastOnce, 1);
        Assert.Equal(StoreState.Full, _world.World.Statistics().Store.State);
    }
}
