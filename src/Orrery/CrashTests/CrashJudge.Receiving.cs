using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>What the broker delivers.</summary>
internal sealed partial class CrashJudge
{
    private void OnPublish(JudgedSession session, PublishPacket publish, CrashEvent next)
    {
        var identifier = publish.PacketIdentifier.Value;
        if (next.Message is not { } tag || !_messages.TryGetValue(tag, out var message))
        {
            Find(CrashRule.Content, $"{session.Client} got a message that nobody published", next);
            return;
        }

        JudgeContent(session, publish, message, next);
        session.Inbound.TryGetValue(identifier, out var exchange);
        if (exchange?.SeenOn == next.Connection)
        {
            Find(CrashRule.Exchange, $"{session.Client} got identifier {identifier} twice on one connection, and had not finished {exchange.Message?.Tag}", next, message);
            return;
        }

        if (exchange is not null && exchange.Message != message)
        {
            Find(CrashRule.Exchange, $"{session.Client} got {tag} with identifier {identifier}, which is that of {exchange.Message?.Tag}", next, message);
        }
        else if (exchange is not null)
        {
            Repeat(session, publish, exchange, next);
            return;
        }

        var ordinal = JudgeBeginning(session, publish, message, next);
        session.Inbound[identifier] = new InboundExchange(message, ordinal) { SeenOn = next.Connection };
        UseQuota(session, next);
    }

    private void JudgeContent(JudgedSession session, PublishPacket publish, JudgedMessage message, CrashEvent next)
    {
        var sent = message.Message;
        if (!publish.Message.Topic.Equals(sent.Topic) || !publish.Message.Payload.Span.SequenceEqual(sent.Payload.Span))
        {
            Find(CrashRule.Content, $"{message.Tag} reached {session.Client} changed", next, message);
        }

        var periods = session.Subscriptions.Where(period => period.May(message)).ToArray();
        if (periods.Length == 0)
        {
            Find(CrashRule.Session, $"{session.Client} got {message.Tag}, which it was not subscribed to", next, message);
        }
        else if (!Array.Exists(periods, period => publish.Message.QoS == Lower(period.Subscription.MaximumQoS, sent.QoS)))
        {
            Find(CrashRule.Session, $"{session.Client} got {message.Tag} at QoS {(int)publish.Message.QoS}", next, message);
        }
        else if (session.Connect!.Version == MqttVersion.V5 && !Array.Exists(periods, period => publish.SubscriptionIdentifiers.SequenceEqual(IdentifiersOf(period))))
        {
            Find(CrashRule.Session, $"{session.Client} got {message.Tag} without the identifier of its subscription", next, message);
        }
    }

    private static QoS Lower(QoS one, QoS other) => one < other ? one : other;

    private static uint[] IdentifiersOf(SubscriptionPeriod period) => period.Identifier is { } identifier ? [identifier] : [];

    /// <summary>The PUBLISH of an unfinished exchange, on a later connection.</summary>
    private void Repeat(JudgedSession session, PublishPacket publish, InboundExchange exchange, CrashEvent next)
    {
        exchange.SeenOn = next.Connection;
        UseQuota(session, next);
        if (!publish.Duplicate) Find(CrashRule.Dup, $"{exchange.Message?.Tag} was repeated to {session.Client} with DUP 0", next);
        if (exchange.ReleasedOn > 0) Find(CrashRule.Exchange, $"{exchange.Message?.Tag} came to {session.Client} again after its PUBREL", next);
        if (exchange.Ordinal < session.LastRepeated) Find(CrashRule.Order, $"{exchange.Message?.Tag} was repeated to {session.Client} behind a later one", next);
        session.LastRepeated = exchange.Ordinal;
        JudgeRepetition(session, publish, next);
    }

    /// <summary>A PUBLISH that begins an exchange, as far as the client knows.</summary>
    /// <returns>Its place among the exchanges.</returns>
    private long JudgeBeginning(JudgedSession session, PublishPacket publish, JudgedMessage message, CrashEvent next)
    {
        if (!session.Deliveries.TryGetValue(message.Tag, out var delivery)) session.Deliveries[message.Tag] = delivery = new Delivery();
        delivery.Begun++;
        var known = publish.Duplicate ? delivery.Copies.FindIndex(copy => copy.Identifier == publish.PacketIdentifier.Value) : -1;
        var isOnSameConnection = known >= 0 && delivery.Copies[known].Connection == next.Connection;

        // What is repeated because its PUBACK was lost has the place that it had.
        var ordinal = known >= 0 ? delivery.Copies[known].Ordinal : session.NextOrdinal();
        if (known >= 0) delivery.Copies[known] = (publish.PacketIdentifier.Value, next.Connection, ordinal);
        else delivery.Copies.Add((publish.PacketIdentifier.Value, next.Connection, ordinal));
        if (delivery.Begun == 1)
        {
            Delivered++;
            JudgeFirst(session, publish, message, next);
        }
        else if (publish.Message.QoS == QoS.ExactlyOnce)
        {
            Find(CrashRule.Duplicate, $"{message.Tag} at QoS 2 came to {session.Client} {delivery.Begun} times", next, message);
        }
        else if (isOnSameConnection)
        {
            Find(CrashRule.Duplicate, $"{message.Tag} came to {session.Client} again, with DUP 1 on the connection on which it had come", next, message);
        }
        else if (known < 0 && !session.IsShared && delivery.Copies.Count > (message.Message.QoS == QoS.ExactlyOnce ? 1 : message.Transmissions))
        {
            Find(CrashRule.Duplicate, $"{message.Tag} came to {session.Client} as another message, and its publisher had not repeated it", next, message);
        }

        if (session.IsShared && delivery.Begun == 1 && publish.Message.QoS == QoS.ExactlyOnce && OtherMemberWith(session, message) is { } other)
        {
            Find(CrashRule.Duplicate, $"{message.Tag} at QoS 2 came to {session.Client} and to {other.Client} of one shared subscription", next, message);
        }

        if (!publish.Duplicate) session.HasNew[(int)publish.Message.QoS] = true;
        else if (!isOnSameConnection) JudgeRepetition(session, publish, next);
        if (message.Will is { } will) JudgePublishedWill(message, will, next);
        return ordinal;
    }

    private JudgedSession? OtherMemberWith(JudgedSession session, JudgedMessage message) =>
        _sessions.Values.FirstOrDefault(other => other != session && other.IsShared && other.Deliveries.ContainsKey(message.Tag));

    private void JudgeFirst(JudgedSession session, PublishPacket publish, JudgedMessage message, CrashEvent next)
    {
        // It may have left for an earlier connection, which did not live to see it: but then that one was there after the message.
        if (publish.Duplicate && session.LastEnd < message.FirstSent)
        {
            Find(CrashRule.Dup, $"{message.Tag} came to {session.Client} with DUP 1, and had no connection to have come on before", next, message);
        }

        // What a member did not finish may come to another, later than it was.
        if (session.IsShared || message.Will is not null) return;
        var key = (message.Tag.Publisher, message.Message.Topic.ToString());
        if (session.LastOf.GetValueOrDefault(key) is var last && last > message.Tag.Sequence)
        {
            Find(CrashRule.Order, $"{message.Tag} came to {session.Client} behind {message.Tag.Publisher}:{Text(last)}", next, message);
        }

        session.LastOf[key] = Math.Max(last, message.Tag.Sequence);
    }

    private void JudgeRepetition(JudgedSession session, PublishPacket publish, CrashEvent next)
    {
        if (session.HasNew[(int)publish.Message.QoS]) Find(CrashRule.Order, $"a repeated message came to {session.Client} behind a new one", next);
    }

    private void UseQuota(JudgedSession session, CrashEvent next)
    {
        session.Unanswered++;
        if (session.Unanswered > (session.Connect!.ReceiveMaximum ?? ushort.MaxValue))
        {
            Find(CrashRule.Exchange, $"{session.Client} got more than its Receive Maximum of {session.Connect.ReceiveMaximum}", next);
        }
    }

    private void OnPubRel(JudgedSession session, PubRelPacket release, CrashEvent next)
    {
        var identifier = release.PacketIdentifier.Value;
        if (!session.Inbound.TryGetValue(identifier, out var exchange))
        {
            // That PUBCOMP has arrived the client can't know, unless the connection is the same.
            if (session.Completed.GetValueOrDefault(identifier, int.MaxValue) >= next.Connection)
            {
                Find(CrashRule.Exchange, $"{session.Client} got PUBREL {identifier} for nothing that it had", next);
            }

            return;
        }

        if (!exchange.IsAnswered || exchange.ReleasedOn == next.Connection)
        {
            Find(CrashRule.Exchange, $"{session.Client} got PUBREL {identifier}, of {exchange.Message?.Tag}, {(exchange.IsAnswered ? "twice on one connection" : "without a PUBREC")}", next);
        }

        if (release.ReasonCode >= ReasonCode.UnspecifiedError)
        {
            Find(CrashRule.Exchange, $"the broker has forgotten identifier {identifier}, of {exchange.Message?.Tag} to {session.Client}: {release.ReasonCode}", next);
        }

        if (exchange.ReleasedOn == 0 && exchange.Message is { } message && session.Deliveries.TryGetValue(message.Tag, out var delivery) && ++delivery.Released > 1)
        {
            Find(CrashRule.Duplicate, $"{message.Tag} at QoS 2 was released to {session.Client} {delivery.Released} times", next);
        }

        exchange.ReleasedOn = next.Connection;
    }

    /// <summary>The client answers.</summary>
    private static void OnAnswering(JudgedSession session, AcknowledgementPacket answer, CrashEvent next)
    {
        var identifier = answer.PacketIdentifier.Value;
        if (!session.Inbound.TryGetValue(identifier, out var exchange)) return;
        exchange.IsAnswered = true;
        if (answer is PubRecPacket) return;
        if (exchange.SeenOn == next.Connection) session.Unanswered--;
        session.Inbound.Remove(identifier);
        if (answer is PubCompPacket) session.Completed[identifier] = next.Connection;
    }
}
