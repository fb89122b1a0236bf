using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>Wills: one a connection at most, of those that did not say good-bye, once their delay has passed.</summary>
internal sealed partial class CrashJudge
{
    private const double TimerSeconds = 0.1;            // a timer may be a tick early by another clock

    private readonly Dictionary<string, JudgedMessage> _lastWills = [];
    private readonly Dictionary<string, JudgedWill> _returning = [];
    private bool _isKilling;

    private JudgedWill? WillOf(JudgedSession session) => _lastWills.GetValueOrDefault(session.Client)?.Will;

    private void BeginWill(JudgedSession session, ConnectPacket connect, CrashEvent next)
    {
        _lastWills.Remove(session.Client);
        if (connect.Will is not { } will) return;
        var delay = connect.Version == Mqtt.MqttVersion.V5 && session.OutlivesConnection ? will.DelayIntervalSeconds : 0;
        var message = new JudgedMessage(MessageTag.OfWill(session.Client, next.Connection), will.Message, next.Number) { Will = new JudgedWill { DelaySeconds = delay }, Transmissions = 1 };
        Register(message);
        _lastWills[session.Client] = message;
    }

    /// <summary>The client comes back, and may be heard.</summary>
    private void ReturnOf(JudgedSession session, ConnectPacket connect)
    {
        if (WillOf(session) is not { } will) return;
        if (connect.CleanStart) will.IsHastened = true;
        else if (session.OutlivesConnection) will.IsMaybeResumed = true;
        _returning[session.Client] = will;
    }

    private void AcceptWill(JudgedSession session, CrashEvent next, bool isResumed)
    {
        if (_returning.Remove(session.Client, out var earlier) && isResumed && earlier.DelaySeconds > 0 && next.Seconds < earlier.DueAt) earlier.IsCancelled = true;
        if (WillOf(session) is not { } will) return;
        will.IsAccepted = true;
    }

    private void EndWill(JudgedSession session, CrashEvent next, WillEnd end)
    {
        if (WillOf(session) is { End: WillEnd.None } will) (will.End, will.EndedAt) = (end, next.Seconds);
    }

    /// <summary>Whoever was there when the broker was killed was cut off by that. Whether one was, a CONNACK may tell that is still to be read.</summary>
    private void EndWills(CrashEvent next)
    {
        _isKilling = true;
        foreach (var session in _sessions.Values) EndWill(session, next, WillEnd.Killed);
    }

    private void JudgePublishedWill(JudgedMessage message, JudgedWill will, CrashEvent next)
    {
        if (will.End == WillEnd.None) Find(CrashRule.Will, $"{message.Tag} was published while its client was connected", next, message);
        else if (will.End == WillEnd.Without) Find(CrashRule.Will, $"{message.Tag} was published after DISCONNECT", next, message);
        else if (will.IsCancelled) Find(CrashRule.Will, $"{message.Tag} was published after its client had resumed in time", next, message);
        else if (next.Seconds < will.DueAt - TimerSeconds) Find(CrashRule.Will, $"{message.Tag} was published {will.DueAt - next.Seconds:0.000} s too early", next, message);
    }
}
