using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

public sealed class RandomSourceTests
{
    [Fact]
    public void Draws_are_frozen_and_those_of_an_independent_calculation()
    {
        var chance = Source(seed: 42);

        Assert.Equal(
            "uniform 130213 911726 7682 265503 591956, exponential 496953004 1063436206 1131067515 3030137970 1084223004, weighted 2 0 2 2 2 2 2 2 2 2",
            $"uniform {string.Join(' ', Enumerable.Range(0, 5).Select(_ => chance.Uniform(-10, 1_000_000)))}, "
            + $"exponential {string.Join(' ', Enumerable.Range(0, 5).Select(_ => chance.Exponential(1_000_000_000)))}, "
            + $"weighted {string.Join(' ', Enumerable.Range(0, 10).Select(_ => chance.Pick([1, 0, 3])))}");
    }

    [Fact]
    public void The_table_of_the_exponential_is_the_logarithm()
    {
        Assert.Equal(2_977_044_472UL, ExponentialTable.LogarithmOf2);       // ln 2 * 2^32 = 2977044471.82
        Assert.Equal(0UL, ExponentialTable.Below(0));
        Assert.Equal(1_235_585_093UL, ExponentialTable.Below(128UL << 56));  // ln(4/3) * 2^32
    }

    [Fact]
    public void The_mean_of_an_exponential_is_its_mean()
    {
        var chance = Source(seed: 1);
        var sum = 0L;
        for (var i = 0; i < 100_000; i++) sum += chance.Exponential(1_000_000);

        Assert.InRange(sum / 100_000, 990_000, 1_010_000);
    }

    [Fact]
    public void An_exponential_exceeds_its_mean_in_37_of_100_cases_and_three_times_that_in_5()
    {
        var chance = Source(seed: 2);
        var draws = Enumerable.Range(0, 100_000).Select(_ => chance.Exponential(1_000_000)).ToArray();

        Assert.InRange(draws.Count(draw => draw > 1_000_000), 36_300, 37_300);
        Assert.InRange(draws.Count(draw => draw > 3_000_000), 4_750, 5_200);
    }

    [Fact]
    public void A_uniform_draw_reaches_both_ends_and_nothing_beyond()
    {
        var chance = Source(seed: 3);
        var draws = Enumerable.Range(0, 1_000).Select(_ => chance.Uniform(-2, 2)).ToArray();

        Assert.Equal([-2, -1, 0, 1, 2], draws.Distinct().Order());
        Assert.Equal(7, chance.Uniform(7, 7));
        chance.Uniform(long.MinValue, long.MaxValue);
    }

    [Fact]
    public void Chance_of_none_is_never_and_of_all_is_always()
    {
        var chance = Source(seed: 4);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(chance.Chance(0, 3)));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(chance.Chance(3, 3)));
        Assert.InRange(Enumerable.Range(0, 9_000).Count(_ => chance.Chance(1, 3)), 2_800, 3_200);
    }

    [Fact]
    public void Streams_of_different_names_do_not_disturb_each_other()
    {
        var kernel = new SimulationKernel(new KernelOptions());
        var other = new SimulationKernel(new KernelOptions());
        for (var i = 0; i < 10; i++) other.Stream("noise").NextUInt64();

        Assert.Equal(kernel.Stream("link").NextUInt64(), other.Stream("link").NextUInt64());
    }

    private static RandomSource Source(ulong seed) => new SimulationKernel(new KernelOptions { Seed = seed }).Stream("test");
}
