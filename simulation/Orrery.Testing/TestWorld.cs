using Orrery.Mqtt;
using Orrery.Simulation.Expectations;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Testing;

/// <summary>A real broker on a virtual clock, with clients and a network that break when told to: for tests of what uses MQTT.</summary>
/// <remarks>
/// Nothing happens but in <see cref="Advance"/>, <see cref="RunUntilQuiet"/> and <see cref="RunUntil"/>, which return at once however much
/// virtual time they cover. One seed and the same calls give the same bytes. One thread at a time; worlds share nothing.
/// </remarks>
public sealed class TestWorld
{
    private const string BrokerName = "broker";
    private const long QuietNanoseconds = 1_000_000_000;
    private static readonly TimeSpan QuietMax = TimeSpan.FromMinutes(10);

    private readonly RunWorld _world;

    /// <summary>Makes a world with one broker, which runs.</summary>
    /// <param name="seed">Where all chance comes from.</param>
    /// <param name="latency">How long a byte takes from a client to the broker, and back. Default: 1 ms.</param>
    /// <param name="limits">Limits that differ from the broker's defaults; null for none.</param>
    public TestWorld(ulong seed = 1, TimeSpan? latency = null, Limits? limits = null)
    {
        var scenario = new Scenario
        {
            Orrery = 1,
            Name = "test",
            Topology = new Topology
            {
                Brokers = new NameDictionary<BrokerNode>([new(BrokerName, new BrokerNode { Limits = limits })]),
                Links = new NameDictionary<Link>([new("default", new Link { Latency = new Delay { Fixed = TestClientOptions.Of(latency ?? 1.Milliseconds()) } })]),
            },
        };
        History = new History();
        _world = new RunWorld(scenario, seed, new RunOptions(), History) { MayHoldPackets = true };
        Broker.Start();
        _world.Facts.NoteStart();
    }

    /// <summary>Virtual time since the start.</summary>
    public TimeSpan Now => Span(_world.Kernel.NowNanoseconds);

    /// <summary>Everything that has happened.</summary>
    public History History { get; }

    /// <summary>Whether the broker's process is there.</summary>
    public bool IsBrokerUp => Broker.State != ProcessState.Down;

    private BrokerProcess Broker => _world.Brokers[0].Process;

    /// <summary>Adds a client that is not connected.</summary>
    /// <param name="name">Unique in the world: letters, digits, '-' and '_'.</param>
    /// <param name="options">What it asks of the broker; null for the defaults.</param>
    public TestClient AddClient(string name, TestClientOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_world.ClientsOf(name).Any()) throw new ArgumentException($"There is a client '{name}' already.", nameof(name));
        return new TestClient(this, _world.AddClient(name, (options ?? new TestClientOptions()).ToNode()));
    }

    /// <summary>Lets time pass; all that is due happens at its own instant.</summary>
    public void Advance(TimeSpan time)
    {
        var end = _world.Kernel.NowNanoseconds + TestClientOptions.Of(time).Nanoseconds;
        while (_world.Kernel.NextNanoseconds <= end) Step();
        _world.Kernel.RunUntil(end);
    }

    /// <summary>Lets time pass until no link has carried anything for a second: what was asked for has happened, as far as it can.</summary>
    /// <exception cref="WorldFailedException">The links are not quiet after 10 minutes of virtual time.</exception>
    public void RunUntilQuiet()
    {
        var limit = _world.Kernel.NowNanoseconds + TestClientOptions.Of(QuietMax).Nanoseconds;
        while (_world.Kernel.NextNanoseconds is { } next && next <= Math.Max(_world.LastTrafficNanoseconds + QuietNanoseconds, _world.Kernel.NowNanoseconds))
        {
            if (next > limit) throw new WorldFailedException($"The links were not quiet within {QuietMax}.\n{Tail()}");
            Step();
        }
    }

    /// <summary>Lets time pass until something holds.</summary>
    /// <param name="condition">What.</param>
    /// <param name="within">How long at most.</param>
    /// <exception cref="WorldFailedException">It did not come to hold in that time.</exception>
    public void RunUntil(Func<bool> condition, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var end = _world.Kernel.NowNanoseconds + TestClientOptions.Of(within).Nanoseconds;
        while (!condition())
        {
            if (_world.Kernel.NextNanoseconds is not { } next || next > end)
            {
                throw new WorldFailedException($"What was waited for did not come to hold within {within}.\n{Tail()}");
            }

            Step();
        }
    }

    /// <summary>Lets a client's path swallow everything in silence: no FIN, no RST, and neither end knows.</summary>
    public void GoHalfOpen(TestClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _world.Faults.Start(new HalfOpenFault { Link = client.LinkName, Id = $"half-open-{client.Name}" });
    }

    /// <summary>Ends <see cref="GoHalfOpen"/>: what the path held arrives at once.</summary>
    public void Heal(TestClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _world.Faults.Heal($"half-open-{client.Name}");
    }

    /// <summary>Breaks a client's connection with RST.</summary>
    public void Reset(TestClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _world.Faults.Start(new ResetFault { Link = client.LinkName });
    }

    /// <summary>Loses the next packet of a type: TCP loses no packet alone, so the connection breaks with RST before it leaves.</summary>
    /// <param name="type">Which, such as PubAck.</param>
    /// <param name="client">Whose connection.</param>
    /// <param name="fromBroker">Whether the broker sends it. Default: true.</param>
    public void DropNext(ControlPacketType type, TestClient client, bool fromBroker = true)
    {
        ArgumentNullException.ThrowIfNull(client);
        _world.Script.When(
            new PacketTrigger
            {
                Packet = (PacketName)(int)type,
                Dir = fromBroker ? Direction.Out : Direction.In,
                Conn = client.Name,
                Stage = PacketStage.BeforeSend,
            },
            new ResetFault { Link = client.LinkName });
    }

    /// <summary>Ends the broker and starts it again.</summary>
    /// <param name="killed">True as kill -9 does it; false in order, with DISCONNECT to the clients.</param>
    /// <param name="downFor">How long it is away. Default: not at all.</param>
    public void RestartBroker(bool killed, TimeSpan downFor = default)
    {
        StopBroker(killed);
        if (downFor > TimeSpan.Zero) Advance(downFor);
        Broker.Start();
    }

    /// <summary>Ends the broker.</summary>
    /// <param name="killed">True as kill -9 does it; false in order, with DISCONNECT to the clients.</param>
    public void StopBroker(bool killed)
    {
        if (killed)
        {
            Broker.Kill();
            return;
        }

        Broker.Stop();
        RunUntil(() => Broker.State == ProcessState.Down, 1.Minutes());
    }

    /// <summary>Starts a broker that was ended.</summary>
    public void StartBroker() => Broker.Start();

    /// <summary>Takes the processor away from the broker, as a virtual machine's host does.</summary>
    public void PauseBroker(TimeSpan time) => Broker.Pause(TestClientOptions.Of(time).Nanoseconds);

    /// <summary>Judges all that has happened so far by the rules of docs/ORACLES.md: nothing lost, repeated or reordered, wills as promised ...</summary>
    /// <remarks>Call it where the world has come to rest: what is still on its way counts as missing.</remarks>
    /// <exception cref="WorldFailedException">A rule was broken. The message names it and shows the packets.</exception>
    public void Verify()
    {
        var broken = RunJudge.Judge(_world.Scenario, History, _world.Facts.Build()).FirstOrDefault(finding => !finding.IsUnknown);
        if (broken is not null) throw new WorldFailedException($"{broken.Rule}: {broken.Message}\n{WorldText.Of(History, broken.Events)}");
    }

    /// <summary>Every event so far as aligned text: who sent which packet, what the network did.</summary>
    public string Timeline() => WorldText.Of(History, int.MaxValue);

    internal static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private string Tail() => "The last events:\n" + WorldText.Of(History, 40);

    private void Step()
    {
        _world.Kernel.Step();
        if (_world.HasFailed) Verify();
    }
}
