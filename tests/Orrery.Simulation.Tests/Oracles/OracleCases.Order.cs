using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

internal static partial class OracleCases
{
    private static void Order()
    {
        Breaks("O-1",
            ("at QoS 1", () => Three().Deliver("sub#1", Numbered(1)).Deliver("sub#1", Numbered(3)).Deliver("sub#1", Numbered(2))),
            ("at QoS 0", () => Pair().Publish("pub#1", Message("a", "1")).Publish("pub#1", Message("a", "2")).Deliver("sub#1", Message("a", "2")).Deliver("sub#1", Message("a", "1"))));
        Keeps("O-1",
            ("in order", () => Three().Deliver("sub#1", Numbered(1)).Deliver("sub#1", Numbered(2)).Deliver("sub#1", Numbered(3))),
            ("1, 2, 3, 2, 3", () => Three().Deliver("sub#1", Numbered(1)).FromBroker("sub#1", Numbered(2), Numbered(3)).Resume().Deliver("sub#2", Numbered(2) with { Duplicate = true }).Deliver("sub#2", Numbered(3) with { Duplicate = true })),
            ("another topic", () => Pair().Publish("pub#1", Message("a/1", "1")).Publish("pub#1", Message("a/2", "2")).Deliver("sub#1", Message("a/2", "2")).Deliver("sub#1", Message("a/1", "1"))),
            ("another QoS", () => Pair().Publish("pub#1", Message("a", "1", QoS.AtLeastOnce)).Publish("pub#1", Message("a", "2")).Deliver("sub#1", Message("a", "2")).Deliver("sub#1", Message("a", "1", QoS.AtLeastOnce))));

        Breaks("O-2",
            ("sent again in another order", () => Three().FromBroker("sub#1", Numbered(1), Numbered(2), Numbered(3)).Resume().Deliver("sub#2", Numbered(1) with { Duplicate = true })
                .Deliver("sub#2", Numbered(3) with { Duplicate = true }).Deliver("sub#2", Numbered(2) with { Duplicate = true })),
            ("a new one before", () => Three().FromBroker("sub#1", Numbered(1), Numbered(2)).Resume().Deliver("sub#2", Numbered(1) with { Duplicate = true }).Deliver("sub#2", Numbered(3)).Deliver("sub#2", Numbered(2) with { Duplicate = true })));
        Keeps("O-2", ("in order, then the new one", () => Three().FromBroker("sub#1", Numbered(1), Numbered(2)).Resume().Deliver("sub#2", Numbered(1) with { Duplicate = true }).Deliver("sub#2", Numbered(2) with { Duplicate = true }).Deliver("sub#2", Numbered(3))));

        Breaks("O-3", ("the first once more", () => OneByOne().FromBroker("sub#1", Numbered(1)).Hand("sub#1", Numbered(1)).ToBroker("sub#1", PubAck(1)).FromBroker("sub#1", Numbered(2)).End("sub#1", "reset", "reset").After(1)
            .Connect("sub", Lasting() with { ReceiveMaximum = 1 }, present: true).Deliver("sub#2", Numbered(2) with { Duplicate = true }).Deliver("sub#2", Numbered(1) with { Duplicate = true })));
        Keeps("O-3", ("each again before the next", () => OneByOne().FromBroker("sub#1", Numbered(1)).Resume(connect: Lasting() with { ReceiveMaximum = 1 }).Deliver("sub#2", Numbered(1) with { Duplicate = true }).Deliver("sub#2", Numbered(2))));

        Breaks("O-4",
            ("PUBACK", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce, 1), Message("x", "2", QoS.AtLeastOnce, 2)).FromBroker("pub#1", PubAck(2), PubAck(1))),
            ("PUBREC", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.ExactlyOnce, 1), Message("x", "2", QoS.ExactlyOnce, 2)).FromBroker("pub#1", PubRec(2), PubRec(1))),
            ("PUBREL", () => Pair().Publish("pub#1", Message("a", "1", QoS.ExactlyOnce)).Publish("pub#1", Message("a", "2", QoS.ExactlyOnce, 2)).FromBroker("sub#1", Message("a", "1", QoS.ExactlyOnce), Message("a", "2", QoS.ExactlyOnce, 2))
                .Hand("sub#1", Message("a", "1", QoS.ExactlyOnce)).Hand("sub#1", Message("a", "2", QoS.ExactlyOnce, 2)).ToBroker("sub#1", PubRec(1), PubRec(2)).FromBroker("sub#1", PubRel(2), PubRel(1)).ToBroker("sub#1", PubComp(2), PubComp(1))));
        Keeps("O-4", ("in order, and other answers between", () => Pair().ToBroker("pub#1", Message("x", "1", QoS.AtLeastOnce, 1), Message("x", "2", QoS.ExactlyOnce, 2), Message("x", "3", QoS.AtLeastOnce, 3)).FromBroker("pub#1", PubRec(2), PubAck(1), PubAck(3))));

        Breaks("O-5", ("before its SUBACK", () => new HistoryBuilder().At(1).Connect("pub").Connect("sub").ToBroker("sub#1", Subscription("a")).Publish("pub#1", Message("a", "1")).Deliver("sub#1", Message("a", "1")).FromBroker("sub#1", Granted(QoS.ExactlyOnce))));
        Keeps("O-5", ("another subscription asks for it too", () => Pair().ToBroker("sub#1", Subscription("a/b", id: 7)).Publish("pub#1", Message("a/b", "1")).Deliver("sub#1", Message("a/b", "1")).FromBroker("sub#1", Granted(QoS.ExactlyOnce, 7))));
    }

    private static PublishPacket Numbered(int number) => Message("a", $"{number}", QoS.AtLeastOnce, (ushort)number);

    private static HistoryBuilder Three() => Pair().Publish("pub#1", Numbered(1)).Publish("pub#1", Numbered(2)).Publish("pub#1", Numbered(3));

    private static HistoryBuilder OneByOne() => new HistoryBuilder().At(1).Connect("pub").Connect("sub", Lasting() with { ReceiveMaximum = 1 }).Subscribe("sub#1", "a")
        .Publish("pub#1", Numbered(1)).Publish("pub#1", Numbered(2));
}
