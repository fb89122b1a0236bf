using Microsoft.Extensions.Logging;
using Orrery.Actors.Extensions;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>A broker with a store under the test's control, which can crash and start again on what was durable.</summary>
internal sealed class DurableWorld
{
    private readonly BrokerOptions _options;
    private DateTimeOffset _startedAt = new DeterministicOptions().StartTime;

    public DurableWorld(BrokerOptions? options = null, ILoggerFactory? loggers = null)
    {
        _options = options ?? new BrokerOptions();
        World = new BrokerWorld(_options, loggers: loggers, store: Store);
    }

    public FakeStore Store { get; private set; } = new();

    public BrokerWorld World { get; private set; }

    /// <summary>From now on a commit is durable when <see cref="Finish"/> says so.</summary>
    public void Hold() => Store.IsPrompt = false;

    /// <summary>Finishes one call of the store.</summary>
    public void Finish()
    {
        Store.Answer();
        World.Run();
    }

    /// <summary>Finishes the calls of the store until none is under way, and answers at once from now on.</summary>
    public void FinishAll()
    {
        Store.IsPrompt = true;
        Finish();
    }

    /// <summary>The process is gone, and another one starts on what was durable.</summary>
    /// <param name="keepsPending">True if the commit under way was there, though nobody was told.</param>
    /// <param name="downSeconds">How long nobody was there.</param>
    public void Crash(bool keepsPending = false, double downSeconds = 0)
    {
        _startedAt = World.Host.Scheduler.Now + TimeSpan.FromSeconds(downSeconds);
        Store = Store.Crash(keepsPending);
        World = new BrokerWorld(_options, new DeterministicOptions { StartTime = _startedAt }, store: Store);
    }

    /// <summary>The broker is asked to stop, and does.</summary>
    public void Stop(double downSeconds = 0)
    {
        var world = World;
        new AnswerProbe(world.Host.System).Ask<BrokerActor.Stopped>(world.Broker.Actor, MqttBroker.Stop, world.Run);
        Assert.True(Store.IsClosed);
        Crash(keepsPending: false, downSeconds);
    }

    /// <summary>Connects to a session that outlives its connection.</summary>
    public TestClient Durable(string clientId, bool cleanStart = false, uint expiry = 3_600, MqttVersion version = MqttVersion.V5,
        Func<ConnectPacket, ConnectPacket>? with = null) =>
        World.Connect(clientId, version, cleanStart, expiry, with);

    /// <summary>Connects to a session that ends with its connection.</summary>
    public TestClient Plain(string clientId) => World.Connect(clientId);

    public void Advance(double seconds) => World.Advance(seconds);

    public BrokerReady Ready() => new AnswerProbe(World.Host.System).Ask<BrokerReady>(World.Broker.Actor, MqttBroker.GetReady, World.Run);
}
