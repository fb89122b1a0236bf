namespace Orrery.Broker.Statistics;

/// <summary>Counts losses and says when to speak of them: at 1, 10, 100, ... so that a flood of losses is no flood of lines.</summary>
internal struct LossCount
{
    private long _nextSaid;

    public long Total { get; private set; }

    /// <summary>Adds losses.</summary>
    /// <returns>True when a line is due.</returns>
    public bool Add(int losses)
    {
        Total += losses;
        if (losses == 0 || Total < _nextSaid)
        {
            return false;
        }

        _nextSaid = Math.Max(1, _nextSaid);
        while (_nextSaid <= Total)
        {
            _nextSaid *= 10;
        }

        return true;
    }
}
