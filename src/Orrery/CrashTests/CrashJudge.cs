using System.Globalization;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>Judges what clients saw of a broker that was killed again and again. Decides alone: no IO, no clock.</summary>
/// <remarks>
/// It is given the history in its order, and finds what is wrong at the event that shows it; what is owed and does not come it finds
/// in <see cref="Settle"/>. It holds both kinds of receivers of QoS 2 against the broker, those that hand over at the first PUBLISH
/// and those that do at PUBREL. It does not judge expiry, flow from the broker's side, and QoS 0.
/// </remarks>
internal sealed partial class CrashJudge
{
    private readonly Dictionary<string, JudgedSession> _sessions = [];
    private readonly Dictionary<MessageTag, JudgedMessage> _messages = [];
    private readonly List<JudgedMessage> _unsettled = [];
    private readonly List<Finding> _findings = [];

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Messages that their publishers know to be accepted.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Messages that sessions got, each once.</summary>
    public long Delivered { get; private set; }

    /// <summary>Takes the next event.</summary>
    public void Add(CrashEvent next)
    {
        switch (next.Kind)
        {
            case CrashEventKind.Started:
                (_isRetainedQuiet, _isKilling) = (true, false);
                break;
            case CrashEventKind.Killing:
                EndWills(next);
                break;
            case CrashEventKind.Killed:
                foreach (var session in _sessions.Values) EndConnection(session, next);
                break;
            case CrashEventKind.Sent:
                OnSent(Of(next.Client), next);
                break;
            case CrashEventKind.Received:
                OnReceived(Of(next.Client), next);
                break;
            case CrashEventKind.Aborting:
                EndWill(Of(next.Client), next, WillEnd.Cut);
                if (WillOf(Of(next.Client)) is { } will) will.IsCut = true;
                break;
            case CrashEventKind.Closed:
                OnClosed(Of(next.Client), next);
                break;
            case CrashEventKind.Read:
                OnRetainedRead(Of(next.Client), next);
                break;
            default:
                break;
        }
    }

    private JudgedSession Of(string client)
    {
        if (!_sessions.TryGetValue(client, out var session)) _sessions[client] = session = new JudgedSession(client);
        return session;
    }

    private void OnSent(JudgedSession session, CrashEvent next)
    {
        switch (next.Packet)
        {
            case ConnectPacket connect:
                OnConnect(session, connect, next);
                break;
            case PublishPacket publish:
                OnPublishing(session, publish, next);
                break;
            case PubRelPacket release when session.Outbound.TryGetValue(release.PacketIdentifier.Value, out var exchange):
                exchange.Releases++;
                exchange.AwaitsCompletionOn = next.Connection;
                break;
            case PubAckPacket or PubRecPacket or PubCompPacket:
                OnAnswering(session, (AcknowledgementPacket)next.Packet, next);
                break;
            case SubscribePacket subscribe:
                session.Requests[subscribe.PacketIdentifier.Value] = subscribe;
                foreach (var subscription in subscribe.Subscriptions) Ask(session, subscription, subscribe.SubscriptionIdentifier, next);
                break;
            case UnsubscribePacket unsubscribe:
                session.Requests[unsubscribe.PacketIdentifier.Value] = unsubscribe;
                foreach (var period in PeriodsOf(session, unsubscribe)) period.EndAsked ??= next.Number;
                break;
            case DisconnectPacket disconnect:
                EndWill(session, next, disconnect.ReasonCode == Mqtt.ReasonCode.Success ? WillEnd.MaybeWithout : WillEnd.With);
                break;
            default:
                break;
        }
    }

    private void OnReceived(JudgedSession session, CrashEvent next)
    {
        switch (next.Packet)
        {
            case ConnAckPacket connAck:
                OnConnAck(session, connAck, next);
                break;
            case PublishPacket { Message.Retain: true } publish:
                OnRetained(session, publish, next);
                break;
            case PublishPacket publish:
                OnPublish(session, publish, next);
                break;
            case PubRelPacket release:
                OnPubRel(session, release, next);
                break;
            case PubAckPacket or PubRecPacket:
                OnPublished(session, (AcknowledgementPacket)next.Packet, next);
                break;
            case PubCompPacket completed:
                OnPubComp(session, completed, next);
                break;
            case SubAckPacket or UnsubAckPacket:
                OnRequestAnswered(session, next);
                break;
            case DisconnectPacket disconnect:
                Find(CrashRule.Exchange, $"the broker disconnected {session.Client}: {disconnect.ReasonCode} {disconnect.ReasonString}", next);
                break;
            default:
                break;
        }
    }

    private void OnClosed(JudgedSession session, CrashEvent next)
    {
        if (!_isKilling)
        {
            if (WillOf(session) is { End: WillEnd.MaybeWithout, IsCut: false } will) will.End = WillEnd.Without;
            EndWill(session, next, WillEnd.Cut);
        }

        EndConnection(session, next);
    }

    private static void EndConnection(JudgedSession session, CrashEvent next)
    {
        if (!session.IsConnected) return;
        session.IsConnected = false;
        session.LastEnd = next.Number;
        session.Requests.Clear();
        if (!session.OutlivesConnection) session.Existence = Existence.No;
    }

    private void Find(CrashRule rule, string text, CrashEvent at, JudgedMessage? message = null, int count = 1) =>
        _findings.Add(new Finding(rule, text, at.Number, message?.Tag ?? at.Message, at.Client.Length > 0 ? at.Client : null, count));

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
