using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

// A broker that comes back with less than it told its clients: what is held against it all the same, and against others.
internal static partial class OracleCases
{
    private static void Rollbacks()
    {
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        var two = Message("a/b", "2", QoS.AtLeastOnce);
        var kept = Message("a/b", "1", QoS.AtLeastOnce, retain: true);
        var gone = Message("a/b", "", QoS.AtLeastOnce, retain: true);
        var dead = Message("w", "dead", QoS.AtLeastOnce);

        Breaks("Q1-1",
            ("acknowledged and lost, while another broker lost its power", () => BesideRolledBack().Publish("pub#1", one)),
            ("acknowledged and lost, behind a power loss, in a session that began there", () => RolledBack().Begin().Publish("pub#2", two)),
            ("acknowledged and lost, between two power losses", () => RolledBack().Begin().Publish("pub#2", two).After(30).Crash("power_loss", "pub#2", "sub#2")));
        Keeps("Q1-1",
            ("lost behind a power loss, by a session of before", () => RolledBack().Connect("pub", Lasting(), present: true).Connect("sub", Lasting(), present: true).Publish("pub#2", two)),
            ("lost behind a power loss, sent again by a publisher that begins anew", () => RolledBack(story => story.ToBroker("pub#1", one).Lose("pub#1", PubAck(1), isToBroker: false).Deliver("sub#1", one)).Begin().Publish("pub#2", one with { Duplicate = true })),
            ("got behind a power loss, in a session that began there", () => RolledBack().Begin().Publish("pub#2", two).Deliver("sub#2", two)));

        Breaks("Q1-2", ("none, before a power loss", () => RolledBack(story => story.ToBroker("pub#1", one).After(30))));
        Breaks("Q1-3", ("again on the same connection, before a power loss", () => RolledBack(story => story.Publish("pub#1", one).FromBroker("sub#1", one, one with { Duplicate = true }).Hand("sub#1", one).ToBroker("sub#1", PubAck(1)))));

        Breaks("Q0-3",
            ("never published, behind a power loss", () => RolledBack().Connect("sub", Lasting(), present: true).Deliver("sub#2", one)),
            ("never published, behind a power loss with a disk that lied", () => Lying().After(2).Crash("power_loss", "pub#1", "sub#1").Connect("sub", Lasting(), present: true).Deliver("sub#2", one)),
            ("never published, while another broker lost its power", () => BesideRolledBack().Deliver("sub#1", one)));
        Keeps("Q0-3",
            ("published before a power loss", () => RolledBack(story => story.Publish("pub#1", one).Deliver("sub#1", one)).Connect("sub", Lasting(), present: true).Deliver("sub#2", Message("a/b", "1", QoS.AtLeastOnce, 7))),
            ("retained of before a power loss", () => RolledBack(story => story.Publish("pub#1", kept).Deliver("sub#1", one)).Begin().Deliver("sub#2", kept)),
            ("for a subscription that was ended before a power loss", () => RolledBack(story => story.Unsubscribe("sub#1", "a/#")).Connect("pub", Lasting(), present: true).Connect("sub", Lasting(), present: true).Publish("pub#2", two).Deliver("sub#2", two)));

        Breaks("S-4", ("gone too early, from a connection behind a power loss", () => RolledBack().Connect("sub", Lasting(), present: true).After(1).End("sub#2", "reset", "reset").After(1).Connect("sub", Lasting())));
        Keeps("S-1",
            ("behind a power loss, one of before", () => RolledBack().Connect("sub", Lasting(), present: true)),
            ("behind a power loss, none", () => RolledBack().Connect("sub", Lasting())),
            ("behind a power loss, one that had ended before", () => RolledBack(story => story.ToBroker("sub#1", new DisconnectPacket { SessionExpiryIntervalSeconds = 0 }).End("sub#1", "closed", "fin").After(1), "pub#1").Connect("sub", Lasting(), present: true)));
        Keeps("S-4", ("lost by a disk that rotted while its broker was away", () => Open(100).After(1).End("c#1", "reset", "reset").After(5).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill")
            .Add(HistoryKind.FaultStarted, BrokerName, name: "bit_rot").Add(HistoryKind.FaultEnded, BrokerName, name: "bit_rot").After(1).Add(HistoryKind.ProcessStarted, BrokerName).After(1).Connect("c", Lasting(100))));
        Breaks("K-1", ("never closed, behind a power loss", () => RolledBack().Connect("sub", Lasting() with { KeepAliveSeconds = 10 }, present: true)));

        Keeps("R-3", ("a removed one is there again behind a power loss", () => RolledBack(story => story.Publish("pub#1", kept).Deliver("sub#1", one).Publish("pub#1", gone).Deliver("sub#1", Message("a/b", "", QoS.AtLeastOnce))).Begin().Deliver("sub#2", kept)));
        Breaks("R-1", ("none, though one was published behind a power loss", () => RolledBack().Begin().Publish("pub#2", Message("a/r", "3", QoS.AtLeastOnce, retain: true)).Deliver("sub#2", Message("a/r", "3", QoS.AtLeastOnce))
            .After(3).Connect("c").Subscribe("c#1", "a/#", QoS.AtLeastOnce)));
        Keeps("H-1", ("behind a power loss, to a member of before", () => RolledBack(story => story.Connect("old", Lasting()).Subscribe("old#1", "$share/g/s", QoS.AtLeastOnce), "pub#1", "sub#1", "old#1")
            .Connect("pub", Lasting(clean: true)).Connect("m").Subscribe("m#1", "$share/g/s", QoS.AtLeastOnce).After(1).Publish("pub#2", S1)));
        Keeps("W-2", ("the will of before a power loss, published when the broker is back", () => Stored(Mourned(0), Persistence.Os).After(2).Crash("power_loss", "sub#1", "c#1")
            .Connect("c", Leaving(0, 3600, QoS.AtLeastOnce) with { CleanStart = true }).Connect("sub", Lasting(clean: true)).Subscribe("sub#2", "w", QoS.AtLeastOnce).Deliver("sub#2", dead)));
        Keeps("Q2-8", ("unknown, since its PUBLISH was lost by a disk that lied and a sync that failed", () => Lying().ToBroker("pub#1", Message("a/b", "1", QoS.ExactlyOnce)).FromBroker("pub#1", PubRec(1)).After(2)
            .Add(HistoryKind.FaultStarted, BrokerName, name: "disk_error").Crash("kill", "pub#1", "sub#1").Connect("pub", Lasting(), present: true).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1, ReasonCode.PacketIdentifierNotFound))));
    }

    // b2, which has a store of the system's cache, loses its power while a publisher and a subscriber are at b1.
    private static HistoryBuilder BesideRolledBack() =>
        Pair(QoS.AtLeastOnce).Of("b2", new BrokerFacts { Persistence = Persistence.Os }).Connect("x", Lasting()).After(1).Crash("power_loss", "x#1").Of(BrokerName);

    /// <summary>b1 has a store of the system's cache, and loses its power.</summary>
    private static HistoryBuilder RolledBack(Func<HistoryBuilder, HistoryBuilder>? before = null, params string[] open)
    {
        var story = Stored(Pair(QoS.AtLeastOnce), Persistence.Os);
        return (before?.Invoke(story) ?? story).After(2).Crash("power_loss", open.Length == 0 ? ["pub#1", "sub#1"] : open);
    }

    // The disk of b1, which syncs, lies.
    private static HistoryBuilder Lying() => Stored(Pair(), Persistence.Group).Add(HistoryKind.FaultStarted, BrokerName, name: "disk_lies");

    // The publisher and the subscriber begin anew.
    private static HistoryBuilder Begin(this HistoryBuilder story) =>
        story.Connect("pub", Lasting(clean: true)).Connect("sub", Lasting(clean: true)).Subscribe("sub#2", "a/#", QoS.AtLeastOnce).After(1);
}
