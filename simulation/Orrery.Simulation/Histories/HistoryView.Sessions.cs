using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

// Which connections served one session, and when it ended.
internal sealed partial class HistoryView
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long ClockTickNanoseconds = 1_000;       // a broker's clock has ticks of 100 ns

    private readonly List<SessionView> _sessions = [];

    /// <summary>What a new connection should find: true for a session, false for none, null where the time is too near to the end of it.</summary>
    /// <param name="earlier">The session that was there last; null for none.</param>
    /// <param name="next">The connection that asks.</param>
    public bool? ShouldBePresent(SessionView? earlier, ConnectionView next)
    {
        if (next.Connect!.CleanStart || earlier is null) return false;
        var (first, last, end) = EndOf(earlier, next.ConnAckSent!);
        if (end == SessionEnd.WithConnection && earlier.Last.TakenOverBy == next) return false;

        // CONNECT is worked on between its reading and its answer.
        if (last < next.ConnectRead!.Nanoseconds) return false;
        return first > next.ConnAckSent!.Nanoseconds ? true : null;
    }

    private void FindSessions()
    {
        var current = new Dictionary<(string Broker, string ClientId), SessionView>();
        foreach (var connection in _connections.Where(c => c.IsAccepted && c.Connect is not null).OrderBy(c => c.ConnAckSent!.Index))
        {
            var key = (connection.Broker, connection.ClientId);
            var earlier = current.GetValueOrDefault(key);
            connection.Earlier = earlier?.Last;
            if (connection.Earlier is { } last && IsTakenOver(last, connection)) last.TakenOverBy = connection;
            var hidden = UnseenBefore(earlier, connection);
            var mayBeRestored = MayBeRestored(earlier, connection);
            connection.ShouldBePresent = mayBeRestored ? null : AfterUnseen(earlier, connection, hidden, ShouldBePresent(earlier, connection));
            connection.EarlierEnd = earlier is null ? SessionEnd.None : EndOf(earlier, connection.ConnAckSent!).End;

            // MQTT 3.1 has no flag for it, so it is taken to be as it should.
            var isResumed = connection.ConnAck!.SessionPresent
                || (connection.Version == MqttVersion.V31 && connection.ShouldBePresent != false);
            if (earlier is null || !isResumed)
            {
                if (earlier is not null) EndBefore(earlier, connection);
                earlier = new SessionView(connection.Broker, connection.ClientId, connection.ConnAckSent!) { IsRestored = mayBeRestored && isResumed };
                current[key] = earlier;
                _sessions.Add(earlier);
            }
            else
            {
                earlier.PerhapsEndedFrom = Math.Min(earlier.PerhapsEndedFrom, PerhapsEndedFrom(hidden));
            }

            earlier.Connections.Add(connection);
            connection.Session = earlier;
        }

        foreach (var session in current.Values)
        {
            var (first, last, end) = EndOf(session, null);
            if (Math.Min(first, session.PerhapsEndedFrom) <= Facts.EndNanoseconds) SetEnd(session, first, Math.Max(first, last), end);
        }
    }

    /// <summary>Whether a connection was ended for the sake of the next one.</summary>
    private static bool IsTakenOver(ConnectionView earlier, ConnectionView next)
    {
        if (earlier.CloseEarliest is null) return true;
        if (earlier.EndDecision?.Detail is { } words) return words.Contains("another connection uses", StringComparison.Ordinal);
        if (earlier.ClientDisconnect is not null) return false;
        var closed = earlier.BrokerDisconnect ?? earlier.BrokerEnded;
        return (earlier.BrokerDisconnect is not null || earlier.BrokerEnded?.Name == "closed")
            && closed!.Index > next.ConnectRead!.Index && closed.Index < next.ConnAckSent!.Index;
    }

    private void EndBefore(SessionView session, ConnectionView next)
    {
        var (first, last, end) = EndOf(session, next.ConnAckSent!);
        var connAck = next.ConnAckSent!.Nanoseconds;
        if (first >= next.ConnectRead!.Nanoseconds) (first, last, end) = (next.ConnectRead.Nanoseconds, connAck, SessionEnd.CleanStart);
        SetEnd(session, first, Math.Min(last, connAck), end);
    }

    private void SetEnd(SessionView session, long first, long last, SessionEnd end)
    {
        (session.EndEarliest, session.EndLatest, session.End) = (Math.Min(first, session.PerhapsEndedFrom), last, end);
        session.EndIndex = IndexAt(session.EndEarliest);
    }

    /// <summary>When a session ends if no connection takes it up: the earliest and the latest instant.</summary>
    /// <param name="session">The session.</param>
    /// <param name="before">Ends behind this event don't count; null for all.</param>
    private (long First, long Last, SessionEnd End) EndOf(SessionView session, HistoryEvent? before)
    {
        var timed = TimedEndOf(session, before);
        for (var at = World.EndAfter(session.Broker, session.Started.Nanoseconds); at is { } ended; at = World.EndAfter(session.Broker, ended + 1))
        {
            if (ended >= timed.First || (before is not null && ended > before.Nanoseconds)) break;
            if (!Survives(session.Broker, ended)) return (ended, ended, SessionEnd.ProcessEnded);
        }

        return timed;
    }

    private (long First, long Last, SessionEnd End) TimedEndOf(SessionView session, HistoryEvent? before)
    {
        var last = session.Last;
        var max = OptionsAt(session.Broker, last.ConnAckSent?.Index ?? 0).SessionExpiryIntervalMaxSeconds;
        if (last.CloseEarliest is not { } closed || (before is not null && closed > before.Nanoseconds)) return (long.MaxValue, long.MaxValue, SessionEnd.None);
        var closedBy = last.CloseLatest ?? closed;

        // DISCONNECT has no answer: where the broker ends right behind one, what it says of the expiry may not have been kept.
        var said = last.SessionExpirySeconds(max);
        var agreed = World.EndAfter(session.Broker, closed) is { } ended && closedBy >= KeptBefore(session.Broker, ended) ? last.AgreedExpirySeconds(max) : said;
        var (least, most) = (Math.Min(said, agreed), Math.Max(said, agreed));
        if (least == uint.MaxValue) return (long.MaxValue, long.MaxValue, SessionEnd.None);
        if (most == 0) return (closed, closedBy, SessionEnd.WithConnection);
        if (World.CountsOtherwise(session.Broker)) return (closed, long.MaxValue, SessionEnd.Expired);
        var first = closed + (least * NanosecondsPerSecond) - (least == 0 ? 0 : ClockTickNanoseconds);
        var late = most == uint.MaxValue ? long.MaxValue : ExpiresBy(session.Broker, closed, closedBy, most * NanosecondsPerSecond);
        if (late != long.MaxValue && World.LastPause(session.Broker, closed, late) is { } pause) late = Math.Max(late, Sum(pause.To, Facts.TimerGranularityNanoseconds));
        return (first, late, SessionEnd.Expired);
    }

    /// <summary>The latest instant at which a time that began with the end of a connection is over; <see cref="long.MaxValue"/> where nobody is there to count it.</summary>
    /// <param name="broker">Who counts.</param>
    /// <param name="closed">The earliest end of the connection.</param>
    /// <param name="closedBy">The latest.</param>
    /// <param name="time">How long.</param>
    /// <remarks>A broker that ends with a connection, or so soon behind it that it may not have kept when that was, counts from when it is back.
    /// What falls due while it is down is due when it is back.</remarks>
    public long ExpiresBy(string broker, long closed, long closedBy, long time)
    {
        var from = closedBy;

        // Whoever ends again before it has kept from when it counts, as in the middle of its start, counts anew from the next one.
        for (var ended = World.EndAfter(broker, closed); ended is { } at && from >= KeptBefore(broker, at); ended = World.EndAfter(broker, at + 1))
        {
            if (World.BackAfter(broker, at) is not { } back) return long.MaxValue;
            from = Math.Max(from, back + RecoveryNanoseconds(broker, back));
        }

        var due = from + time;
        if (World.BackAfter(broker, due) is not { } there) return long.MaxValue;
        return Math.Max(due, there == due ? due : there + RecoveryNanoseconds(broker, there)) + Facts.TimerGranularityNanoseconds;
    }

    // From a start of the process until it has what it kept, as its log says.
    private long RecoveryNanoseconds(string broker, long start) =>
        _decisions.Find(decision => decision.Nanoseconds >= start && decision.Node == broker && JudgedDecisions.Is(decision, JudgedDecisions.StoreRecovered)) is { } recovered
        && World.EndAfter(broker, start) is var ended && (ended is null || ended > recovered.Nanoseconds)
            ? recovered.Nanoseconds - start
            : 0;

    private static long Sum(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;

    private void FindSubscriptions()
    {
        foreach (var session in Sessions)
        {
            var current = new Dictionary<string, SubscriptionView>(StringComparer.Ordinal);
            foreach (var connection in session.Connections) FindSubscriptions(session, connection, current);
        }
    }

    private static void FindSubscriptions(SessionView session, ConnectionView connection, Dictionary<string, SubscriptionView> current)
    {
        var answers = connection.BrokerSent.Where(sent => sent.Packet!.Packet is SubAckPacket or UnsubAckPacket).ToList();
        foreach (var read in connection.BrokerRead)
        {
            switch (read.Packet!.Packet)
            {
                case SubscribePacket subscribe:
                    var subAck = answers.Find(sent => sent.Index > read.Index && sent.Packet!.Packet is SubAckPacket ack && ack.PacketIdentifier == subscribe.PacketIdentifier);
                    if (subAck is not null) answers.Remove(subAck);
                    Subscribe(session, connection, read, subscribe, subAck, current);
                    break;
                case UnsubscribePacket unsubscribe:
                    var unsubAck = answers.Find(sent => sent.Index > read.Index && sent.Packet!.Packet is UnsubAckPacket ack && ack.PacketIdentifier == unsubscribe.PacketIdentifier);
                    if (unsubAck is not null) answers.Remove(unsubAck);
                    foreach (var filter in unsubscribe.Filters)
                    {
                        if (!current.TryGetValue(filter.ToString(), out var ended)) continue;
                        (ended.Ended, ended.EndAcknowledged) = (read, unsubAck);
                        if (unsubAck is not null || connection.Handled(read)) current.Remove(filter.ToString());
                    }

                    break;
            }
        }
    }

    private static void Subscribe(
        SessionView session, ConnectionView connection, HistoryEvent read, SubscribePacket subscribe, HistoryEvent? subAck,
        Dictionary<string, SubscriptionView> current)
    {
        var codes = (subAck?.Packet!.Packet as SubAckPacket)?.ReasonCodes;
        for (var i = 0; i < subscribe.Subscriptions.Count; i++)
        {
            var options = subscribe.Subscriptions[i];
            var subscription = new SubscriptionView(session, connection, read, options, subscribe.SubscriptionIdentifier) { Acknowledged = subAck };
            if (codes is not null && i < codes.Count)
            {
                subscription.IsRefused = codes[i] >= ReasonCode.UnspecifiedError;
                if (!subscription.IsRefused) subscription.Granted = (QoS)(byte)codes[i];
            }

            session.Subscriptions.Add(subscription);
            if (subscription.IsRefused) continue;       // the one that was there stays
            var filter = options.Filter.ToString();
            if (current.TryGetValue(filter, out var earlier)) (subscription.Replaces, earlier.ReplacedBy) = (earlier, subscription);
            current[filter] = subscription;
        }
    }
}
