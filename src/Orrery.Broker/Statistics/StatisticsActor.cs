using Orrery.Actors;

namespace Orrery.Broker.Statistics;

/// <summary>Sums what the other actors count.</summary>
internal sealed class StatisticsActor : UntypedActor
{
    private readonly long[] _totals = new long[(int)Counter.SubscriptionsRefused + 1];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Counted counted:
                _totals[(int)counted.Counter] += counted.Amount;
                break;
            case GetStatistics:
                Sender.Tell(new BrokerStatistics([.. _totals]), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Something happened this many times.</summary>
    public sealed record Counted(Counter Counter, long Amount);

    /// <summary>Asks for <see cref="BrokerStatistics"/>.</summary>
    public sealed record GetStatistics
    {
        public static GetStatistics Instance { get; } = new();
    }
}
