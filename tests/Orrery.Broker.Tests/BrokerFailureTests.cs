using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Broker.Tests.Persistence;
using Orrery.Broker.Tests.World;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests;

/// <summary>A part of the broker that fails is a bug of ours: the broker begins anew, but not for ever.</summary>
public sealed class BrokerFailureTests : IDisposable
{
    private readonly LogLines _log = new("Orrery.Broker.broker");
    private readonly DurableWorld _world;

    public BrokerFailureTests() => _world = new DurableWorld(loggers: _log);

    public void Dispose() => _log.Dispose();

    private DeterministicSystem Host => _world.World.Host;

    private bool HasGivenUp => DeterministicSystem.HasStopped(_world.World.Broker.Actor);

    /// <summary>Parts, and a message that none of the broker's actors sends: it stands for a bug of the part's own.</summary>
    public static TheoryData<string, object> Parts() => new()
    {
        { "topics", new TopicProtocol.Subscribe(null!, TopicFilter.Parse("a/b/c")) },   // fails in the node of a level
        { "sessions", new SessionProtocol.Describe(null!) },
        { "shared", new Orrery.Broker.Sharing.SharedProtocol.RecoverAll(null!) },
        { "connections", new ConnectionsActor.Accept(null!, null!) },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_that_fails_costs_the_connections_and_the_broker_begins_anew_with_what_was_kept(string part, object message)
    {
        var lasting = _world.Durable("s");
        lasting.Subscribe("t", QoS.AtLeastOnce);
        var plain = _world.Plain("p");
        plain.Publish("t", "kept", QoS.AtLeastOnce, 1);
        plain.TakeAll();
        if (part == "connections") FillConnections();

        Tell(part, message);

        Assert.Single(Host.Failures);
        Assert.True(lasting.IsClosed && plain.IsClosed);
        Assert.Contains(_log.Lines, line => line.StartsWith($"{part} failed, and the broker with it: failure 1 within 60 s, of which 3 are borne.", StringComparison.Ordinal));
        var again = Again("s");
        Assert.True(again.Expect<ConnAckPacket>().SessionPresent);
        again.ExpectPublish("t", "kept");
    }

    [Fact]
    public void A_failure_of_the_root_itself_is_one_of_the_broker()
    {
        _world.World.Broker.Actor.Tell(new BrokerActor.SetOptions(null!), ActorRefs.NoSender);
        Host.Run();

        Assert.Contains(_log.Lines, line => line.StartsWith("broker failed, and the broker with it: failure 1 ", StringComparison.Ordinal));
        Assert.Equal(ReasonCode.Success, Again("c").Expect<ConnAckPacket>().ReasonCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void One_failure_more_than_is_borne_within_a_minute_and_the_broker_gives_up_and_says_so(int borne)
    {
        SetRestarts(borne);
        for (var i = 0; i < borne; i++)
        {
            Fail();
            Assert.False(HasGivenUp);
            Assert.Equal(ReasonCode.Success, Again("c").Expect<ConnAckPacket>().ReasonCode);
        }

        var last = Again("d");
        last.TakeAll();
        Fail();

        Assert.True(HasGivenUp);
        Assert.Equal(1, Host.ActorCount);               // who set the limits
        Assert.True(last.IsClosed);
        Assert.StartsWith(
            $"topics failed, and the broker with it: failure {borne + 1} within 60 s, of which {borne} are borne. The broker gives up and stops.",
            _log.Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60.0, true)]
    [InlineData(60.0000001, false)]
    public void Failures_count_together_for_a_minute(double seconds, bool givesUp)
    {
        SetRestarts(1);
        Fail();
        Host.Scheduler.Advance(TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)));

        Fail();

        Assert.Equal(givesUp, HasGivenUp);
    }

    [Fact]
    public void A_store_that_throws_each_time_it_is_opened_is_not_opened_for_ever()
    {
        _world.Store.OpenBugs = int.MaxValue;

        Fail();

        Assert.True(HasGivenUp);
        Assert.Equal(1 + 3, _world.Store.Opens);
        Assert.Contains(_log.Lines, line => line.StartsWith("store failed, and the broker with it: failure 4 ", StringComparison.Ordinal)
            && line.EndsWith("The broker gives up and stops.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_store_that_throws_at_each_commit_ends_the_broker_after_as_many_clients()
    {
        _world.Store.CommitBugs = int.MaxValue;
        var clients = 0;
        for (; !HasGivenUp && clients < 10; clients++)
        {
            var client = Again("c");
            client.ExpectNothing();
            Assert.True(client.IsClosed);
        }

        Assert.Equal(1 + 3, clients);
        Assert.Equal(1 + 3, _world.Store.Opens);
    }

    [Fact]
    public void Connections_and_sessions_that_fail_end_alone_however_many()
    {
        var other = _world.Plain("other");
        other.Subscribe("t");
        for (var i = 1; i <= 20; i++)
        {
            var client = Again($"c{i}");
            client.Expect<ConnAckPacket>();
            Tell($"sessions/s{2 * i}", new TopicProtocol.Retained(99, true));
            Assert.True(client.IsClosed);
            var second = Again($"d{i}");
            second.FailsOnFlush = true;
            second.SendLater(PingReqPacket.Instance);
            Host.Run();
        }

        Assert.False(HasGivenUp);
        Assert.Equal(40, Host.Failures.Count);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("and the broker with it", StringComparison.Ordinal));
        Assert.False(other.IsClosed);
        other.SendLater(Packets.Publish("t", "alive"));
        Host.Run();
        other.ExpectPublish("t", "alive");
    }

    [Fact]
    public void Who_asks_whether_it_is_ready_is_answered_by_the_broker_that_was_made_anew()
    {
        var host = DeterministicSystem.Create("other", new DeterministicOptions());
        var store = new FakeStore { OpenBugs = 2 };
        var broker = MqttBroker.Start(host.System, "broker", new BrokerOptions(), _log, store);

        var ready = new AnswerProbe(host.System).Ask<BrokerReady>(broker.Actor, MqttBroker.GetReady, () => host.Run());

        Assert.Null(ready.Failure);
        Assert.Equal(3, store.Opens);
    }

    [Fact]
    public void A_broker_that_begins_anew_and_can_not_open_its_store_gives_up_rather_than_to_serve_nobody()
    {
        _world.Store.Failure = new StoreFailure(StoreFailureKind.Damaged, "the file is damaged");

        Fail();

        Assert.True(HasGivenUp);
        Assert.Equal("The broker failed, and can't open its store again: it gives up and stops.", _log.Lines[^1]);
    }

    [Fact]
    public void Limits_that_were_changed_stay_when_it_begins_anew()
    {
        SetRestarts(3, 7);
        Fail();

        var client = Again("c");

        Assert.Equal((ushort)7, client.Expect<ConnAckPacket>().ReceiveMaximum);
    }

    [Fact]
    public void A_part_that_was_killed_is_not_made_again_and_it_is_said()
    {
        Tell("store", Kill.Instance);

        Assert.True(HasGivenUp);
        Assert.Equal("store can't be made, or was killed: the broker gives up and stops.", _log.Lines[^1]);
    }

    [Fact]
    public void A_failure_while_it_stops_does_not_hold_the_stop()
    {
        _world.Durable("c");
        _world.Hold();                                  // the stop waits for the disk
        var probe = new AnswerProbe(Host.System);

        probe.Ask<BrokerActor.Stopped>(_world.World.Broker.Actor, MqttBroker.Stop, () =>
        {
            Host.Run();
            Tell("store", new StoreProtocol.Write(null!, 1));
        });

        Assert.True(HasGivenUp);
        Assert.Contains(_log.Lines, line => line == "store failed while the broker stopped: it ends with what was kept.");
    }

    private void SetRestarts(int most, int receiveMaximum = 1_024)
    {
        var options = new BrokerOptions { RestartsMax = most, ReceiveMaximum = receiveMaximum };
        new AnswerProbe(Host.System).Ask<BrokerOptionsSet>(_world.World.Broker.Actor, MqttBroker.SetOptions(options), () => Host.Run());
    }

    private void Fail() => Tell("topics", new TopicProtocol.Subscribe(null!, TopicFilter.Parse("a/b/c")));

    private void Tell(string part, object message)
    {
        Host.System.ActorSelection($"/user/broker/{part}").Tell(message, ActorRefs.NoSender);
        Host.Run();
    }

    private void FillConnections() => new AnswerProbe(Host.System).Ask<BrokerOptionsSet>(
        _world.World.Broker.Actor, MqttBroker.SetOptions(new BrokerOptions { ConnectionsMax = 1 }), () => Host.Run());

    private TestClient Again(string clientId)
    {
        var client = _world.World.OpenLater();
        Host.Run();
        client.SendLater(new ConnectPacket { Version = MqttVersion.V5, ClientId = clientId, CleanStart = false, SessionExpiryIntervalSeconds = 3_600 });
        Host.Run();
        return client;
    }
}
