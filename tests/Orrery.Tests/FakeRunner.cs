using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Tests;

/// <summary>Results by rule, in place of the simulation: the trace depends on the scenario and the seed, and all passes.</summary>
internal sealed class FakeRunner
{
    private readonly Lock _lock = new();

    /// <summary>Changes a result before it is given back.</summary>
    public Func<RunResult, RunResult> Then { get; init; } = result => result;

    /// <summary>Called before each run, on its thread.</summary>
    public Action<ScenarioRun> Before { get; init; } = _ => { };

    /// <summary>The options of each run.</summary>
    public List<RunOptions> Asked { get; } = [];

    public static string TraceOf(string hash, ulong? seed) => ((hash[0] * 1_000_003UL) ^ ((seed ?? 0) * 0x9E3779B97F4A7C15)).ToString("x16");

    public RunResult Run(ScenarioRun run, RunOptions options)
    {
        lock (_lock) Asked.Add(options);
        Before(run);
        var seed = options.Seed ?? run.Seed!.Value;
        return Then(new RunResult(run.Name, seed, run.Hash, Verdict.Pass, TraceOf(run.Hash, seed), [], HistoryOfOne(), 2_500_000_000, 42));
    }

    /// <summary>The result failed by a rule that its two events show.</summary>
    public static RunResult Broken(RunResult result) => result with
    {
        Verdict = Verdict.Fail,
        Findings = [new Finding("Q1-2", "MQTT-4.3.2-4", "c got no PUBACK for 1.", [0, 1])],
    };

    private static History HistoryOfOne()
    {
        var history = new History();
        var publish = new PublishPacket
        {
            PacketIdentifier = new PacketIdentifier(1),
            Message = new ApplicationMessage { Topic = TopicName.Parse("a/b"), Payload = "hi"u8.ToArray(), QoS = QoS.AtLeastOnce },
        };
        var wire = new WirePacket(true, 0, MqttVersion.V311, publish, Convert.FromHexString("32090003612f6200016869"));
        history.Add(new HistoryEvent { Index = 0, Nanoseconds = 1_000_000_000, Kind = HistoryKind.PacketSent, Node = "c", Peer = "b1", Connection = "c#1", Packet = wire });
        history.Add(new HistoryEvent { Index = 0, Nanoseconds = 1_005_000_000, Kind = HistoryKind.PacketReceived, Node = "b1", Peer = "c", Connection = "c#1", Packet = wire, Cause = 0 });
        return history;
    }
}
