using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>What clients publish, and how the broker answers.</summary>
internal sealed partial class CrashJudge
{
    private void OnPublishing(JudgedSession session, PublishPacket publish, CrashEvent next)
    {
        JudgedMessage? message = null;
        if (next.Message is { } tag)
        {
            if (!_messages.TryGetValue(tag, out message)) Register(message = new JudgedMessage(tag, publish.Message, next.Number));
            message.Transmissions++;
        }

        var identifier = publish.PacketIdentifier.Value;
        if (!session.Outbound.TryGetValue(identifier, out var exchange)) session.Outbound[identifier] = exchange = new OutboundExchange(message);
        exchange.AwaitsAnswerOn = next.Connection;
        if (publish.Message.Retain) exchange.RetainedWrite = WriteRetained(publish.Message, message);
    }

    private void Register(JudgedMessage message)
    {
        _messages[message.Tag] = message;
        _unsettled.Add(message);
    }

    private void OnPublished(JudgedSession session, AcknowledgementPacket answer, CrashEvent next)
    {
        var identifier = answer.PacketIdentifier.Value;
        if (!session.Outbound.TryGetValue(identifier, out var exchange) || exchange.AwaitsAnswerOn != next.Connection)
        {
            Find(CrashRule.Exchange, $"{session.Client} got {answer.Type} {identifier} for no PUBLISH of this connection", next);
            return;
        }

        exchange.AwaitsAnswerOn = 0;
        if (answer.ReasonCode >= ReasonCode.UnspecifiedError)
        {
            Find(CrashRule.Exchange, $"{exchange.Message?.Tag} was refused: {answer.ReasonCode}", next, exchange.Message);
            session.Outbound.Remove(identifier);
            return;
        }

        if (exchange.Message is { Acknowledged: null } message)
        {
            message.Acknowledged = next.Number;
            Acknowledged++;
        }

        if (exchange.RetainedWrite > 0) AcknowledgeRetained(exchange.RetainedWrite);
        if (answer is PubAckPacket) session.Outbound.Remove(identifier);
    }

    private void OnPubComp(JudgedSession session, PubCompPacket completed, CrashEvent next)
    {
        var identifier = completed.PacketIdentifier.Value;
        if (!session.Outbound.TryGetValue(identifier, out var exchange) || exchange.AwaitsCompletionOn != next.Connection)
        {
            Find(CrashRule.Exchange, $"{session.Client} got PUBCOMP {identifier} for no PUBREL of this connection", next);
            return;
        }

        // The broker may have forgotten what it was told to release before; of a first PUBREL it must know.
        if (completed.ReasonCode >= ReasonCode.UnspecifiedError && exchange.Releases == 1)
        {
            Find(CrashRule.Exchange, $"the broker has forgotten identifier {identifier} of {session.Client}, of {exchange.Message?.Tag}, before it was released", next, exchange.Message);
        }

        session.Outbound.Remove(identifier);
    }
}
