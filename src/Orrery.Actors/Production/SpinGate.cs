using System.Runtime.CompilerServices;

namespace Orrery.Actors.Production;

/// <summary>A lock held for a few instructions: four bytes, one atomic operation to enter and none to leave.</summary>
/// <remarks>
/// Never held across a call out of the runtime. A waiter spins and then yields, so a holder that lost its processor
/// costs the waiter a time slice at worst.
/// </remarks>
internal struct SpinGate
{
    private int _taken;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) Wait();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _taken, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wait()
    {
        var spinner = default(SpinWait);
        do
        {
            // Yields, but never sleeps a millisecond: the gate is free again within nanoseconds.
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _taken) != 0 || Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }
}

/// <summary>A flag that one thread raises under a gate and another looks at without it.</summary>
internal struct SharedFlag
{
    private bool _value;

    public bool Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => Volatile.Read(in _value);
        set => Volatile.Write(ref _value, value);
    }
}

/// <summary>A counter that many threads advance.</summary>
internal struct SharedCounter
{
    private int _value;

    /// <summary>The next number; the first is 1.</summary>
    public int Next() => Interlocked.Increment(ref _value);
}
