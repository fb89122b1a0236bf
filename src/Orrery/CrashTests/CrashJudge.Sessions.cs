using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>Sessions and their subscriptions.</summary>
internal sealed partial class CrashJudge
{
    private void OnConnect(JudgedSession session, ConnectPacket connect, CrashEvent next)
    {
        session.BeginConnection(connect, next.Connection);
        if (session.Existence == Existence.No || connect.CleanStart) session.Existence = Existence.Maybe;
        ReturnOf(session, connect);
        BeginWill(session, connect, next);
    }

    private void OnConnAck(JudgedSession session, ConnAckPacket connAck, CrashEvent next)
    {
        if (connAck.ReasonCode != ReasonCode.Success)
        {
            Find(CrashRule.Session, $"{session.Client} was refused: {connAck.ReasonCode}", next);
            return;
        }

        var resumes = !session.Connect!.CleanStart;
        if (resumes && session.Before == Existence.Yes && !connAck.SessionPresent)
        {
            Find(CrashRule.Session, $"the session of {session.Client} is gone", next);
            FindLost(session, next);
        }
        else if (connAck.SessionPresent && !(resumes && session.Before != Existence.No))
        {
            Find(CrashRule.Session, $"{session.Client} resumes a session that there was not", next);
        }

        if (!connAck.SessionPresent) session.Forget();
        session.Existence = Existence.Yes;
        AcceptWill(session, next, connAck.SessionPresent);
    }

    /// <summary>What a session that is gone takes with it.</summary>
    private void FindLost(JudgedSession session, CrashEvent next)
    {
        if (session.IsShared) return;
        var lost = _unsettled.Where(message => Owes(session, message)).ToArray();
        if (lost.Length == 0) return;
        Find(
            CrashRule.Loss,
            $"{Text(lost.Length)} acknowledged messages are lost with the session of {session.Client}, {lost[0].Tag} the first of them",
            next, lost[0], lost.Length);
    }

    private static void Ask(JudgedSession session, Subscription subscription, uint? identifier, CrashEvent next)
    {
        var isOpen = session.Subscriptions.Exists(period => period.Subscription.Equals(subscription) && period.EndAsked is null);
        if (!isOpen) session.Subscriptions.Add(new SubscriptionPeriod(subscription, identifier, next.Number));
    }

    private static IEnumerable<SubscriptionPeriod> PeriodsOf(JudgedSession session, UnsubscribePacket unsubscribe) =>
        session.Subscriptions.Where(period => period.Ended is null && unsubscribe.Filters.Contains(period.Subscription.Filter));

    private void OnRequestAnswered(JudgedSession session, CrashEvent next)
    {
        var identifier = next.Packet is SubAckPacket subAck ? subAck.PacketIdentifier : ((UnsubAckPacket)next.Packet!).PacketIdentifier;
        session.Requests.Remove(identifier.Value, out var request);
        switch (request, next.Packet)
        {
            case (SubscribePacket subscribe, SubAckPacket granted):
                for (var i = 0; i < subscribe.Subscriptions.Count; i++) Grant(session, subscribe.Subscriptions[i], granted.ReasonCodes[i], next);
                break;
            case (UnsubscribePacket unsubscribe, UnsubAckPacket):
                foreach (var period in PeriodsOf(session, unsubscribe).Where(period => period.EndAsked is not null)) period.Ended = next.Number;
                break;
            default:
                Find(CrashRule.Exchange, $"{session.Client} got {next.Packet!.Type} {identifier} for nothing that it had asked", next);
                break;
        }
    }

    private void Grant(JudgedSession session, Subscription subscription, ReasonCode code, CrashEvent next)
    {
        if ((int)code != (int)subscription.MaximumQoS)
        {
            Find(CrashRule.Session, $"{session.Client} asked for {subscription.Filter} at QoS {(int)subscription.MaximumQoS} and got {code}", next);
            return;
        }

        foreach (var period in session.Subscriptions.Where(period => period.Subscription.Equals(subscription) && period.EndAsked is null))
        {
            period.Granted ??= next.Number;
        }
    }
}
