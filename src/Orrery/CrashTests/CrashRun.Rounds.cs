using System.Diagnostics;
using Orrery.Mqtt;
using Orrery.Mqtt.Topics;

namespace Orrery.CrashTests;

/// <summary>One life of the broker after another.</summary>
internal sealed partial class CrashRun
{
    private const int MessagesMax = 400;                // of a round, so that the longest queue stays below a broker's limit
    private const int PayloadBytesMax = 1_500;

    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SurpriseWait = TimeSpan.FromMilliseconds(15);      // for a retained value that should not be there

    // One QoS a topic: a repeated PUBLISH at QoS 1 is a write again and may undo one at QoS 2, whose own repetition is none.
    private static readonly (TopicName Topic, QoS QoS)[] Kept =
    [
        (TopicName.Parse("keep/0"), QoS.AtLeastOnce), (TopicName.Parse("keep/1"), QoS.ExactlyOnce), (TopicName.Parse("keep/2"), QoS.AtLeastOnce),
    ];

    private void LiveAndDie(RoundPlan plan)
    {
        Start();
        if (plan.Moment == KillMoment.Recovery)
        {
            _cancellation.WaitHandle.WaitOne(plan.Delay);
        }
        else
        {
            AwaitListening();
            _switch.Arm(plan);
            Work(plan);
        }

        End(plan.Moment.ToString());
    }

    private void Work(RoundPlan plan)
    {
        if (plan.ReadsRetained) ReadRetained();
        var subscribers = new List<CrashClient>([.. _cast.Subscribers, _cast.Toggler, _cast.Executor]);
        if (plan.OfflineComes) subscribers.Add(_cast.Offline);
        var publishers = new List<CrashClient>([.. _cast.Publishers.Select(publisher => publisher.Client), _cast.Keeper]);
        List<CrashClient>[] order = plan.PublishersFirst ? [publishers, subscribers] : [subscribers, publishers];
        var left = MessagesMax;
        foreach (var group in order)
        {
            foreach (var client in Shuffled(group, plan.Chance))
            {
                if (!_switch.IsUsed) client.Connect(_port, plan.DrawConduct());
            }

            // Some of what is published finds half of the clients away.
            if (!Until(() => group.TrueForAll(client => client.IsConnected || client.IsOver), ClientLimit)) return;
            for (var i = 0; i < 3; i++) Publish(plan, ref left);
        }

        while (!_switch.IsUsed && _broker.IsAlive)
        {
            _cancellation.ThrowIfCancellationRequested();
            Publish(plan, ref left);
            LiveWithWills(plan.Chance);
            if (plan.Chance.Next(12) == 0) Toggle(plan.Chance);
            if (plan.Chance.Next(4) == 0) Thread.Sleep(plan.Chance.Next(plan.PauseMillisecondsMax));
        }
    }

    private static CrashClient[] Shuffled(List<CrashClient> clients, Random chance)
    {
        var shuffled = clients.ToArray();
        chance.Shuffle(shuffled);
        return shuffled;
    }

    private void Publish(RoundPlan plan, ref int left)
    {
        var chance = plan.Chance;
        if (left <= 0)
        {
            Thread.Sleep(1);
            return;
        }

        var (client, topics) = _cast.Publishers[chance.Next(_cast.Publishers.Count)];
        var burst = Math.Min(left, 1 + chance.Next(plan.BurstMax));
        left -= burst;
        for (var i = 0; i < burst; i++)
        {
            var (topic, qos) = topics[chance.Next(topics.Count)];
            client.Publish(topic, qos, 40 + chance.Next(chance.Next(PayloadBytesMax)));
        }

        client.FlushPublished();
        if (chance.Next(5) > 0) return;
        for (var i = chance.Next(3); i >= 0; i--)
        {
            // One in six takes the value away.
            var (topic, qos) = Kept[chance.Next(Kept.Length)];
            _cast.Keeper.Publish(topic, qos, chance.Next(6) == 0 ? 0 : 60, retain: true);
        }

        _cast.Keeper.FlushPublished();
    }

    private void LiveWithWills(Random chance)
    {
        if (chance.Next(4) > 0) return;
        var mortal = _cast.Mortals[chance.Next(_cast.Mortals.Count)];
        if (mortal.Client.IsOver)
        {
            if (chance.Next(2) == 0) mortal.Client.Connect(_port, Conduct.Good, mortal.WillOf);
            return;
        }

        switch (chance.Next(24))
        {
            case 0:
                mortal.Client.Disconnect(ReasonCode.Success);
                break;
            case 1 when mortal.Client.Options.Version == MqttVersion.V5:
                mortal.Client.Disconnect(ReasonCode.DisconnectWithWillMessage);
                break;
            case 2:
                mortal.Client.Abort();
                break;
            default:
                break;
        }
    }

    private void Toggle(Random chance)
    {
        if (chance.Next(2) == 0) _cast.Toggler.Subscribe(_cast.Toggled, Cast.ToggledIdentifier);
        else _cast.Toggler.Unsubscribe(_cast.Toggled.Filter);
    }

    /// <summary>A new subscriber reads what is retained, while nobody writes.</summary>
    private void ReadRetained()
    {
        Feed();
        var (reader, wanted) = (_cast.Reader, _judge.RetainedTopics);
        if (!reader.Connect(_port, Conduct.Good) || !Until(() => reader.IsConnected && reader.IsGranted, _patience)) return;
        Until(() => reader.RetainedCount >= wanted, _patience);
        Thread.Sleep(SurpriseWait);
        if (!_switch.IsUsed && _broker.IsAlive && reader.IsConnected) _history.Add(CrashEventKind.Read, reader.Options.Name, reader.Connection);
        reader.Disconnect(ReasonCode.Success);
    }

    /// <summary>Everyone comes back and behaves, nobody publishes anything new: what is owed must come.</summary>
    private void Settle()
    {
        Start();
        AwaitListening();
        ReadRetained();
        foreach (var client in _cast.Lasting) client.Connect(_port, Conduct.Good);
        var isDone = AwaitOwed();
        if (!_broker.IsAlive) throw new BrokerFailedException($"the broker ended by itself; it said:\n{_broker.Said}");
        if (!isDone && _cast.Lasting.FirstOrDefault(client => !client.IsConnected) is { } absent)
        {
            throw new BrokerFailedException($"{absent.Options.Name} got no connection; the broker said:\n{_broker.Said}");
        }

        Feed();
        _judge.Settle(new CrashEvent(long.MaxValue, _history.Now, CrashEventKind.Read, "", _broker.Starts));
        End("Settled");
    }

    /// <summary>Waits until everyone is there and nothing is owed, or nothing has come of it for a while.</summary>
    private bool AwaitOwed()
    {
        var (last, since) = (int.MaxValue, Stopwatch.GetTimestamp());
        return Until(
            () =>
            {
                Feed();
                var owed = _judge.Owed(_history.Now) + _cast.Lasting.Count(client => !client.IsConnected || !client.IsGranted);
                if (owed != last) (last, since) = (owed, Stopwatch.GetTimestamp());
                return owed == 0 || Stopwatch.GetElapsedTime(since) > _patience;
            },
            SettleLimit) && last == 0;
    }
}
