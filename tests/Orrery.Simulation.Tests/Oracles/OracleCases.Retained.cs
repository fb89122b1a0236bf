using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

internal static partial class OracleCases
{
    private static void Retained()
    {
        var one = Message("r", "1", QoS.AtLeastOnce, retain: true);
        var two = Message("r", "2", QoS.AtLeastOnce, retain: true);
        var empty = Message("r", "", QoS.AtLeastOnce, retain: true);
        var brief = Message("r", "1", QoS.AtLeastOnce, retain: true, properties: new MessageProperties(messageExpiryIntervalSeconds: 10));

        Breaks("R-1",
            ("none", () => Holding(one).Subscribe("sub#1", "r")),
            ("an older value", () => Holding(one, two).Subscribe("sub#1", "r").Deliver("sub#1", one)),
            ("twice", () => Holding(one).Publish("pub#1", one).Subscribe("sub#1", "r").Deliver("sub#1", one).Deliver("sub#1", one)));
        Keeps("R-1",
            ("the last value", () => Holding(one, two).Subscribe("sub#1", "r").Deliver("sub#1", two)),
            ("each topic", () => Holding(one, Message("r/2", "1", QoS.AtLeastOnce, retain: true)).Subscribe("sub#1", "r/#").Deliver("sub#1", one).Deliver("sub#1", Message("r/2", "1", QoS.AtLeastOnce, id: 2, retain: true))),
            ("a value that changes meanwhile", () => Holding(one).ToBroker("sub#1", Subscription("r")).Publish("pub#1", two).FromBroker("sub#1", Granted(QoS.ExactlyOnce)).Deliver("sub#1", one)),
            ("a topic without a value", () => Holding(Message("x", "1", retain: true)).Subscribe("sub#1", "r")),
            ("a connection that ends", () => Holding(one).Subscribe("sub#1", "r").End("sub#1", "reset", "reset")),
            ("a value that was refused", () => Holding(one).Decide(JudgedDecisions.RetainedRefused, "A retained message of pub for r was delivered but not kept: the limit of retained messages is reached.").Subscribe("sub#1", "r")));

        Breaks("R-2",
            ("though it does not want them", () => Holding(one).Subscribe("sub#1", "r", handling: RetainHandling.DoNotSend).Deliver("sub#1", one)),
            ("though it was there already", () => Holding(one).Subscribe("sub#1", "r").Deliver("sub#1", one).Publish("pub#1", one).Deliver("sub#1", one with { Message = one.Message with { Retain = false } })
                .Subscribe("sub#1", "r", handling: RetainHandling.SendIfNewSubscription).Deliver("sub#1", one)),
            ("not again though it asks again", () => Holding(one).Subscribe("sub#1", "r").Deliver("sub#1", one).After(5).Subscribe("sub#1", "r")));
        Keeps("R-2",
            ("none wanted", () => Holding(one).Subscribe("sub#1", "r", handling: RetainHandling.DoNotSend)),
            ("a new one that wants them once", () => Holding(one).Subscribe("sub#1", "r", handling: RetainHandling.SendIfNewSubscription).Deliver("sub#1", one).After(1).Subscribe("sub#1", "r", handling: RetainHandling.SendIfNewSubscription)),
            ("again", () => Holding(one).Subscribe("sub#1", "r").Deliver("sub#1", one).After(5).Subscribe("sub#1", "r").Deliver("sub#1", one)));

        Breaks("R-3",
            ("an empty one is sent", () => Holding(one, empty).Subscribe("sub#1", "r").Deliver("sub#1", empty)),
            ("a removed one is sent", () => Holding(one, empty).Subscribe("sub#1", "r").Deliver("sub#1", one)),
            ("one without RETAIN is kept", () => Holding(one, Message("r", "9", QoS.AtLeastOnce)).Subscribe("sub#1", "r").Deliver("sub#1", Message("r", "9", QoS.AtLeastOnce, retain: true))));
        Keeps("R-3",
            ("removed", () => Holding(one, empty).Subscribe("sub#1", "r")),
            ("one without RETAIN changes nothing", () => Holding(one, Message("r", "9", QoS.AtLeastOnce)).Subscribe("sub#1", "r").Deliver("sub#1", one)),
            ("an empty one is passed on", () => Holding(one).Subscribe("sub#1", "r").Deliver("sub#1", one).After(1).Publish("pub#1", empty).Deliver("sub#1", empty with { Message = empty.Message with { Retain = false } })));

        Breaks("R-4",
            ("kept", () => Holding().Subscribe("sub#1", "r").After(2).Publish("pub#1", one).Deliver("sub#1", one)),
            ("cleared", () => Holding().Subscribe("sub#1", "r", asPublished: true).After(2).Publish("pub#1", one).Deliver("sub#1", one with { Message = one.Message with { Retain = false } })));
        Keeps("R-4",
            ("cleared", () => Holding().Subscribe("sub#1", "r").After(2).Publish("pub#1", one).Deliver("sub#1", one with { Message = one.Message with { Retain = false } })),
            ("kept", () => Holding().Subscribe("sub#1", "r", asPublished: true).After(2).Publish("pub#1", one).Deliver("sub#1", one)));

        Breaks("R-5",
            ("expired", () => Holding(brief).After(20).Subscribe("sub#1", "r").Deliver("sub#1", Left(brief, 0))),
            ("the whole interval is left", () => Holding(brief).After(5).Subscribe("sub#1", "r").Deliver("sub#1", brief)),
            ("nothing is left of it", () => Holding(brief).After(5).Subscribe("sub#1", "r").Deliver("sub#1", one)),
            ("expired since it was sent again", () => SentAgain(brief).After(20).Subscribe("sub#1", "r").Deliver("sub#1", Left(brief, 0))));
        Keeps("R-5",
            ("half of it is left", () => Holding(brief).After(5).Subscribe("sub#1", "r").Deliver("sub#1", Left(brief, 5))),
            ("half of it is left since it was sent again", () => SentAgain(brief).After(5).Subscribe("sub#1", "r").Deliver("sub#1", Left(brief, 5))),
            ("expired and not sent", () => Holding(brief).After(20).Subscribe("sub#1", "r")));

        Breaks("R-6",
            ("above the grant", () => Holding(one).Subscribe("sub#1", "r", QoS.AtMostOnce).Deliver("sub#1", one)),
            ("below both", () => Holding(one).Subscribe("sub#1", "r").Deliver("sub#1", Message("r", "1", retain: true))),
            ("to a shared subscription", () => Holding(Message("r", "1", QoS.AtMostOnce, retain: true)).Subscribe("sub#1", "$share/g/r").Publish("pub#1", Message("r", "1", retain: true)).Deliver("sub#1", Message("r", "1", retain: true))));
        Keeps("R-6",
            ("the lower one", () => Holding(one).Subscribe("sub#1", "r", QoS.AtMostOnce).Deliver("sub#1", Message("r", "1", retain: true))),
            ("none to a shared subscription", () => Holding(one).Subscribe("sub#1", "$share/g/r")));

        Breaks("R-7", ("kept in memory alone", () => Holding(one).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill").After(1).Add(HistoryKind.ProcessStarted, BrokerName).Connect("sub").Subscribe("sub#2", "r").Deliver("sub#2", one)));
        Keeps("R-7", ("gone with the memory", () => Holding(one).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill").After(1).Add(HistoryKind.ProcessStarted, BrokerName).Connect("sub").Subscribe("sub#2", "r")));
    }

    private static PublishPacket Left(PublishPacket packet, uint seconds) =>
        packet with { Message = packet.Message with { Properties = new MessageProperties(messageExpiryIntervalSeconds: seconds) } };

    /// <summary>Messages that were published while nobody listened.</summary>
    private static HistoryBuilder Holding(params PublishPacket[] messages)
    {
        var story = new HistoryBuilder().At(1).Connect("pub").Connect("sub").At(2);
        foreach (var message in messages) story.Publish("pub#1", message).After(1);
        return story;
    }

    /// <summary>A message that was not answered and came once more later.</summary>
    private static HistoryBuilder SentAgain(PublishPacket message) => new HistoryBuilder().At(1).Connect("pub", Lasting()).Connect("sub").At(2)
        .ToBroker("pub#1", message).End("pub#1").After(8).Connect("pub", Lasting(), present: true).Publish("pub#2", message with { Duplicate = true });

    private static void Wills()
    {
        var dead = Message("w", "dead");
        Breaks("W-1",
            ("twice", () => Mortal().End("c#1", "reset", "reset").Deliver("sub#1", dead).After(1).Deliver("sub#1", dead)),
            ("twice by one shared subscription", () => Mortal().Subscribe("sub#1", "$share/g/w").End("c#1", "reset", "reset").Deliver("sub#1", dead).Deliver("sub#1", dead).After(1).Deliver("sub#1", dead)));
        Keeps("W-1",
            ("once", () => Mortal().End("c#1", "reset", "reset").Deliver("sub#1", dead)),
            ("once by a plain subscription and once by a shared one", () => Mortal().Subscribe("sub#1", "$share/g/w").End("c#1", "reset", "reset").Deliver("sub#1", dead).Deliver("sub#1", dead)),
            ("two connections, two wills", () => Mortal().End("c#1", "reset", "reset").Deliver("sub#1", dead).After(1).Connect("c", Leaving(0, 0)).After(1).End("c#2", "reset", "reset").Deliver("sub#1", dead)));

        Breaks("W-2",
            ("never", () => Mortal().End("c#1", "reset", "reset")),
            ("early", () => Mortal(20, 300).End("c#1", "reset", "reset").After(19).Deliver("sub#1", dead)),
            ("late", () => Mortal(20, 300).End("c#1", "reset", "reset").After(21).Deliver("sub#1", dead)),
            ("while it is connected", () => Mortal().Deliver("sub#1", dead)),
            ("its session ends first", () => Mortal(100, 20).End("c#1", "reset", "reset").After(100).Deliver("sub#1", dead)));
        Keeps("W-2",
            ("after its delay", () => Mortal(20, 300).End("c#1", "reset", "reset").After(20.05).Deliver("sub#1", dead)),
            ("with its session", () => Mortal(100, 20).End("c#1", "reset", "reset").After(20).Deliver("sub#1", dead)),
            ("the broker stands still", () => Mortal(20, 300).End("c#1", "reset", "reset").After(10).Add(HistoryKind.ProcessPaused, BrokerName).After(20).Add(HistoryKind.ProcessResumed, BrokerName).Deliver("sub#1", dead)),
            ("nobody listens", () => new HistoryBuilder().At(1).Connect("c", Leaving(0, 0)).After(1).End("c#1", "reset", "reset")));

        Breaks("W-3",
            ("taken back and published", () => Mortal().ToBroker("c#1", new DisconnectPacket()).End("c#1", "closed", "fin").Deliver("sub#1", dead)),
            ("DISCONNECT 0x04", () => Mortal().ToBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage }).End("c#1", "closed", "fin")),
            ("a protocol error", () => Mortal().FromBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.ProtocolError }).End("c#1", "closed", "fin")));
        Keeps("W-3",
            ("taken back", () => Mortal().ToBroker("c#1", new DisconnectPacket()).End("c#1", "closed", "fin")),
            ("DISCONNECT 0x04", () => Mortal().ToBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage }).End("c#1", "closed", "fin").Deliver("sub#1", dead)));

        Breaks("W-4", ("published though resumed", () => Mortal(20, 300).End("c#1", "reset", "reset").After(10).Connect("c", Lasting(300), present: true).After(10).Deliver("sub#1", dead)));
        Keeps("W-4",
            ("resumed in time", () => Mortal(20, 300).End("c#1", "reset", "reset").After(10).Connect("c", Lasting(300), present: true)),
            ("begun anew", () => Mortal(20, 300).End("c#1", "reset", "reset").After(10).Connect("c", Lasting(300, clean: true)).Deliver("sub#1", dead)));

        Breaks("W-5",
            ("no delay", () => TakeOver(TakenOver, Mortal(0, 300))),
            ("a clean start", () => TakeOver(TakenOver, Mortal(20, 300), present: false, connect: Lasting(clean: true))),
            ("a delay, and published", () => TakeOver(TakenOver, Mortal(20, 300)).After(20).Deliver("sub#1", dead)));
        Keeps("W-5",
            ("no delay", () => TakeOver(TakenOver, Mortal(0, 300)).Deliver("sub#1", dead)),
            ("a delay", () => TakeOver(TakenOver, Mortal(20, 300))));

        Breaks("W-6",
            ("another QoS", () => Mortal().End("c#1", "reset", "reset").Deliver("sub#1", Message("w", "dead", QoS.AtLeastOnce))),
            ("other properties", () => Mortal().End("c#1", "reset", "reset").Deliver("sub#1", Message("w", "dead", properties: new MessageProperties(contentType: "text")))));
        Keeps("W-6", ("at the lower QoS", () => Mortal(qos: QoS.ExactlyOnce).End("c#1", "reset", "reset").Deliver("sub#1", Message("w", "dead", QoS.AtLeastOnce))));
    }

    private static ConnectPacket Leaving(uint delay, uint expiry, QoS qos = QoS.AtMostOnce) => Lasting(expiry) with { Will = new Will(Message("w", "dead", qos).Message, delay) };

    /// <summary>A client with a will, and somebody who listens.</summary>
    private static HistoryBuilder Mortal(uint delay = 0, uint expiry = 0, QoS qos = QoS.AtMostOnce) =>
        new HistoryBuilder().At(1).Connect("sub").Subscribe("sub#1", "w", QoS.AtLeastOnce).Connect("c", Leaving(delay, expiry, qos)).At(5);
}
