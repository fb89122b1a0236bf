using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker;
using Orrery.Broker.Topics;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Network;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Tests.Worlds;

namespace Orrery.Simulation.Tests.Processes;

public sealed class BrokerProcessTests
{
    private readonly World _world = new(links: new LinkOptions { LatencyNanoseconds = 1_000_000 });

    [Fact]
    public void B1_A_killed_process_closes_its_sockets_and_refuses_until_it_is_started_again()
    {
        var client = _world.Connected("c");

        _world.Broker.Kill();
        _world.RunFor(1);
        Assert.True(client.IsFinished);
        Assert.Empty(client.Received);
        var refused = _world.Raw("d");
        _world.RunFor(1);
        Assert.Equal("connection refused", refused.Loss);

        _world.Broker.Start();
        _world.Connected("e");
        Assert.Equal(2, _world.Broker.Lives);
    }

    [Fact]
    public void B1_A_graceful_stop_says_goodbye()
    {
        var client = _world.Connected("c");

        _world.Broker.Stop();
        _world.RunFor(1);

        Assert.Equal(ReasonCode.ServerShuttingDown, Assert.IsType<DisconnectPacket>(client.Received.Single().Packet).ReasonCode);
        Assert.True(client.IsFinished);
        Assert.Equal(ProcessState.Down, _world.Broker.State);
    }

    [Fact]
    public void A_process_whose_broker_gives_up_is_down_and_can_be_started_again()
    {
        var watcher = new Watcher();
        _world.Broker.Watcher = watcher;
        _world.Broker.Options = new BrokerOptions { RestartsMax = 1 };
        _world.Broker.Kill();
        _world.Broker.Start();
        _world.Connected("c");

        _world.Broker.Add(Props.Create(() => new Saboteur()));
        Assert.Equal(ProcessState.Up, _world.Broker.State);     // it began anew
        var client = _world.Connected("d");
        _world.Broker.Add(Props.Create(() => new Saboteur()));
        _world.RunFor(1);

        Assert.Equal(ProcessState.Down, _world.Broker.State);
        Assert.Equal(["kill", "failure", "failure", "gave_up"], watcher.Heard);
        Assert.NotNull(client.EndedNanoseconds);
        _world.Broker.Start();
        _world.Connected("e");
    }

    [Fact]
    public void A_machine_that_lost_power_says_nothing_until_it_is_asked()
    {
        var client = _world.Connected("c");

        _world.Broker.LosePower();
        _world.RunFor(60);
        Assert.Null(client.EndedNanoseconds);
        client.Send(PingReqPacket.Instance);
        _world.RunFor(1);

        Assert.Equal("connection reset by peer", client.Loss);
    }

    [Fact]
    public void B2_A_pause_answers_late_and_its_timers_come_behind_what_arrived()
    {
        var client = _world.Connected("c", keepAlive: 10);
        var start = _world.Kernel.NowNanoseconds;
        _world.Broker.Pause(World.Seconds(30));
        _world.RunFor(5);
        client.Send(PingReqPacket.Instance);

        _world.RunFor(24.999);
        Assert.Empty(client.Received);
        _world.RunFor(1);

        // The keep-alive's 15 s are over, and yet a packet was there in time to be seen first.
        Assert.Equal(start + World.Seconds(30.001), client.Received[0].Nanoseconds);
        Assert.IsType<PingRespPacket>(client.Received[0].Packet);
        Assert.Single(client.Received);
        Assert.Null(client.EndedNanoseconds);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void T3_A_suspended_machine_may_stop_its_monotonic_clock_and_its_wall_clock_goes_on(bool stopsClock)
    {
        var (monotonic, wall) = (_world.Broker.MonotonicClock, _world.Broker.WallClock);

        _world.Broker.Pause(World.Seconds(30), stopsClock);
        _world.RunFor(40);
        _world.Connected("c");                      // reads the clocks anew; takes one second

        Assert.Equal(stopsClock ? 10 : 40, Math.Floor((_world.Broker.MonotonicClock - monotonic).TotalSeconds));
        Assert.Equal(40, Math.Floor((_world.Broker.WallClock - wall).TotalSeconds));
    }

    [Fact]
    public void T1_A_jump_of_the_wall_clock_moves_no_timer()
    {
        var client = _world.Connected("c", keepAlive: 10);
        _world.Broker.JumpWallClock(TimeSpan.FromDays(3_650));

        _world.RunFor(13.9);
        Assert.Null(client.EndedNanoseconds);
        _world.RunFor(0.2);
        Assert.NotNull(client.EndedNanoseconds);
    }

    [Fact]
    public void A_restarted_process_reads_the_wall_clock_of_the_world()
    {
        var wall = _world.Broker.WallClock;
        _world.RunFor(100);
        _world.Broker.Kill();
        _world.RunFor(100);
        _world.Broker.Start();

        Assert.Equal(TimeSpan.FromSeconds(200), _world.Broker.WallClock - wall);
        Assert.Equal(TimeSpan.Zero, _world.Broker.MonotonicClock);
    }

    [Fact]
    public void C7_Clients_that_come_back_after_a_kill_start_anew()
    {
        var clients = Enumerable.Range(0, 20).Select(i => _world.Model($"c{i}", new ClientOptions { SessionExpiryIntervalSeconds = 100, CleanStart = false })).ToArray();
        foreach (var client in clients) client.Connect();
        _world.RunFor(1);
        _world.Broker.Kill();
        _world.RunFor(1);
        Assert.All(clients, client => Assert.Equal(ClientState.Disconnected, client.Core.State));
        _world.Broker.Start();

        foreach (var client in clients) client.Connect();
        _world.RunFor(1);

        Assert.All(clients, client => Assert.False(Assert.IsType<ClientEvent.Connected>(client.Seen[^1].Event).ConnAck.SessionPresent));
    }

    [Fact]
    public void C2_A_model_that_does_not_read_answers_nothing_until_it_does()
    {
        var model = _world.Model("m");
        model.Connect();
        _world.RunFor(1);
        model.IsReading = false;
        model.Subscribe(World.Subscription("t"));
        _world.RunFor(1);
        Assert.DoesNotContain(model.Seen, seen => seen.Event is ClientEvent.Subscribed);

        model.IsReading = true;

        Assert.Contains(model.Seen, seen => seen.Event is ClientEvent.Subscribed);
    }

    [Fact]
    public void N10_The_same_client_from_a_new_address_takes_its_session_over()
    {
        var model = _world.Model("m", new ClientOptions { SessionExpiryIntervalSeconds = 100, CleanStart = false });
        model.Connect();
        _world.RunFor(1);

        model.Connect();
        _world.RunFor(1);

        Assert.True(Assert.IsType<ClientEvent.Connected>(model.Seen[^1].Event).ConnAck.SessionPresent);
        Assert.Single(_world.Broker.Transports);
    }

    /// <summary>Tells the topics what nobody tells them, and they fail.</summary>
    private sealed class Saboteur : UntypedActor
    {
        protected override void PreStart() => Context.System.ActorSelection("/user/broker/topics").Tell(new TopicProtocol.Subscribe(null!, TopicFilter.Parse("a/b")));

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Watcher : IProcessWatcher
    {
        public List<string> Heard { get; } = [];

        public void OnStarted()
        {
        }

        public void OnReady()
        {
        }

        public void OnEnded(string how) => Heard.Add(how);

        public void OnPaused(long nanoseconds)
        {
        }

        public void OnResumed()
        {
        }

        public void OnTimer()
        {
        }

        public void OnFailure(ActorFailure failure) => Heard.Add("failure");

        public void OnRestless(string sentence)
        {
        }
    }
}
