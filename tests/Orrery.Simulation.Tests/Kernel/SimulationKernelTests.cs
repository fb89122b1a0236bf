using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

public sealed class SimulationKernelTests
{
    [Fact]
    public void Each_event_happens_at_its_own_time()
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var walker = new Walker(kernel);
        kernel.Schedule(30, EventClass.Network, walker, 3);
        kernel.Schedule(10, EventClass.Network, walker, 1, 7);
        kernel.Schedule(31, EventClass.Network, walker, 4);

        kernel.RunUntil(30);

        Assert.Equal([(10, 1, 7), (30, 3, 0)], walker.Seen);
        Assert.Equal(30, kernel.NowNanoseconds);
        Assert.Equal(31, kernel.NextNanoseconds);
    }

    [Fact]
    public void Nothing_is_scheduled_in_the_past()
    {
        var kernel = new SimulationKernel(new KernelOptions());
        kernel.RunUntil(5);

        Assert.Throws<ArgumentOutOfRangeException>(() => kernel.Schedule(4, EventClass.Script, new Walker(), 0));
    }

    [Fact]
    public void A_cancelled_event_does_not_happen()
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var walker = new Walker(kernel);
        var handle = kernel.Schedule(10, EventClass.Timer, walker, 1);

        Assert.True(kernel.Cancel(handle));
        kernel.RunUntil(100);

        Assert.Empty(walker.Seen);
    }

    [Fact]
    public void One_seed_gives_one_hash_and_another_seed_another()
    {
        Assert.Equal(Walk(new KernelOptions { Seed = 9 }).Hash, Walk(new KernelOptions { Seed = 9 }).Hash);
        Assert.NotEqual(Walk(new KernelOptions { Seed = 9 }).Hash, Walk(new KernelOptions { Seed = 10 }).Hash);
    }

    [Fact]
    public void Watching_changes_no_hash()
    {
        var plain = Walk(new KernelOptions());

        Assert.Equal(plain.Hash, Walk(new KernelOptions { CheckpointInterval = 10 }).Hash);
        Assert.Equal(plain.Hash, Walk(new KernelOptions { CheckpointInterval = 10, TracedInterval = 5 }).Hash);
    }

    [Fact]
    public void A_run_keeps_only_the_traced_interval()
    {
        var kernel = Walk(new KernelOptions { CheckpointInterval = 10, TracedInterval = 5 });

        Assert.Equal(Enumerable.Range(50, 10).Select(i => (long)i), kernel.Trace.Select(entry => entry.EventIndex).Distinct());
    }

    [Fact]
    public async Task C2_Another_thread_is_refused_whatever_it_calls()
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var walker = new Walker(kernel);
        var stream = kernel.Stream("dice");
        var handle = kernel.Schedule(5, EventClass.Timer, walker, 0);
        Action[] calls =
        [
            () => kernel.Schedule(1, EventClass.Timer, walker, 0), () => kernel.Cancel(handle), () => kernel.Step(), () => kernel.RunUntil(5),
            () => kernel.Observe("a", "b", "c", 1), () => kernel.Observe("a", "b", "c", "d"u8), () => kernel.Add(1), () => stream.NextUInt64(),
        ];

        await Task.Factory.StartNew(
            () => Assert.All(calls, call => Assert.Throws<InvalidOperationException>(call)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public void C6_What_disturbs_between_events_changes_no_hash()
    {
        var disturbed = 0L;
        var options = new KernelOptions
        {
            Disturb = () =>
            {
                disturbed++;
                GC.Collect(0);
            },
        };

        Assert.Equal(Walk(new KernelOptions()).Hash, Walk(options).Hash);
        Assert.Equal(1_000, disturbed);
    }

    internal static SimulationKernel Walk(KernelOptions options, int events = 1_000, Action<SimulationKernel, long>? onStep = null)
    {
        var kernel = new SimulationKernel(options);
        var walker = new Walker(kernel) { OnStep = step => onStep?.Invoke(kernel, step) };
        kernel.Schedule(0, EventClass.Client, walker, 0);
        for (var i = 0; i < events; i++) kernel.Step();
        return kernel;
    }
}
