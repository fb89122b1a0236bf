namespace Orrery;

/// <summary>Collects garbage and sleeps between events, at random and differently each time.</summary>
internal sealed class Disturbance
{
    private readonly Random _random = new();

    /// <summary>Disturbs once in a while.</summary>
    public void Disturb()
    {
        switch (_random.Next(20_000))
        {
            case 0:
                GC.Collect();
                GC.WaitForPendingFinalizers();
                break;
            case <= 20:
                GC.Collect(0);
                break;
            case <= 25:
                Thread.Sleep(1);
                break;
        }
    }
}
