using Orrery.Broker;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Tests.Histories;
using static Orrery.Simulation.Tests.Histories.HistoryBuilder;

namespace Orrery.Simulation.Tests.Oracles;

internal static partial class OracleCases
{
    private static readonly PublishPacket S1 = Message("s", "1", QoS.AtLeastOnce);
    private static readonly PublishPacket S2 = Message("s", "1", QoS.ExactlyOnce);

    private static void Shared()
    {
        Breaks("H-1",
            ("two members", () => Group(QoS.AtLeastOnce).Publish("pub#1", S1).Deliver("m1#1", S1).Deliver("m2#1", S1)),
            ("no member", () => Group(QoS.AtLeastOnce).Publish("pub#1", S1)));
        Keeps("H-1",
            ("one member", () => Group(QoS.AtLeastOnce).Publish("pub#1", S1).Deliver("m2#1", S1)),
            ("two groups", () => Group(QoS.AtLeastOnce).Connect("m3").Subscribe("m3#1", "$share/h/s", QoS.AtLeastOnce).Publish("pub#1", S1).Deliver("m1#1", S1).Deliver("m3#1", S1)));

        Breaks("H-2",
            ("QoS 2 goes to another member", () => Group(QoS.ExactlyOnce).Publish("pub#1", S2).FromBroker("m1#1", S2).Hand("m1#1", S2).End("m1#1", "reset", "reset").After(5000).Deliver("m2#1", S2)),
            ("QoS 1 stays where nobody is", () => Group(QoS.AtLeastOnce).End("m1#1", "reset", "reset").Publish("pub#1", S1).After(4000)));
        Keeps("H-2",
            ("QoS 1 goes to another member when the session ends", () => Group(QoS.AtLeastOnce).Publish("pub#1", S1).FromBroker("m1#1", S1).Hand("m1#1", S1).End("m1#1", "reset", "reset").After(4000).Deliver("m2#1", S1)),
            ("QoS 2 ends with the session", () => Group(QoS.ExactlyOnce).Publish("pub#1", S2).FromBroker("m1#1", S2).Hand("m1#1", S2).End("m1#1", "reset", "reset").After(4000)));

        Breaks("H-3", ("refused by one, sent to another", () => Group(QoS.AtLeastOnce).Publish("pub#1", S1).FromBroker("m1#1", S1).Hand("m1#1", S1).ToBroker("m1#1", PubAck(1, ReasonCode.QuotaExceeded)).Deliver("m2#1", S1)));
        Keeps("H-3", ("refused", () => Group(QoS.AtLeastOnce).Publish("pub#1", S1).FromBroker("m1#1", S1).Hand("m1#1", S1).ToBroker("m1#1", PubAck(1, ReasonCode.QuotaExceeded))));

        Breaks("H-4", ("one that is away holds it up", () => Group(QoS.AtLeastOnce).End("m1#1", "reset", "reset").Publish("pub#1", S1).After(30).Connect("m1", Lasting(), present: true).After(-0.5).Add(HistoryKind.FaultStarted, "m1->b1", name: "clog")));
        Keeps("H-4", ("one is away, and another gets it", () => Group(QoS.AtLeastOnce).End("m1#1", "reset", "reset").Publish("pub#1", S1).Deliver("m2#1", S1)));

        Breaks("H-5",
            ("above the grant", () => Group(QoS.AtLeastOnce).Publish("pub#1", S2).Deliver("m1#1", S2)),
            ("No Local", () => new HistoryBuilder().At(1).Connect("m1").Subscribe("m1#1", "$share/g/s", noLocal: true)));
        Keeps("H-5", ("the lower one", () => Group(QoS.AtLeastOnce).Publish("pub#1", S2).Deliver("m1#1", S1)));

        Breaks("H-6", ("3 before 2", () => Group(QoS.AtMostOnce).Publish("pub#1", Message("s", "1")).Publish("pub#1", Message("s", "2")).Publish("pub#1", Message("s", "3"))
            .Deliver("m1#1", Message("s", "3")).Deliver("m1#1", Message("s", "2")).Deliver("m2#1", Message("s", "1"))));
        Keeps("H-6", ("each in order", () => Group(QoS.AtMostOnce).Publish("pub#1", Message("s", "1")).Publish("pub#1", Message("s", "2")).Publish("pub#1", Message("s", "3"))
            .Deliver("m1#1", Message("s", "1")).Deliver("m2#1", Message("s", "2")).Deliver("m1#1", Message("s", "3"))));
    }

    /// <summary>A publisher and a group of two members.</summary>
    private static HistoryBuilder Group(QoS grant) => new HistoryBuilder().At(1).Connect("pub").Connect("m1", Lasting()).Subscribe("m1#1", "$share/g/s", grant).Connect("m2", Lasting()).Subscribe("m2#1", "$share/g/s", grant).At(2);

    private static void Limits()
    {
        var zero = Message("a/b", "1");
        Breaks("Q0-2", ("never", () => Pair(QoS.AtMostOnce).Publish("pub#1", zero)));
        Keeps("Q0-2",
            ("at once", () => Pair(QoS.AtMostOnce).Publish("pub#1", zero).Deliver("sub#1", zero)),
            ("its subscriber is away", () => Pair(QoS.AtMostOnce).End("sub#1", "reset", "reset").Publish("pub#1", zero)),
            ("its link is cut", () => Pair(QoS.AtMostOnce).Add(HistoryKind.FaultStarted, "sub->b1", name: "reset").Publish("pub#1", zero)));

        Breaks("F-2", ("held back", () => Narrow().FromBroker("sub#1", Numbered(1), Numbered(2)).Publish("pub#1", Message("a/z", "0"))));
        Keeps("F-2", ("sent at once", () => Narrow().FromBroker("sub#1", Numbered(1), Numbered(2)).Publish("pub#1", Message("a/z", "0")).Deliver("sub#1", Message("a/z", "0"))));

        var small = new ConnAckPacket { ReceiveMaximum = 2 };
        var exceeded = new DisconnectPacket { ReasonCode = ReasonCode.ReceiveMaximumExceeded };
        Breaks("F-3",
            ("not told", () => Full(small, 3)),
            ("told for nothing", () => Full(small, 2).FromBroker("pub#1", exceeded).End("pub#1")));
        Keeps("F-3",
            ("told", () => new HistoryBuilder().At(1).Connect("pub", answer: small).ToBroker("pub#1", Big(1), Big(2), Big(3)).FromBroker("pub#1", PubRec(1), PubRec(2), exceeded).End("pub#1")),
            ("as many as there may be", () => Full(small, 2)));

        var tight = new BrokerFacts { Options = new BrokerOptions { QueuedMessagesMax = 10 } };
        Breaks("F-4",
            ("too long", () => new HistoryBuilder().With(tight).At(1).Decide(JudgedDecisions.QueueFull, "Session of c has lost 1 messages: its queue is full at 11 messages, 500 bytes.")),
            ("too short", () => new HistoryBuilder().With(tight).At(1).Decide(JudgedDecisions.QueueFull, "Session of c has lost 1 messages: its queue is full at 3 messages, 500 bytes.")));
        var loosened = tight with { LaterOptions = [new BrokerOptions { QueuedMessagesMax = 20 }, new BrokerOptions { QueuedMessagesMax = 2 }] };
        Breaks("F-4",
            ("too short for a limit that was raised", () => new HistoryBuilder().With(loosened).At(1).Decide(JudgedDecisions.OptionsChanged, "x").Decide(JudgedDecisions.QueueFull, "Session of c has lost 1 messages: its queue is full at 10 messages, 500 bytes.")),
            ("longer than any limit so far", () => new HistoryBuilder().With(loosened).At(1).Decide(JudgedDecisions.QueueFull, "Session of c has lost 1 messages: its queue is full at 20 messages, 500 bytes.").Decide(JudgedDecisions.OptionsChanged, "x")));
        Keeps("F-4", ("longer than a limit that was lowered", () => new HistoryBuilder().With(loosened).At(1).Decide(JudgedDecisions.OptionsChanged, "x").Decide(JudgedDecisions.OptionsChanged, "x")
            .Decide(JudgedDecisions.QueueFull, "Session of c has lost 1 messages: its queue is full at 20 messages, 500 bytes.")));
        Keeps("F-4", ("full", () => new HistoryBuilder().With(tight).At(1).Decide(JudgedDecisions.QueueFull, "Session of c has lost 1 messages: its queue is full at 10 messages, 500 bytes.")));

        Breaks("F-6", ("larger", () => Sized(20, "a long enough payload")));
        Keeps("F-6", ("as large", () => Sized(20, "short")));

        Breaks("F-7",
            ("above the maximum", () => Aliased(Message("a/b", "1") with { TopicAlias = 4 })),
            ("none is allowed", () => Pair().Publish("pub#1", zero).Deliver("sub#1", zero with { TopicAlias = 1 })));
        Keeps("F-7", ("within the maximum", () => Aliased(zero with { TopicAlias = 3 })));

        var two = new BrokerFacts { Options = new BrokerOptions { ConnectionsMax = 1, SessionsMax = 10, SubscriptionsPerSessionMax = 1 } };
        Breaks("F-8",
            ("connections", () => new HistoryBuilder().With(two).At(1).Connect("c").Connect("d")),
            ("subscriptions", () => new HistoryBuilder().With(two).At(1).Connect("c").Subscribe("c#1", "a").Subscribe("c#1", "b")),
            ("sessions", () => new HistoryBuilder().With(new BrokerFacts { Options = new BrokerOptions { SessionsMax = 1 } }).At(1).Connect("c", Lasting()).After(1).End("c#1", "reset", "reset").After(1).Connect("d")));
        var fewer = new BrokerFacts { LaterOptions = [two.Options] };
        Breaks("F-8", ("connections beyond a limit that was lowered", () => new HistoryBuilder().With(fewer).At(1).Connect("c").Decide(JudgedDecisions.OptionsChanged, "x").At(2).Connect("d")));
        Keeps("F-8", ("connections of before a limit was lowered", () => new HistoryBuilder().With(fewer).At(1).Connect("c").Connect("d").Decide(JudgedDecisions.OptionsChanged, "x")));
        Keeps("F-8", ("one after the other", () => new HistoryBuilder().With(two).At(1).Connect("c", Lasting()).Subscribe("c#1", "a").Unsubscribe("c#1", "a").Subscribe("c#1", "b").After(1).End("c#1", "reset", "reset").After(1).Connect("d")));
    }

    private static PublishPacket Big(ushort id) => Message("x", $"{id}", QoS.ExactlyOnce, id);

    // So many exchanges at QoS 2 that wait for their PUBREL.
    private static HistoryBuilder Full(ConnAckPacket answer, ushort count)
    {
        var story = new HistoryBuilder().At(1).Connect("pub", answer: answer);
        for (ushort id = 1; id <= count; id++) story.ToBroker("pub#1", Big(id)).FromBroker("pub#1", PubRec(id));
        return story;
    }

    private static HistoryBuilder Sized(uint max, string payload) => new HistoryBuilder().At(1).Connect("pub").Connect("sub", Lasting() with { MaximumPacketSize = max }).Subscribe("sub#1", "a").At(2)
        .Publish("pub#1", Message("a", payload)).Deliver("sub#1", Message("a", payload));

    private static HistoryBuilder Aliased(PublishPacket packet) => new HistoryBuilder().At(1).Connect("pub").Connect("sub", Lasting() with { TopicAliasMaximum = 3 }).Subscribe("sub#1", "a/#").At(2)
        .Publish("pub#1", packet with { TopicAlias = 0 }).Deliver("sub#1", packet);

    private static void Expiries()
    {
        var ten = Message("a/b", "1", QoS.AtLeastOnce, properties: new MessageProperties(messageExpiryIntervalSeconds: 10));
        Breaks("ME-1", ("sent when it had expired", () => Pair(QoS.AtLeastOnce).Publish("pub#1", ten).After(20).Deliver("sub#1", Left(ten, 0))));
        Keeps("ME-1", ("sent in time", () => Pair(QoS.AtLeastOnce).Publish("pub#1", ten).After(3).Deliver("sub#1", Left(ten, 7))));

        Breaks("ME-2",
            ("nothing is taken off", () => Pair(QoS.AtLeastOnce).Publish("pub#1", ten).After(5).Deliver("sub#1", ten)),
            ("it is left out", () => Pair(QoS.AtLeastOnce).Publish("pub#1", ten).Deliver("sub#1", Message("a/b", "1", QoS.AtLeastOnce))));
        Keeps("ME-2",
            ("a second more or less", () => Pair(QoS.AtLeastOnce).Publish("pub#1", ten).After(3.5).Deliver("sub#1", Left(ten, 7))),
            ("MQTT 3.1.1 has none", () => new HistoryBuilder().At(1).Connect("pub").Connect("sub", Old() with { CleanStart = true }).Subscribe("sub#1", "a/b", QoS.AtLeastOnce).At(2).Publish("pub#1", ten).Deliver("sub#1", Message("a/b", "1", QoS.AtLeastOnce))));

        Breaks("ME-3",
            ("not counted", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(1).Publish("pub#1", ten).After(5).Connect("sub", Lasting(), present: true).Deliver("sub#2", ten)),
            ("sent when it had expired", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(1).Publish("pub#1", ten).After(20).Connect("sub", Lasting(), present: true).Deliver("sub#2", Left(ten, 0))));
        Keeps("ME-3", ("counted", () => Pair(QoS.AtLeastOnce).End("sub#1", "reset", "reset").After(1).Publish("pub#1", ten).After(5).Connect("sub", Lasting(), present: true).Deliver("sub#2", Left(ten, 5))));
    }

    private static void Filters()
    {
        var one = Message("a/b", "1", QoS.AtLeastOnce);
        Breaks("OV-1",
            ("two copies", () => Overlapping().Publish("pub#1", one).Deliver("sub#1", one with { SubscriptionIdentifiers = [1, 2] }).Deliver("sub#1", Message("a/b", "1", QoS.AtLeastOnce, 2) with { SubscriptionIdentifiers = [1, 2] })),
            ("an identifier is missing", () => Overlapping().Publish("pub#1", one).Deliver("sub#1", one with { SubscriptionIdentifiers = [1] })),
            ("an identifier of nobody", () => Overlapping().Publish("pub#1", one).Deliver("sub#1", one with { SubscriptionIdentifiers = [1, 2, 3] })),
            ("above the grant", () => Overlapping().Publish("pub#1", Message("a/b", "1", QoS.ExactlyOnce)).Deliver("sub#1", Message("a/b", "1", QoS.ExactlyOnce) with { SubscriptionIdentifiers = [1, 2] })));
        Keeps("OV-1", ("one copy", () => Overlapping().Publish("pub#1", one).Deliver("sub#1", one with { SubscriptionIdentifiers = [2, 1] })));

        Breaks("UN-1", ("after its end", () => Pair().Unsubscribe("sub#1", "a/#").Publish("pub#1", one).Deliver("sub#1", one)));
        Keeps("UN-1", ("published before its end", () => Pair().Publish("pub#1", one).Unsubscribe("sub#1", "a/#").Deliver("sub#1", one)));

        Breaks("TM-1", ("by #", () => new HistoryBuilder().At(1).Connect("pub").Connect("sub").Subscribe("sub#1", "#").Publish("pub#1", Message("$x/a", "1")).Deliver("sub#1", Message("$x/a", "1"))));
        Keeps("TM-1", ("by its name", () => new HistoryBuilder().At(1).Connect("pub").Connect("sub").Subscribe("sub#1", "$x/#").Publish("pub#1", Message("$x/a", "1")).Deliver("sub#1", Message("$x/a", "1"))));

        Breaks("SB-1",
            ("no SUBACK", () => new HistoryBuilder().At(1).Connect("sub").ToBroker("sub#1", Subscription("a"))),
            ("two codes for one filter", () => new HistoryBuilder().At(1).Connect("sub").ToBroker("sub#1", Subscription("a")).FromBroker("sub#1", new SubAckPacket { PacketIdentifier = new PacketIdentifier(1), ReasonCodes = [ReasonCode.Success, ReasonCode.Success] })),
            ("more than was asked for", () => new HistoryBuilder().At(1).Connect("sub").ToBroker("sub#1", Subscription("a", QoS.AtMostOnce)).FromBroker("sub#1", Granted(QoS.AtLeastOnce))),
            ("UNSUBACK for nothing", () => new HistoryBuilder().At(1).Connect("sub").FromBroker("sub#1", new UnsubAckPacket { PacketIdentifier = new PacketIdentifier(4), ReasonCodes = [ReasonCode.Success] })));
        Keeps("SB-1",
            ("refused", () => new HistoryBuilder().At(1).Connect("sub").ToBroker("sub#1", Subscription("a")).FromBroker("sub#1", new SubAckPacket { PacketIdentifier = new PacketIdentifier(1), ReasonCodes = [ReasonCode.QuotaExceeded] })),
            ("both", () => new HistoryBuilder().At(1).Connect("sub").Subscribe("sub#1", "a").Unsubscribe("sub#1", "a")));
    }

    private static HistoryBuilder Overlapping() => new HistoryBuilder().At(1).Connect("pub").Connect("sub").Subscribe("sub#1", "a/#", QoS.AtLeastOnce, identifier: 1).Subscribe("sub#1", "a/b", QoS.AtMostOnce, identifier: 2).At(2);

    private static void Robustness()
    {
        var counts = new BrokerCounts(10, 2, 0, 0, 0);
        Breaks("L-1",
            ("its PUBREC is left unanswered", () => Pair().Publish("pub#1", S("1")).FromBroker("sub#1", S("1")).Hand("sub#1", S("1")).ToBroker("sub#1", PubRec(1))),
            ("it is left unacknowledged", () => Pair().Publish("pub#1", S("1")).FromBroker("sub#1", S("1")).Hand("sub#1", S("1"))));
        Keeps("L-1", ("over", () => Pair().Publish("pub#1", S("1")).Deliver("sub#1", S("1"))));

        Breaks("L-2", ("many turns for nothing", () => new HistoryBuilder().With(new BrokerFacts { TurnsWithoutEffectMax = 10_001 }).At(1).Connect("c")));
        Keeps("L-2", ("few", () => new HistoryBuilder().With(new BrokerFacts { TurnsWithoutEffectMax = 10_000 }).At(1).Connect("c")));
        Breaks("L-3", ("a long wait", () => new HistoryBuilder().With(new BrokerFacts { LongestWithoutTurnNanoseconds = 1_000_000_001 }).At(1).Connect("c")));
        Keeps("L-3", ("a short one", () => new HistoryBuilder().With(new BrokerFacts { LongestWithoutTurnNanoseconds = 1_000_000_000 }).At(1).Connect("c")));
        Breaks("L-4", ("an actor is left", () => Deserted(counts, counts with { Actors = 11 })), ("a connection is left", () => Deserted(counts, counts with { Connections = 1 })));
        Keeps("L-4",
            ("nothing is left", () => Deserted(counts, counts)),
            ("somebody is there", () => new HistoryBuilder().With(new BrokerFacts { Baseline = counts, AtEnd = counts with { Actors = 12, Connections = 1, Sessions = 1 } }).At(1).Connect("c", Lasting())));

        Breaks("S-5", ("a session is left", () => Deserted(counts, counts with { Sessions = 1, Actors = 10 })), ("a subscription is left", () => Deserted(counts, counts with { Subscriptions = 1 })));
        Keeps("S-5", ("one that lives", () => new HistoryBuilder().With(new BrokerFacts { Baseline = counts, AtEnd = counts with { Sessions = 1 } }).At(1).Connect("c", Lasting()).After(1).End("c#1", "reset", "reset")));

        Breaks("L-4", ("a connection is left, and the last bytes of another one were corrupted", () => Deserted(counts, counts with { Connections = 1 }).LastCorrupted()));
        Breaks("S-5", ("a session is left, and the last bytes of another one were corrupted", () => Deserted(counts, counts with { Sessions = 1, Actors = 10 }).LastCorrupted()));

        Breaks("P-1", ("the barrier was passed, and the last bytes were corrupted", () => new HistoryBuilder().With(new BrokerFacts { Failures = ["/user/b1/sessions/c failed: InvariantViolationException: token <= _gate.DurableToken"] }).At(1).Connect("c")
            .Add(HistoryKind.FaultStarted, "c->b1", name: "corrupt").After(1).ToBroker("c#1", Message("a", "1"))));
        Breaks("P-1", ("the barrier was passed", () => new HistoryBuilder().With(new BrokerFacts { Failures = ["/user/b1/sessions/c failed: InvariantViolationException: token <= _gate.DurableToken"] }).At(1).Connect("c")));
        Keeps("P-1", ("nothing", () => new HistoryBuilder().At(1).Connect("c")));

        Breaks("X-1",
            ("an exception", () => new HistoryBuilder().With(new BrokerFacts { Failures = ["an actor threw"] }).At(1).Connect("c")),
            ("a session is lost", () => new HistoryBuilder().At(1).Connect("c").Decide(JudgedDecisions.SessionFailed, "The session of c failed and is lost.")));
        Keeps("X-1", ("nothing", () => new HistoryBuilder().At(1).Connect("c").Decide(JudgedDecisions.Ended, "Session of c ended with 0 messages waiting.")));

        Breaks("X-2",
            ("left open", () => Garbled()),
            ("left open, though the bytes were corrupted on their way", () => Garbled(isCorrupted: true)),
            ("closed without a word", () => Garbled().End("c#1", client: null)));
        Keeps("X-2",
            ("closed with its code", () => Garbled().FromBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.MalformedPacket }).End("c#1")),
            ("MQTT 3.1.1 has no word for it", () => new HistoryBuilder().At(1).Connect("c", Old()).Add(HistoryKind.Malformed, BrokerName, "c#1", "c", "read", "no such packet").End("c#1")));

        Breaks("X-3", ("a message follows", () => Pair().Publish("pub#1", Message("a/b", "1")).FromBroker("sub#1", new DisconnectPacket { ReasonCode = ReasonCode.ServerBusy }).Deliver("sub#1", Message("a/b", "1")).End("sub#1")));
        Keeps("X-3", ("nothing follows", () => Pair().FromBroker("sub#1", new DisconnectPacket { ReasonCode = ReasonCode.ServerBusy }).End("sub#1")));

        var refusal = new ConnAckPacket { ReasonCode = ReasonCode.NotAuthorized };
        Breaks("X-4",
            ("a packet follows", () => new HistoryBuilder().At(1).Connect("c", answer: refusal).FromBroker("c#1", new DisconnectPacket { ReasonCode = ReasonCode.NotAuthorized }).End("c#1")),
            ("its message counts", () => Pair().Connect("c", answer: refusal).ToBroker("c#1", Message("a/b", "1")).End("c#1").Deliver("sub#1", Message("a/b", "1"))));
        Keeps("X-4", ("its message does not count", () => Pair().Connect("c", answer: refusal).ToBroker("c#1", Message("a/b", "1")).End("c#1")));
    }

    private static PublishPacket S(string payload) => Message("a/b", payload, QoS.ExactlyOnce);

    // All clients have gone, with their sessions.
    private static HistoryBuilder Deserted(BrokerCounts before, BrokerCounts after) =>
        new HistoryBuilder().With(new BrokerFacts { Baseline = before, AtEnd = after }).At(1).Connect("c").After(1).ToBroker("c#1", new DisconnectPacket()).End("c#1", "closed", "fin");

    // The last that happens is the end of another connection, whose bytes are corrupted on their way.
    private static HistoryBuilder LastCorrupted(this HistoryBuilder story) =>
        story.Add(HistoryKind.FaultStarted, "d->b1", name: "corrupt").Connect("d").After(1).ToBroker("d#1", new DisconnectPacket()).End("d#1", "closed", "fin");

    private static HistoryBuilder Garbled(bool isCorrupted = false)
    {
        var story = new HistoryBuilder().At(1).Connect("c");
        if (isCorrupted) story.Add(HistoryKind.FaultStarted, "c->b1", name: "corrupt");
        return story.Add(HistoryKind.Malformed, BrokerName, "c#1", "c", "read", "no such packet");
    }
}
