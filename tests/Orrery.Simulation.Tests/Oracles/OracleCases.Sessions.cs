using Orrery.Broker;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

internal static partial class OracleCases
{
    private static readonly DisconnectPacket TakenOver = new() { ReasonCode = ReasonCode.SessionTakenOver };

    private static void Sessions()
    {
        Breaks("S-1",
            ("none was there", () => new HistoryBuilder().At(1).Connect("c", Lasting(), present: true)),
            ("a clean start", () => Gone().Connect("c", Lasting(clean: true), present: true)),
            ("it ended with its connection", () => Gone(0).Connect("c", Lasting(), present: true)),
            ("with a refusal", () => new HistoryBuilder().At(1).Connect("c", Lasting(), answer: new ConnAckPacket { SessionPresent = true, ReasonCode = ReasonCode.NotAuthorized })),
            ("the broker has forgotten all", () => Restarted().Connect("c", Lasting(), present: true)));
        Keeps("S-1",
            ("none, one, one, none", () => Gone().Connect("c", Lasting(), present: true).Resume("c", 2).After(1).End("c#3", "reset", "reset").After(1).Connect("c", Lasting(clean: true))),
            ("the broker has forgotten all", () => Restarted().Connect("c", Lasting())),
            ("MQTT 3.1.1", () => new HistoryBuilder().At(1).Connect("c", Old()).After(1).End("c#1", "fin", "closed").After(100_000).Connect("c", Old(), present: true)));

        Breaks("S-2",
            ("the older one stays open", () => new HistoryBuilder().At(1).Connect("c", Lasting()).After(1).Connect("c", Lasting(), present: true)),
            ("the older one is told nothing", () => TakeOver(null)),
            ("the older one is told something else", () => TakeOver(new DisconnectPacket { ReasonCode = ReasonCode.SessionTakenOver + 1 })));
        Keeps("S-2",
            ("told and closed", () => TakeOver(TakenOver)),
            ("a half-open one can't be told", () => TakeOver(null, new HistoryBuilder().At(1).Connect("c", Lasting()).Add(HistoryKind.FaultStarted, "c->b1", name: "half_open"))));

        Breaks("S-3", ("lost with the older one", () => HalfOpen(lost: true)));
        Keeps("S-3", ("sent again on the newer one", () => HalfOpen(lost: false)));

        Breaks("S-4",
            ("lost by a store while its client asked for it", () => AskingWhenItEnded()),
            ("gone too early", () => Gone(100).After(97).Connect("c", Lasting(100))),
            ("there too long", () => Gone(100).After(100).Connect("c", Lasting(100), present: true)),
            ("raised at the last moment", () => new HistoryBuilder().At(1).Connect("c", Lasting(0)).ToBroker("c#1", new DisconnectPacket { SessionExpiryIntervalSeconds = 9 }).End("c#1", "closed", "fin")));
        Keeps("S-4",
            ("just in time", () => Gone(100).After(98.9).Connect("c", Lasting(100), present: true)),
            ("just too late", () => Gone(100).After(99.2).Connect("c", Lasting(100))),
            ("lowered by DISCONNECT", () => new HistoryBuilder().At(1).Connect("c", Lasting(100)).ToBroker("c#1", new DisconnectPacket { SessionExpiryIntervalSeconds = 5 }).End("c#1", "closed", "fin").After(6).Connect("c", Lasting(100))),
            ("for ever", () => Gone(uint.MaxValue).After(1_000_000).Connect("c", Lasting(), present: true)),
            ("a broker that stood still", () => Gone(10).Add(HistoryKind.ProcessPaused, BrokerName).After(20).Add(HistoryKind.ProcessResumed, BrokerName).Connect("c", Lasting(), present: true)),
            ("lowered by the broker", () => new HistoryBuilder().With(new BrokerFacts { Options = new BrokerOptions { SessionExpiryIntervalMaxSeconds = 5 } })
                .At(1).Connect("c", Lasting(100), answer: new ConnAckPacket { SessionExpiryIntervalSeconds = 5 }).After(1).End("c#1", "reset", "reset").After(6).Connect("c", Lasting(100), answer: new ConnAckPacket { SessionExpiryIntervalSeconds = 5 })));

        var one = Message("a/b", "1", QoS.AtLeastOnce);
        Breaks("S-6", ("a message of the session before", () => Pair().End("sub#1", "reset", "reset").Publish("pub#1", one).After(1).Connect("sub", Lasting(clean: true)).Subscribe("sub#2", "a/#").Deliver("sub#2", one)));
        Keeps("S-6",
            ("a retained message of before", () => Pair().End("sub#1", "reset", "reset").Publish("pub#1", Message("a/b", "1", QoS.AtLeastOnce, retain: true)).After(1).Connect("sub", Lasting(clean: true))
                .Subscribe("sub#2", "a/#").Deliver("sub#2", Message("a/b", "1", QoS.AtLeastOnce, retain: true))),
            ("a message of after", () => Pair().End("sub#1", "reset", "reset").After(1).Connect("sub", Lasting(clean: true)).Subscribe("sub#2", "a/#").Publish("pub#1", one).Deliver("sub#2", one)));

        Breaks("S-7", ("lost by a takeover", () => TakeOver(TakenOver, present: false)));
        Keeps("S-7", ("a takeover with a clean start", () => TakeOver(TakenOver, present: false, connect: Lasting(clean: true))));

        Breaks("S-8", ("no answer", () => Asking().After(30)));
        Keeps("S-8",
            ("a hundred times over", () => Often(100)),
            ("the broker is gone", () => Asking().After(1).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill")));
    }

    private static ConnectPacket Old() => new() { Version = MqttVersion.V311 };

    // A client whose connection is lost.
    private static HistoryBuilder Gone(uint expiry = 3600) => new HistoryBuilder().At(1).Connect("c", Lasting(expiry)).After(1).End("c#1", "reset", "reset").After(1);

    private static HistoryBuilder Restarted() => new HistoryBuilder().At(1).Connect("c", Lasting()).After(1).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill").End("c#1", "process_ended", "reset")
        .After(1).Add(HistoryKind.ProcessStarted, BrokerName).After(1);

    /// <summary>A broker with a store ends before it has answered a client that asks for its session, and has none for it afterwards.</summary>
    private static HistoryBuilder AskingWhenItEnded()
    {
        var story = Gone();
        story.With(new BrokerFacts { Persistence = Persistence.Group });
        var asking = story.Open("c");
        return story.ToBroker(asking, Lasting() with { ClientId = "c" }).After(0.1).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill").End(asking, "process_ended", "reset")
            .After(1).Add(HistoryKind.ProcessStarted, BrokerName).After(1).Connect("c", Lasting());
    }

    private static HistoryBuilder Asking()
    {
        var story = new HistoryBuilder().At(1);
        return story.ToBroker(story.Open("c"), Lasting() with { ClientId = "c" });
    }

    /// <summary>A second connection of c takes over.</summary>
    private static HistoryBuilder TakeOver(DisconnectPacket? word, HistoryBuilder? story = null, bool present = true, ConnectPacket? connect = null, string client = "c")
    {
        story = (story ?? new HistoryBuilder().At(1).Connect(client, Lasting())).After(1);
        var next = story.Open(client);
        var last = $"{client}#{int.Parse(next[(client.Length + 1)..], null) - 1}";
        story.ToBroker(next, (connect ?? Lasting()) with { ClientId = client });
        if (word is not null) story.FromBroker(last, word);
        return story.End(last, "closed", "fin").FromBroker(next, new ConnAckPacket { SessionPresent = present });
    }

    // A message is on its way to a client that vanishes, comes back, and takes over.
    private static HistoryBuilder HalfOpen(bool lost)
    {
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        var story = Pair(QoS.AtLeastOnce).Add(HistoryKind.FaultStarted, "sub->b1", name: "half_open").Publish("pub#1", one);
        if (!lost) story.Lose("sub#1", one, isToBroker: false);
        story.After(1).Add(HistoryKind.FaultEnded, "sub->b1", name: "half_open").After(5);
        TakeOver(TakenOver, story, client: "sub");
        return lost ? story : story.Deliver("sub#2", one with { Duplicate = true });
    }

    private static HistoryBuilder Often(int times)
    {
        var story = new HistoryBuilder().At(1).Connect("c", Lasting());
        for (var i = 0; i < times; i++) TakeOver(TakenOver, story);
        return story;
    }

    private static void KeepAlive()
    {
        var ten = new ConnectPacket { CleanStart = true, KeepAliveSeconds = 10 };
        var timeout = new DisconnectPacket { ReasonCode = ReasonCode.KeepAliveTimeout };
        Breaks("K-1",
            ("never closed", () => new HistoryBuilder().At(1).Connect("c", ten)),
            ("closed late", () => new HistoryBuilder().At(1).Connect("c", ten).At(16.2).FromBroker("c#1", timeout).End("c#1")),
            ("closed late, MQTT 3.1.1", () => new HistoryBuilder().At(1).Connect("c", ten with { Version = MqttVersion.V311 }).At(17).End("c#1")),
            ("a silence that was too long goes by", () => new HistoryBuilder().At(1).Connect("c", ten).At(20).ToBroker("c#1", PingReqPacket.Instance).FromBroker("c#1", PingRespPacket.Instance).At(30).ToBroker("c#1", new DisconnectPacket()).End("c#1")));
        Keeps("K-1",
            ("closed in time", () => new HistoryBuilder().At(1).Connect("c", ten).At(16.05).FromBroker("c#1", timeout).End("c#1")),
            ("pings", () => new HistoryBuilder().At(1).Connect("c", ten).At(10).ToBroker("c#1", PingReqPacket.Instance).FromBroker("c#1", PingRespPacket.Instance).At(25).FromBroker("c#1", timeout).End("c#1")),
            ("a broker that stood still", () => new HistoryBuilder().At(1).Connect("c", ten).At(15).Add(HistoryKind.ProcessPaused, BrokerName).At(25).Add(HistoryKind.ProcessResumed, BrokerName).At(25.5).FromBroker("c#1", timeout).End("c#1")),
            ("a broker that is gone", () => new HistoryBuilder().At(1).Connect("c", ten).At(5).Add(HistoryKind.ProcessEnded, BrokerName, name: "kill")));

        Breaks("K-2",
            ("closed early", () => new HistoryBuilder().At(1).Connect("c", ten).At(15.9).FromBroker("c#1", timeout).End("c#1")),
            ("closed though there is none", () => new HistoryBuilder().At(1).Connect("c").At(100).FromBroker("c#1", timeout).End("c#1")));
        Keeps("K-2",
            ("none", () => new HistoryBuilder().At(1).Connect("c").At(100_000).ToBroker("c#1", PingReqPacket.Instance).FromBroker("c#1", PingRespPacket.Instance)),
            ("closed early for something else", () => new HistoryBuilder().At(1).Connect("c", ten).At(3).FromBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.ProtocolError }).End("c#1")));

        var limited = new BrokerFacts { Options = new BrokerOptions { KeepAliveMaxSeconds = 60 } };
        Breaks("K-3", ("not said", () => new HistoryBuilder().With(limited).At(1).Connect("c", ten with { KeepAliveSeconds = 90 }).At(2).ToBroker("c#1", new DisconnectPacket()).End("c#1")));
        Keeps("K-3",
            ("said", () => new HistoryBuilder().With(limited).At(1).Connect("c", ten with { KeepAliveSeconds = 90 }, answer: new ConnAckPacket { ServerKeepAliveSeconds = 60 }).At(91).FromBroker("c#1", timeout).End("c#1")),
            ("below", () => new HistoryBuilder().With(limited).At(1).Connect("c", ten).At(2).ToBroker("c#1", new DisconnectPacket()).End("c#1")));

        Breaks("K-4", ("kept alive by what it is sent", () => new HistoryBuilder().At(1).Connect("pub").Connect("sub", ten).Subscribe("sub#1", "a").At(10).Publish("pub#1", Message("a", "1")).Deliver("sub#1", Message("a", "1")).At(25).FromBroker("sub#1", timeout).End("sub#1")));
        Keeps("K-4", ("closed all the same", () => new HistoryBuilder().At(1).Connect("pub").Connect("sub", ten).Subscribe("sub#1", "a").At(10).Publish("pub#1", Message("a", "1")).Deliver("sub#1", Message("a", "1")).At(16).FromBroker("sub#1", timeout).End("sub#1")));

        Breaks("K-5", ("left open", () => Silent().At(30)));
        Keeps("K-5", ("closed", () => Silent().At(11.1).End("c#1")));

        Breaks("K-6",
            ("no answer", () => new HistoryBuilder().At(1).Connect("c").ToBroker("c#1", PingReqPacket.Instance)),
            ("a late answer", () => new HistoryBuilder().At(1).Connect("c").ToBroker("c#1", PingReqPacket.Instance).After(0.2).FromBroker("c#1", PingRespPacket.Instance)),
            ("unasked", () => new HistoryBuilder().At(1).Connect("c").FromBroker("c#1", PingRespPacket.Instance)));
        Keeps("K-6",
            ("at once", () => new HistoryBuilder().At(1).Connect("c").ToBroker("c#1", PingReqPacket.Instance, PingReqPacket.Instance).FromBroker("c#1", PingRespPacket.Instance, PingRespPacket.Instance)),
            ("the broker stands still", () => new HistoryBuilder().At(1).Connect("c").ToBroker("c#1", PingReqPacket.Instance).Add(HistoryKind.ProcessPaused, BrokerName).After(5).Add(HistoryKind.ProcessResumed, BrokerName).FromBroker("c#1", PingRespPacket.Instance)));

        Breaks("K-7", ("judged unread", () => StoodStill().Lose("c#1", PingReqPacket.Instance, isToBroker: true).At(40).Add(HistoryKind.ProcessResumed, BrokerName).FromBroker("c#1", timeout).End("c#1")));
        Keeps("K-7", ("nothing was sent", () => StoodStill().At(40).Add(HistoryKind.ProcessResumed, BrokerName).At(40.5).FromBroker("c#1", timeout).End("c#1")));
    }

    private static HistoryBuilder Silent()
    {
        var story = new HistoryBuilder().At(1);
        story.Open("c");
        return story;
    }

    private static HistoryBuilder StoodStill() => new HistoryBuilder().At(1).Connect("c", new ConnectPacket { CleanStart = true, KeepAliveSeconds = 10 }).At(5).Add(HistoryKind.ProcessPaused, BrokerName).At(10);

    private static void Flow()
    {
        Breaks("F-1", ("one too many", () => Narrow().FromBroker("sub#1", Numbered(1), Numbered(2), Numbered(3))));
        Keeps("F-1",
            ("as many", () => Narrow().FromBroker("sub#1", Numbered(1), Numbered(2)).Hand("sub#1", Numbered(1)).Hand("sub#1", Numbered(2)).ToBroker("sub#1", PubAck(1)).Deliver("sub#1", Numbered(3)).ToBroker("sub#1", PubAck(2))),
            ("a new connection", () => Narrow().FromBroker("sub#1", Numbered(1), Numbered(2)).Resume(connect: Lasting() with { ReceiveMaximum = 2 }).FromBroker("sub#2", Numbered(1) with { Duplicate = true }, Numbered(2) with { Duplicate = true }).Leave("sub#2")));
    }

    private static HistoryBuilder Narrow()
    {
        var story = new HistoryBuilder().At(1).Connect("pub", Lasting()).Connect("sub", Lasting() with { ReceiveMaximum = 2 }).Subscribe("sub#1", "a/#").At(2);
        return story.Publish("pub#1", Numbered(1)).Publish("pub#1", Numbered(2)).Publish("pub#1", Numbered(3));
    }
}
