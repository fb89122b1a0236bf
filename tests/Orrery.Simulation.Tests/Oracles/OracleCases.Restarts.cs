using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

// What outlasts the end of a broker with a store, and what a store that has failed or is full must not do.
internal static partial class OracleCases
{
    private static void Restarts()
    {
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        Breaks("Q1-1",
            ("acknowledged and lost by a store", () => Stored(Pair(QoS.AtLeastOnce)).Publish("pub#1", one).After(2).Crash("kill", "pub#1", "sub#1").Connect("sub", Lasting(), present: true)),
            ("acknowledged and lost by a store of the system's cache, though it was only killed", () => Stored(Pair(QoS.AtLeastOnce), Persistence.Os).Publish("pub#1", one).After(2).Crash("kill", "pub#1", "sub#1").Connect("sub", Lasting(), present: true)),
            ("acknowledged and lost by a store with a power loss", () => Stored(Pair(QoS.AtLeastOnce), Persistence.Group).Publish("pub#1", one).After(2).Crash("power_loss", "pub#1", "sub#1").Connect("sub", Lasting(), present: true)));
        Keeps("Q1-1",
            ("kept over a crash", () => Stored(Pair(QoS.AtLeastOnce)).Publish("pub#1", one).After(2).Crash("kill", "pub#1", "sub#1").Connect("sub", Lasting(), present: true).Deliver("sub#2", one)),
            ("lost by a store of the system's cache with a power loss", () => Stored(Pair(QoS.AtLeastOnce), Persistence.Os).Publish("pub#1", one).After(2).Crash("power_loss", "pub#1", "sub#1").Connect("sub", Lasting(), present: true)),
            ("lost by a broker that keeps nothing", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).After(2).Crash("kill", "pub#1", "sub#1").Connect("sub", Lasting())),
            ("not acknowledged before the crash", () => Stored(Pair(QoS.AtLeastOnce)).ToBroker("pub#1", one).Crash("kill", "pub#1", "sub#1").Connect("sub", Lasting(), present: true)));

        Breaks("Q2-8", ("PUBREL is unknown to a broker that came back", () => Released(ReasonCode.PacketIdentifierNotFound)));
        Keeps("Q2-8", ("PUBREL is known to a broker that came back", () => Released(ReasonCode.Success)));

        Breaks("R-7", ("lost by a store", () => Stored(Pair()).Publish("pub#1", Message("x/b", "1", QoS.AtLeastOnce, retain: true)).After(2).Crash("kill", "pub#1", "sub#1").After(3).Connect("c").Subscribe("c#1", "x/#")));
        Keeps("R-7",
            ("kept by a store", () => Stored(Pair()).Publish("pub#1", Message("x/b", "1", QoS.AtLeastOnce, retain: true)).After(2).Crash("kill", "pub#1", "sub#1").After(3).Connect("c").Subscribe("c#1", "x/#").Deliver("c#1", Message("x/b", "1", QoS.AtLeastOnce, retain: true))),
            ("written before the end and not acknowledged", () => Stored(Pair()).ToBroker("pub#1", Message("x/b", "1", QoS.AtLeastOnce, retain: true)).Crash("kill", "pub#1", "sub#1").After(3).Connect("c").Subscribe("c#1", "x/#")));

        Breaks("S-4",
            ("gone too early, though its store has it", () => Open(100).After(2).Crash("kill", "c#1").After(40).Connect("c", Lasting(100))),
            ("as long as CONNECT says, though DISCONNECT said more", () => Longer(5).Crash("kill").After(60).Connect("c", Lasting(30))),
            ("there too long, over two crashes", () => Open(100).After(2).Crash("kill", 50, "c#1").After(5).Crash("kill", 50).After(60).Connect("c", Lasting(100), present: true)),
            ("there too long, over a crash", () => Open(100).After(1).End("c#1", "reset", "reset").After(5).Crash("kill").After(95).Connect("c", Lasting(100), present: true)),
            ("gone too early, closed before the crash", () => Open(100).After(1).End("c#1", "reset", "reset").After(5).Crash("kill").After(80).Connect("c", Lasting(100))));
        Keeps("S-4",
            ("as long as CONNECT says, where the broker ends right behind a DISCONNECT that says more", () => Longer(0.1).Crash("kill").After(60).Connect("c", Lasting(30))),
            ("counted from a start that came to its end", () => Open(100).After(2).Crash("kill", 50, "c#1").Crash("kill", 50).After(60).Connect("c", Lasting(100), present: true)),
            ("counted over a crash", () => Open(100).After(1).End("c#1", "reset", "reset").After(5).Crash("kill").After(90).Connect("c", Lasting(100), present: true)),
            ("over while the broker was away", () => Open(10).After(1).End("c#1", "reset", "reset").After(5).Crash("kill", 60).After(1).Connect("c", Lasting(10))),
            ("counted from the start of the broker, where its connection ended with it", () => Open(100).After(2).Crash("kill", 50, "c#1").After(60).Connect("c", Lasting(100), present: true)),
            ("a wall clock that was set", () => Open(100).After(1).End("c#1", "reset", "reset").After(5).Add(HistoryKind.ClockChanged, BrokerName, detail: "the wall clock jumps by +1h").Crash("kill").After(20).Connect("c", Lasting(100))));

        var brief = Message("a/b", "1", QoS.AtLeastOnce, properties: new MessageProperties(messageExpiryIntervalSeconds: 100));
        Breaks("ME-3", ("not counted while the broker was away", () => Stored(Pair(QoS.AtLeastOnce)).End("sub#1", "reset", "reset").Publish("pub#1", brief).After(5).Crash("kill", 50, "pub#1").After(3).Connect("sub", Lasting(), present: true).Deliver("sub#2", brief)));
        Keeps("ME-3", ("counted while the broker was away", () => Stored(Pair(QoS.AtLeastOnce)).End("sub#1", "reset", "reset").Publish("pub#1", brief).After(5).Crash("kill", 50, "pub#1").After(3).Connect("sub", Lasting(), present: true)
            .Deliver("sub#2", Message("a/b", "1", QoS.AtLeastOnce, properties: new MessageProperties(messageExpiryIntervalSeconds: 42)))));

        Breaks("L-4",
            ("an actor of a session whose CONNECT had waited for a minute for its CONNACK when the broker ended", () => Unanswered(3_600, 60)),
            ("an actor of a session that is over, whose CONNACK had not left when the broker ended", () => Unanswered(10, 0.5)));
        Keeps("L-4", ("a session that lives, whose CONNACK had not left when the broker ended", () => Unanswered(3_600, 0.5)));

        var dead = Message("w", "dead", QoS.AtLeastOnce);
        Breaks("W-2", ("of a CONNECT that had waited for a minute for its CONNACK when the broker ended", () => Unheard(20, 60).Connect("c", Leaving(20, 3600, QoS.AtLeastOnce)).After(19.05).Deliver("sub#2", dead)));
        Breaks("W-7",
            ("early, of a CONNECT whose CONNACK had not left", () => Unheard(20, 0.5).After(5).Deliver("sub#2", dead)),
            ("though resumed, of a CONNECT whose CONNACK had not left", () => Unheard(20, 0.5).After(5).Connect("c", Lasting(), present: true).After(15).Deliver("sub#2", dead)),
            ("never, though somebody listens", () => Orphaned(20).After(30)),
            ("never, though somebody comes back", () => Orphaned(0, listens: false).After(10).Connect("sub", Lasting(), present: true)),
            ("early", () => Orphaned(20).After(5).Deliver("sub#2", dead)),
            ("late", () => Orphaned(20).After(25).Deliver("sub#2", dead)),
            ("though resumed", () => Orphaned(20).After(5).Connect("c", Lasting(), present: true).After(15).Deliver("sub#2", dead)));
        Keeps("W-7",
            ("of a CONNECT whose CONNACK had not left", () => Unheard(20, 0.5).After(19.05).Deliver("sub#2", dead)),
            ("of a CONNECT whose CONNACK had not left, and not published", () => Unheard(20, 0.5).After(30)),
            ("counted from the start", () => Orphaned(20).After(19.05).Deliver("sub#2", dead)),
            ("for one who comes back", () => Orphaned(0, listens: false).After(10).Connect("sub", Lasting(), present: true).Deliver("sub#2", dead)),
            ("resumed before it is due", () => Orphaned(20).After(5).Connect("c", Lasting(), present: true)),
            ("a broker that keeps nothing", () => Mourned(20).After(2).Crash("kill", "sub#1", "c#1").Connect("sub", Lasting())),
            ("a broker that ends again", () => Orphaned(20).After(5).Crash("kill", "sub#2").Connect("sub", Lasting(), present: true)));

        Breaks("W-8",
            ("counted anew", () => Delayed(20, away: 5).After(25).Deliver("sub#2", dead)),
            ("at once", () => Delayed(20, away: 5).After(1).Deliver("sub#2", dead)),
            ("never", () => Delayed(20, away: 5).After(60)),
            ("counted anew, though it was due while the broker was away", () => Delayed(20, away: 40).After(20).Deliver("sub#2", dead)));
        Keeps("W-8",
            ("goes on", () => Delayed(20, away: 5).After(10).Deliver("sub#2", dead)),
            ("due while the broker was away", () => Stored(Mourned(20)).After(2).End("c#1", "reset", "reset").After(3).Crash("kill", 40, "sub#1").After(0.5).Connect("sub", Lasting(), present: true).Deliver("sub#2", dead)),
            ("taken back", () => Delayed(20, away: 5).After(5).Connect("c", Lasting(), present: true)));

        Breaks("P-5",
            ("an acknowledgement", () => Failed().FromBroker("sub#1", new DisconnectPacket { ReasonCode = ReasonCode.ImplementationSpecificError }).End("sub#1").After(1).Publish("two#1", one)),
            ("a durable session is accepted", () => Failed().FromBroker("sub#1", new DisconnectPacket { ReasonCode = ReasonCode.ImplementationSpecificError }).End("sub#1").After(1).Connect("c", Lasting())),
            ("a durable session stays", () => Failed().After(5)));
        Keeps("P-5",
            ("refused", () => Failed().FromBroker("sub#1", new DisconnectPacket { ReasonCode = ReasonCode.ImplementationSpecificError }).End("sub#1").After(1).ToBroker("two#1", one).FromBroker("two#1", PubAck(1, ReasonCode.ImplementationSpecificError))),
            ("nobody keeps it", () => Failed().FromBroker("sub#1", new DisconnectPacket { ReasonCode = ReasonCode.ImplementationSpecificError }).End("sub#1").After(1).Publish("two#1", Message("y", "1", QoS.AtLeastOnce))));

        Breaks("P-6",
            ("an acknowledgement", () => NoRoom().After(1).Publish("two#1", one).Deliver("sub#1", one)),
            ("no word", () => NoRoom().After(1).ToBroker("old#1", one)),
            ("it stays full", () => NoRoom().Add(HistoryKind.FaultEnded, BrokerName, name: "disk_full").After(20)));
        Keeps("P-6",
            ("refused", () => NoRoom().After(1).ToBroker("two#1", one).FromBroker("two#1", PubAck(1, ReasonCode.QuotaExceeded))),
            ("an older client is closed", () => NoRoom().After(1).ToBroker("old#1", one).End("old#1")),
            ("there is room again", () => NoRoom().After(1).Add(HistoryKind.FaultEnded, BrokerName, name: "disk_full").After(1).Decide(JudgedDecisions.StoreHasRoom, "room").After(1).Publish("two#1", one).Deliver("sub#1", one)));
    }

    private static HistoryBuilder Stored(HistoryBuilder story, Persistence persistence = Persistence.Fsync) => story.With(new BrokerFacts { Persistence = persistence });

    private static HistoryBuilder Crash(this HistoryBuilder story, string how, params string[] open) => story.Crash(how, 2, open);

    /// <summary>The broker ends with the connections that are open, and comes back.</summary>
    private static HistoryBuilder Crash(this HistoryBuilder story, string how, double away, params string[] open)
    {
        story.Add(HistoryKind.ProcessEnded, story.Broker, name: how);
        foreach (var connection in open) story.End(connection, "process_ended", "reset");
        return story.After(away).Add(HistoryKind.ProcessStarted, story.Broker).Decide(JudgedDecisions.StoreRecovered, "Recovered.").After(1);
    }

    // The publisher has its PUBREC, the broker ends, and the PUBREL comes on the next connection.
    private static HistoryBuilder Released(ReasonCode code)
    {
        var two = Message("a/b", "1", QoS.ExactlyOnce);
        return Stored(Pair()).ToBroker("pub#1", two).FromBroker("pub#1", PubRec(1)).Deliver("sub#1", two).After(2).Crash("kill", "pub#1", "sub#1")
            .Connect("pub", Lasting(), present: true).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1, code));
    }

    private static HistoryBuilder Open(uint expiry) => Stored(new HistoryBuilder().At(1).Connect("c", Lasting(expiry)));

    private static HistoryBuilder Longer(double before) => Open(30).After(1).ToBroker("c#1", new DisconnectPacket { SessionExpiryIntervalSeconds = 100 }).End("c#1", "closed", "fin").After(before);

    /// <summary>A client with a will and a lasting session, and one that listens.</summary>
    private static HistoryBuilder Mourned(uint delay) =>
        new HistoryBuilder().At(1).Connect("sub", Lasting()).Subscribe("sub#1", "w", QoS.AtLeastOnce).Connect("c", Leaving(delay, 3600, QoS.AtLeastOnce)).At(5);

    // The broker ends with the will's connection, and is back; the listener, if it does, comes a second later.
    private static HistoryBuilder Orphaned(uint delay, bool listens = true)
    {
        var story = Stored(Mourned(delay)).After(2).Crash("kill", "sub#1", "c#1");
        return listens ? story.Connect("sub", Lasting(), present: true) : story;
    }

    // The broker ends before it has answered a CONNECT with a will.
    private static HistoryBuilder Unheard(uint delay, double seconds)
    {
        var story = Stored(new HistoryBuilder().At(1).Connect("sub", Lasting()).Subscribe("sub#1", "w", QoS.AtLeastOnce).At(5));
        return story.CrashBeforeConnAck(Leaving(delay, 3600, QoS.AtLeastOnce), seconds, "sub#1").Connect("sub", Lasting(), present: true);
    }

    // The broker ends before it has answered a CONNECT, and has a session in the end.
    private static HistoryBuilder Unanswered(uint expiry, double seconds)
    {
        var counts = new BrokerCounts(10, 0, 0, 0, 0);
        return new HistoryBuilder().With(new BrokerFacts { Persistence = Persistence.Fsync, Baseline = counts, AtEnd = counts with { Actors = 12, Sessions = 1 } }).At(1)
            .CrashBeforeConnAck(Lasting(expiry), seconds).After(60);
    }

    private static HistoryBuilder CrashBeforeConnAck(this HistoryBuilder story, ConnectPacket connect, double seconds, params string[] open)
    {
        var asking = story.Add(HistoryKind.FaultStarted, "c->b1", name: "clog").Open("c");
        return story.ToBroker(asking, connect with { ClientId = "c" }).After(seconds).Crash("kill", [.. open, asking]);
    }

    // The will's connection ends five seconds before the broker does; its delay is over so many seconds after that.
    private static HistoryBuilder Delayed(uint delay, double away) =>
        Stored(Mourned(delay)).End("c#1", "reset", "reset").After(5).Crash("kill", away, "sub#1").Connect("sub", Lasting(), present: true).After(-1);

    private static HistoryBuilder Failed() => Stored(Pair(QoS.AtLeastOnce)).Connect("two").After(1).Decide(JudgedDecisions.StoreFailed, "The store failed.").FromBroker("pub#1", new DisconnectPacket { ReasonCode = ReasonCode.ImplementationSpecificError }).End("pub#1");

    private static HistoryBuilder NoRoom(Func<HistoryBuilder, HistoryBuilder>? before = null)
    {
        var story = Stored(Pair(QoS.AtLeastOnce)).Connect("two").Connect("old", Old() with { CleanStart = true });
        return (before?.Invoke(story) ?? story).After(1).Add(HistoryKind.FaultStarted, BrokerName, name: "disk_full").Decide(JudgedDecisions.StoreFull, "The store has no room.");
    }
}
