using Orrery.Actors.Production;

namespace Orrery.Actors.Tests.Production;

public sealed class SpinGateTests
{
    [Fact]
    public void One_thread_at_a_time_is_behind_the_gate()
    {
        const int Threads = 4;
        const int Heats = 200;
        const int Rounds = 5_000;
        using var start = new Barrier(Threads);             // one that began later would find the others done
        var shared = new Shared();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var heat = 0; heat < Heats; heat++)
            {
                start.SignalAndWait();
                for (var round = 0; round < Rounds; round++)
                {
                    shared.Gate.Enter();
                    shared.Count++;
                    shared.Gate.Exit();
                }
            }
        }))];

        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        Assert.Equal(Threads * Heats * Rounds, shared.Count);
    }

    private sealed class Shared
    {
        public SpinGate Gate;
        public int Count;
    }
}
