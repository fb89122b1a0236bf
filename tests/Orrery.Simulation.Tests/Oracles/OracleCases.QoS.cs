using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

internal static partial class OracleCases
{
    private static void QoS0And1()
    {
        var zero = Message("a/b", "1");
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        var again = one with { Duplicate = true };
        var brief = Message("a/b", "1", QoS.AtLeastOnce, properties: new MessageProperties(messageExpiryIntervalSeconds: 5));
        var said = Message("a/b", "1", properties: new MessageProperties(contentType: "text", userProperties: [new UserProperty("k", "v")]));

        Breaks("Q0-1",
            ("twice", () => Pair().Publish("pub#1", zero).Deliver("sub#1", zero).Deliver("sub#1", zero)),
            ("marked", () => Pair().Publish("pub#1", zero).Deliver("sub#1", zero with { Duplicate = true })));
        Keeps("Q0-1",
            ("published twice", () => Pair().Publish("pub#1", zero).Publish("pub#1", zero).Deliver("sub#1", zero).Deliver("sub#1", zero)),
            ("sent again by its publisher", () => Pair(QoS.AtMostOnce).ToBroker("pub#1", one).Deliver("sub#1", zero).Resume("pub").Publish("pub#2", again).Deliver("sub#1", zero)));

        Breaks("Q0-3",
            ("never published", () => Pair().Deliver("sub#1", zero)),
            ("another payload", () => Pair().Publish("pub#1", Message("a/c", "1")).Deliver("sub#1", Message("a/c", "1")).Deliver("sub#1", Message("a/c", "2"))),
            ("sent before it was read", () => Pair().Deliver("sub#1", zero).After(1).Unsubscribe("sub#1", "a/#").Publish("pub#1", zero)),
            ("nobody asked for it", () => Pair().Publish("pub#1", Message("x", "1")).Deliver("sub#1", Message("x", "1"))),
            ("other properties", () => Pair().Publish("pub#1", said).Deliver("sub#1", Message("a/b", "1", properties: new MessageProperties(contentType: "json")))));
        Keeps("Q0-3",
            ("same properties", () => Pair().Publish("pub#1", said).Deliver("sub#1", said)),
            ("a figure of the broker", () => new HistoryBuilder().At(1).Connect("sub").Subscribe("sub#1", "$SYS/#").Deliver("sub#1", Message("$SYS/broker/uptime", "1"))));

        Breaks("Q1-1",
            ("acknowledged and lost", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one)),
            ("lost while its subscriber was away", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(1).Publish("pub#1", one).After(1).Connect("sub", Lasting(), present: true)));
        Keeps("Q1-1",
            ("delivered", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Deliver("sub#1", one)),
            ("dropped as declared", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Decide(JudgedDecisions.Dropped, $"{DropIndex.FingerprintOf(one.Message)} a/b: dropped for sub: the queue is full.")),
            ("not taken over", () => Pair(QoS.AtLeastOnce).ToBroker("pub#1", one).End("pub#1", "reset", "reset")),
            ("refused", () => Pair(QoS.AtLeastOnce).ToBroker("pub#1", one).FromBroker("pub#1", PubAck(1, ReasonCode.NotAuthorized))),
            ("granted QoS 0 only", () => Pair(QoS.AtMostOnce).Publish("pub#1", one).Deliver("sub#1", zero)),
            ("its subscriber stays away", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(1).Publish("pub#1", one)),
            ("expired", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(1).Publish("pub#1", brief).After(10).Connect("sub", Lasting(), present: true)),
            ("unsubscribed before", () => Pair(QoS.AtLeastOnce).Unsubscribe("sub#1", "a/#").Publish("pub#1", one)),
            ("its session had ended", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(4000).Publish("pub#1", one).After(1).Connect("sub", Lasting())),
            ("its link is cut", () => Pair(QoS.AtLeastOnce).Add(HistoryKind.FaultStarted, "sub->b1", name: "half_open").Publish("pub#1", one).Lose("sub#1", one, isToBroker: false)),
            ("its client acknowledges nothing", () => Held(Pair(QoS.AtLeastOnce).Connect("slow", new ConnectPacket { CleanStart = true, ReceiveMaximum = 1 }).Subscribe("slow#1", "a/#", QoS.AtLeastOnce))));

        Breaks("Q1-2",
            ("none", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce))),
            ("none, though a later one is answered", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce)).Publish("pub#1", Message("x", "2", QoS.AtLeastOnce, id: 2)).After(0.5).End("pub#1")),
            ("twice", () => Pair().Publish("pub#1", Message("x", "1", QoS.AtLeastOnce)).FromBroker("pub#1", PubAck(1))),
            ("none, while the bytes of another client are corrupted", () => Corrupted("sub").ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce))),
            ("another identifier", () => Pair().Publish("pub#1", Message("x", "1", QoS.AtLeastOnce)).FromBroker("pub#1", PubAck(7))));
        Keeps("Q1-2",
            ("the connection ended", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce)).End("pub#1", "reset", "reset")),
            ("its bytes are corrupted", () => Corrupted("pub").ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce))),
            ("its bytes were corrupted on an earlier connection", () => Corrupted("pub").Add(HistoryKind.FaultEnded, "pub->b1", name: "corrupt").Resume("pub").Publish("pub#2", Message("x", "1", QoS.AtLeastOnce)).FromBroker("pub#2", PubAck(1))),
            ("the link is clogged", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce)).Add(HistoryKind.FaultStarted, "pub->b1", name: "clog")));

        Breaks("Q1-3",
            ("as another message", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Deliver("sub#1", one).Deliver("sub#1", Message("a/b", "1", QoS.AtLeastOnce, id: 2))),
            ("again on the same connection", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).FromBroker("sub#1", one).Hand("sub#1", one).After(5).FromBroker("sub#1", again).ToBroker("sub#1", PubAck(1))),
            ("again though acknowledged", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Deliver("sub#1", one).Resume().Deliver("sub#2", again)));
        Keeps("Q1-3",
            ("on a later connection", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).FromBroker("sub#1", one).Resume().Deliver("sub#2", again)),
            ("acknowledged as the connection ended", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Deliver("sub#1", one).End("sub#1", "reset", "reset").After(1).Connect("sub", Lasting(), present: true).Deliver("sub#2", again)),
            ("its publisher sent it again", () => Pair(QoS.AtLeastOnce).ToBroker("pub#1", one).Deliver("sub#1", one).End("pub#1", "reset", "reset").After(1).Connect("pub", Lasting(), present: true)
                .Publish("pub#2", again).Deliver("sub#1", Message("a/b", "1", QoS.AtLeastOnce, id: 2))));

        Breaks("Q1-4",
            ("a first one is marked", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Deliver("sub#1", again)),
            ("one that is sent again is not", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).FromBroker("sub#1", one).Resume().Deliver("sub#2", one)));
        Keeps("Q1-4", ("the publisher's mark is not passed on", () => Pair(QoS.AtLeastOnce).Publish("pub#1", again).Deliver("sub#1", one)));

        Breaks("Q1-5", ("refused with 0x97", () => Refused().Resume().FromBroker("sub#2", again)));
        Keeps("Q1-5", ("refused once and for all", () => Refused().Resume()));

        Breaks("Q1-6", ("in use", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Publish("pub#1", Message("a/b", "2", QoS.AtLeastOnce)).FromBroker("sub#1", one).Hand("sub#1", one).Deliver("sub#1", Message("a/b", "2", QoS.AtLeastOnce)).Leave("sub#1")));
        Keeps("Q1-6", ("freed by its PUBACK", () => Pair(QoS.AtLeastOnce).Publish("pub#1", one).Publish("pub#1", Message("a/b", "2", QoS.AtLeastOnce)).Deliver("sub#1", one).Deliver("sub#1", Message("a/b", "2", QoS.AtLeastOnce))));
    }

    private static HistoryBuilder Refused()
    {
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        return Pair(QoS.AtLeastOnce).Publish("pub#1", one).FromBroker("sub#1", one).Hand("sub#1", one).ToBroker("sub#1", PubAck(1, ReasonCode.QuotaExceeded));
    }

    // A client with a Receive Maximum of 1 that has one message and leaves it at that.
    private static HistoryBuilder Held(HistoryBuilder story)
    {
        var (one, two) = (Message("a/b", "1", QoS.AtLeastOnce), Message("a/b", "2", QoS.AtLeastOnce, id: 2));
        return story.Publish("pub#1", one).FromBroker("slow#1", one).Hand("slow#1", one).Deliver("sub#1", one).Publish("pub#1", two).Deliver("sub#1", two);
    }

    private static void QoS2()
    {
        var one = Message("a/b", "1", QoS.ExactlyOnce);
        var again = one with { Duplicate = true };
        var anew = Message("a/b", "1", QoS.ExactlyOnce, id: 2);
        var two = Message("a/b", "2", QoS.ExactlyOnce, id: 2);
        var brief = Message("a/b", "1", QoS.ExactlyOnce, properties: new MessageProperties(messageExpiryIntervalSeconds: 2));

        Breaks("Q2-1",
            ("lost", () => Pair().Publish("pub#1", one)),
            ("handed on twice", () => Pair().Publish("pub#1", one).Deliver("sub#1", one).Hand("sub#1", one)),
            ("as another message", () => Pair().Publish("pub#1", one).Deliver("sub#1", one).Deliver("sub#1", anew)));
        Keeps("Q2-1",
            ("once", () => Pair().Publish("pub#1", one).Deliver("sub#1", one)),
            ("not taken over, and passed on", () => Pair().ToBroker("pub#1", one).Deliver("sub#1", one).End("pub#1", "reset", "reset")));

        Breaks("Q2-2",
            ("a repeated one is not answered", () => Begun().ToBroker("pub#1", again)),
            ("a repeated one is passed on", () => Begun().ToBroker("pub#1", again).FromBroker("pub#1", PubRec(1)).Deliver("sub#1", anew)),
            ("unasked", () => Pair().FromBroker("pub#1", PubRec(9))));
        Keeps("Q2-2", ("repeated and answered", () => Begun().ToBroker("pub#1", again, again).FromBroker("pub#1", PubRec(1), PubRec(1)).ToBroker("pub#1", PubRel(1)).FromBroker("pub#1", PubComp(1))));

        Breaks("Q2-3",
            ("none", () => Begun().ToBroker("pub#1", PubRel(1))),
            ("two", () => Pair().Publish("pub#1", one).Deliver("sub#1", one).FromBroker("pub#1", PubComp(1))),
            ("an unknown one succeeds", () => Pair().ToBroker("pub#1", PubRel(5)).FromBroker("pub#1", PubComp(5))),
            ("a known one does not", () => Begun().ToBroker("pub#1", PubRel(1)).FromBroker("pub#1", PubComp(1, ReasonCode.PacketIdentifierNotFound))));
        Keeps("Q2-3",
            ("an unknown one is told so", () => Pair().ToBroker("pub#1", PubRel(5)).FromBroker("pub#1", PubComp(5, ReasonCode.PacketIdentifierNotFound))),
            ("again on a later connection", () => Begun().ToBroker("pub#1", PubRel(1)).End("pub#1", "reset", "reset").After(1).Connect("pub", Lasting(), present: true).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1))));

        Breaks("Q2-4",
            ("by the broker", () => Released().Resume().FromBroker("sub#2", again).ToBroker("sub#2", PubRec(1)).FromBroker("sub#2", PubRel(1)).ToBroker("sub#2", PubComp(1))),
            ("by the client", () => new HistoryBuilder().At(1).Connect("pub", Lasting()).ToBroker("pub#1", one).FromBroker("pub#1", PubRec(1)).ToBroker("pub#1", PubRel(1)).End("pub#1", "reset", "reset").After(1).Connect("pub", Lasting(), present: true)
                .ToBroker("pub#2", again).FromBroker("pub#2", PubRec(1)).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1))));
        Keeps("Q2-4", ("PUBREL is sent again", () => Released().Resume().FromBroker("sub#2", PubRel(1)).ToBroker("sub#2", PubComp(1))));

        Breaks("Q2-5",
            ("PUBLISH is not sent again", () => Pair().Publish("pub#1", one).FromBroker("sub#1", one).Hand("sub#1", one).Resume()),
            ("PUBREL is not sent again", () => Released().Resume()),
            ("PUBREL is sent though all is over", () => Pair().Publish("pub#1", one).Deliver("sub#1", one).Resume().FromBroker("sub#2", PubRel(1))));
        Keeps("Q2-5",
            ("both are sent again", () => Released().Publish("pub#1", two).FromBroker("sub#1", two).Hand("sub#1", two).Resume().FromBroker("sub#2", PubRel(1), two with { Duplicate = true }).Leave("sub#2")),
            ("no room for it", () => Pair().Publish("pub#1", one).Publish("pub#1", two).FromBroker("sub#1", one, two).Hand("sub#1", one).Hand("sub#1", two).Resume(connect: Lasting() with { ReceiveMaximum = 1 }).FromBroker("sub#2", again).Leave("sub#2")));

        Breaks("Q2-6", ("taken for the old one", () => Pair().Publish("pub#1", one).Deliver("sub#1", one).After(1).Publish("pub#1", Message("a/b", "2", QoS.ExactlyOnce))));
        Keeps("Q2-6", ("refused, then new", () => Pair().ToBroker("pub#1", one).FromBroker("pub#1", PubRec(1, ReasonCode.QuotaExceeded)).Publish("pub#1", Message("a/b", "2", QoS.ExactlyOnce)).Deliver("sub#1", Message("a/b", "2", QoS.ExactlyOnce))));

        Breaks("Q2-7", ("expired and forgotten", () => Pair().Publish("pub#1", brief).FromBroker("sub#1", brief).Hand("sub#1", brief).End("sub#1", "reset", "reset").After(10).Connect("sub", Lasting(), present: true)));
        Keeps("Q2-7", ("expired and sent again", () => Pair().Publish("pub#1", brief).FromBroker("sub#1", brief).Hand("sub#1", brief).End("sub#1", "reset", "reset").After(10).Connect("sub", Lasting(), present: true)
            .FromBroker("sub#2", Message("a/b", "1", QoS.ExactlyOnce, duplicate: true, properties: new MessageProperties(messageExpiryIntervalSeconds: 0))).Leave("sub#2")));

        Breaks("Q2-8",
            ("PUBREL is unknown on the next connection", () => Begun().Resume("pub").ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1, ReasonCode.PacketIdentifierNotFound))),
            ("PUBLISH is new on the next connection", () => Begun().Resume("pub").ToBroker("pub#2", again).FromBroker("pub#2", PubRec(1)).Deliver("sub#1", anew).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1))));
        Keeps("Q2-8",
            ("known on the next connection", () => Begun().Resume("pub").ToBroker("pub#2", again).FromBroker("pub#2", PubRec(1)).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1))),
            ("a session that is gone knows nothing", () => Begun().End("pub#1", "reset", "reset").After(4000).Connect("pub", Lasting()).ToBroker("pub#2", PubRel(1)).FromBroker("pub#2", PubComp(1, ReasonCode.PacketIdentifierNotFound))));
    }

    // The publisher has its PUBREC, and the subscriber the message.
    private static HistoryBuilder Begun()
    {
        var one = Message("a/b", "1", QoS.ExactlyOnce);
        return Pair().ToBroker("pub#1", one).FromBroker("pub#1", PubRec(1)).Deliver("sub#1", one);
    }

    // The subscriber has its PUBREL.
    private static HistoryBuilder Released()
    {
        var one = Message("a/b", "1", QoS.ExactlyOnce);
        return Pair().Publish("pub#1", one).FromBroker("sub#1", one).Hand("sub#1", one).ToBroker("sub#1", PubRec(1)).FromBroker("sub#1", PubRel(1));
    }
}
