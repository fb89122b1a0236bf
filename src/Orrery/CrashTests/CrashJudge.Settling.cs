namespace Orrery.CrashTests;

/// <summary>What must have come once all clients are back and nothing more is published.</summary>
internal sealed partial class CrashJudge
{
    /// <summary>How much is still to come.</summary>
    /// <param name="now">Seconds since the history's start.</param>
    public int Owed(double now) => AllOwed(now).Count();

    /// <summary>Finds what is owed now that all has had its time.</summary>
    public void Settle(CrashEvent at)
    {
        foreach (var (rule, text, message, client) in AllOwed(at.Seconds).ToArray())
        {
            _findings.Add(new Finding(rule, text, at.Number, message?.Tag, client));
        }

        // What is not due yet is judged the next time.
        _unsettled.RemoveAll(message => message.Will is not { } will || (will.End != WillEnd.None && (!will.IsRequired || at.Seconds >= will.DueAt)));
    }

    private IEnumerable<(CrashRule Rule, string Text, JudgedMessage? Message, string? Client)> AllOwed(double now)
    {
        foreach (var message in _unsettled.Where(message => message.Acknowledged is not null || message.Will is not null))
        {
            if (message.Will is { } will && (!will.IsRequired || now < will.DueAt)) continue;
            foreach (var session in _sessions.Values.Where(session => !session.IsShared && Owes(session, message)))
            {
                yield return (
                    message.Will is null ? CrashRule.Loss : CrashRule.Will,
                    message.Will is null
                        ? $"{message.Tag} was acknowledged and never reached {session.Client}"
                        : $"{message.Tag} was not published, or never reached {session.Client}",
                    message, session.Client);
            }

            if (message.Will is null && GroupOwes(message)) yield return (CrashRule.Loss, $"{message.Tag} was acknowledged and reached no member of the shared subscription", message, null);
        }

        foreach (var session in _sessions.Values.Where(session => session.Existence == Existence.Yes && session.OutlivesConnection))
        {
            foreach (var (identifier, exchange) in session.Inbound)
            {
                yield return (CrashRule.Exchange, $"the exchange of {exchange.Message?.Tag} to {session.Client}, identifier {identifier}, was not finished", exchange.Message, session.Client);
            }

            foreach (var (identifier, exchange) in session.Outbound)
            {
                yield return (CrashRule.Exchange, $"the exchange of {exchange.Message?.Tag} from {session.Client}, identifier {identifier}, was not finished", exchange.Message, session.Client);
            }
        }
    }

    private static bool Owes(JudgedSession session, JudgedMessage message) =>
        session.OutlivesConnection && !session.Deliveries.ContainsKey(message.Tag)
        && session.Subscriptions.Exists(period => message.Will is null ? period.Must(message) : period.IsThere && period.Matches(message.Message.Topic));

    private bool GroupOwes(JudgedMessage message) =>
        _sessions.Values.Any(session => session.IsShared && session.Subscriptions.Exists(period => period.Must(message)))
        && !_sessions.Values.Any(session => session.IsShared && session.Deliveries.ContainsKey(message.Tag));
}
