using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

// What the end of a broker with a store excuses, and what it does not.
internal static partial class OracleCases
{
    private static void Excuses()
    {
        Breaks("Q1-3",
            ("again though acknowledged a minute before the broker ended", () => Answered().After(60).Again()),
            ("again though acknowledged to a broker whose disk had stood still before", () => Answered(story => story.Stall().After(0.5).StallEnds().After(5)).After(60).Again()),
            ("again though acknowledged to a broker while the disk of another one stood still", () => Answered(story => story.Stall("b2")).After(60).Again()),
            ("again though acknowledged to a broker whose disk lied", () => Answered(story => story.Add(HistoryKind.FaultStarted, BrokerName, name: "disk_lies")).After(60).Again()));
        Keeps("Q1-3",
            ("again, acknowledged right before the broker ended", () => Answered().After(0.5).Again()),
            ("again, acknowledged to a broker whose disk stood still until it ended", () => Answered(story => story.Stall()).After(60).Again()),
            ("again, acknowledged to a broker whose disk stood still until right before it ended", () => Answered(story => story.Stall()).After(60).StallEnds().After(0.5).Again()),
            ("again, acknowledged to a broker that stood still and ended", () => Answered().Add(HistoryKind.ProcessPaused, BrokerName).After(60).Again()),
            ("again, acknowledged to a broker whose store was given up", () => Answered(story => story.Decide(JudgedDecisions.StoreFailed, "The store failed.")).After(1.5).Again()),
            ("again, acknowledged to a broker with a slow disk", () => Slow(Answered()).After(10).Again()));

        Breaks("S-4",
            ("there too long, over a crash, though a disk was slow once", () => Open(100).Stall().After(0.1).StallEnds().After(10).End("c#1", "reset", "reset").After(5).Crash("kill").After(95).Connect("c", Lasting(100), present: true)),
            ("lost, though a clean start had been waiting for a minute when the broker ended", () => Unanswered(60)));
        Keeps("S-4", ("lost, since a clean start had come right before the broker ended", () => Unanswered(0.5)));

        var (kept, newer) = (Message("x/b", "1", QoS.AtLeastOnce, retain: true), Message("x/b", "2", retain: true));
        Keeps("R-1", ("an older value, since the store was full when there was a newer one", () => NoRoom(story => story.Publish("two#1", kept)).After(1).Publish("two#1", newer).After(3).Connect("c").Subscribe("c#1", "x/#").Deliver("c#1", kept)));
        Keeps("S-6", ("published before the session began, and taken in later by a store that then had no room", () => Waiting()));
        Keeps("Q0-3", ("as the broker read it where bits had flipped", () => Corrupted("pub").Lose("pub#1", Message("a/b", "1"), isToBroker: true).Misread("pub#1", Message("a/b", "9")).Deliver("sub#1", Message("a/b", "9"))));

        var dead = Message("w", "dead", QoS.AtLeastOnce);
        Breaks("W-3",
            ("taken back and published, before the broker ends", () => TakenBack(20).After(5).Deliver("sub#1", dead).After(5).Crash("kill", "sub#1")),
            ("taken back and published, by a broker that ends when it would have been due", () => Stored(TakenBack(20)).After(19).Deliver("sub#1", dead).After(0.99).Crash("kill", "sub#1").Connect("sub", Lasting(), present: true)),
            ("taken back and published, by a broker whose clock differs", () => TakenBack(20).Add(HistoryKind.ClockChanged, BrokerName, detail: "the clock runs 1.1 times as fast").After(5).Deliver("sub#1", dead)));
        Breaks("W-2", ("taken back right before the broker ends, and published before that", () => Stored(TakenBack(0)).Deliver("sub#1", dead).After(0.5).Crash("kill", "sub#1").Connect("sub", Lasting(), present: true)));
        Keeps("W-3", ("taken back right before the broker ends, and published when it is back", () => Stored(TakenBack(0)).After(0.5).Crash("kill", "sub#1").Connect("sub", Lasting(), present: true).Deliver("sub#2", dead)));
    }

    private static HistoryBuilder Stall(this HistoryBuilder story, string broker = BrokerName) => story.Add(HistoryKind.FaultStarted, broker, name: "disk_stall");

    private static HistoryBuilder StallEnds(this HistoryBuilder story) => story.Add(HistoryKind.FaultEnded, BrokerName, name: "disk_stall");

    // A message that was acknowledged by the client, of which nothing tells it whether that was kept.
    private static HistoryBuilder Answered(Func<HistoryBuilder, HistoryBuilder>? before = null)
    {
        var story = Stored(Pair(QoS.AtLeastOnce)).Publish("pub#1", Message("a/b", "1", QoS.AtLeastOnce)).FromBroker("sub#1", Message("a/b", "1", QoS.AtLeastOnce)).Hand("sub#1", Message("a/b", "1", QoS.AtLeastOnce));
        return (before?.Invoke(story) ?? story).ToBroker("sub#1", PubAck(1));
    }

    // The broker ends, and sends it again.
    private static HistoryBuilder Again(this HistoryBuilder story) =>
        story.Crash("kill", "pub#1", "sub#1").Connect("sub", Lasting(), present: true).Deliver("sub#2", Message("a/b", "1", QoS.AtLeastOnce, duplicate: true));

    private static HistoryBuilder Slow(HistoryBuilder story) =>
        story.With(new BrokerFacts { Persistence = Persistence.Fsync, Node = new BrokerNode { Disk = new Disk { Sync = new Delay { Fixed = new Duration(1_000_000_000) } } } });

    /// <summary>A clean start is read and not answered when the broker ends; its client asks for the session afterwards and finds none.</summary>
    private static HistoryBuilder Unanswered(double seconds)
    {
        var story = Stored(Gone()).Add(HistoryKind.FaultStarted, "c->b1", name: "clog");
        var asking = story.Open("c");
        return story.ToBroker(asking, Lasting(clean: true) with { ClientId = "c" }).After(seconds).Crash("kill", asking).Connect("c", Lasting());
    }

    // A PUBLISH waits for the store; somebody subscribes, gets it, and the connection is closed without an answer.
    private static HistoryBuilder Waiting()
    {
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        return Stored(new HistoryBuilder().At(1).Connect("pub", Lasting())).ToBroker("pub#1", one).After(0.2).Connect("sub").Subscribe("sub#1", "a/#", QoS.AtLeastOnce).After(0.1).Deliver("sub#1", one)
            .FromBroker("pub#1", new DisconnectPacket { ReasonCode = ReasonCode.QuotaExceeded }).End("pub#1");
    }

    // The client takes its will back.
    private static HistoryBuilder TakenBack(uint delay) => Mourned(delay).ToBroker("c#1", new DisconnectPacket()).End("c#1", "closed", "fin");
}
