using Orrery.Actors;

namespace Orrery.Broker.Statistics;

/// <summary>What one actor counted in one turn, told to the statistics at its end: one message a kind, not one an event.</summary>
internal struct Tally
{
    private List<(Counter Counter, long Amount)>? _counted;

    public void Add(Counter counter, long amount)
    {
        if (amount == 0)
        {
            return;
        }

        _counted ??= [];
        for (var i = 0; i < _counted.Count; i++)
        {
            if (_counted[i].Counter == counter)
            {
                _counted[i] = (counter, _counted[i].Amount + amount);
                return;
            }
        }

        _counted.Add((counter, amount));
    }

    public readonly void Report(IActorRef statistics, IActorRef sender)
    {
        if (_counted is not { Count: > 0 })
        {
            return;
        }

        foreach (var (counter, amount) in _counted)
        {
            statistics.Tell(new StatisticsActor.Counted(counter, amount), sender);
        }

        _counted.Clear();
    }
}
