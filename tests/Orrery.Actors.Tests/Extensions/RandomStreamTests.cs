using Orrery.Actors.Extensions;
using Orrery.Actors.TestKit;

namespace Orrery.Actors.Tests.Extensions;

public sealed class RandomStreamTests
{
    // By an implementation in another language, from the seed 42 and the name "golden".
    private static readonly ulong[] Golden = [16589455034073618309, 14324043818777750890, 0, 2076918750];

    [Fact]
    public void Xoshiro256StarStar_gives_the_published_numbers()
    {
        // The reference implementation's output from the state 1, 2, 3, 4.
        var stream = new RandomStream(1, 2, 3, 4);

        foreach (var expected in new[]
        {
            11520UL, 0UL, 1509978240UL, 1215971899390074240UL, 1216172134540287360UL, 607988272756665600UL,
            16172922978634559625UL, 8476171486693032832UL, 10595114339597558777UL, 2904607092377533576UL,
        })
        {
            Assert.Equal(expected, stream.NextUInt64());
        }
    }

    [Fact]
    public void SplitMix64_gives_the_published_numbers()
    {
        // The reference implementation's output from the seed 1234567.
        var state = 1234567UL;

        foreach (var expected in new[] { 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL })
        {
            Assert.Equal(expected, RandomStream.SplitMix64(ref state));
        }
    }

    [Fact]
    public void Seed_and_name_give_the_same_numbers_on_every_machine_and_in_every_version()
    {
        var stream = new TestKitBase(new DeterministicOptions { Seed = 42 }).Sys.GetRandomStream("golden");

        ulong[] numbers = [stream.NextUInt64(), stream.NextUInt64(), (ulong)stream.NextInt32(1000), (ulong)stream.NextInt32(int.MaxValue)];
        Assert.Equal(Golden, numbers);
    }

    [Fact]
    public void Streams_of_different_names_or_seeds_differ_and_equal_ones_start_anew()
    {
        var system = new TestKitBase(new DeterministicOptions { Seed = 1 }).Sys;
        var other = new TestKitBase(new DeterministicOptions { Seed = 2 }).Sys;

        var first = system.GetRandomStream("a").NextUInt64();

        Assert.Equal(first, system.GetRandomStream("a").NextUInt64());
        Assert.NotEqual(first, system.GetRandomStream("b").NextUInt64());
        Assert.NotEqual(first, other.GetRandomStream("a").NextUInt64());
        Assert.Equal(1UL, system.Seed());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void NextInt32_stays_below_the_limit_and_favours_nothing(int max)
    {
        var stream = new RandomStream(7, "fair");
        var counts = new int[max];
        for (var i = 0; i < 1000 * max; i++) counts[stream.NextInt32(max)]++;

        // Six standard deviations of a count around its mean of 1000.
        Assert.All(counts, count => Assert.InRange(count, 1000 - 190, 1000 + 190));
    }

    [Fact]
    public void NextInt32_refuses_a_limit_below_one() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(1, "x").NextInt32(0));

    [Fact]
    public void Fill_writes_the_same_bytes_whatever_the_length()
    {
        var whole = new byte[64];
        new RandomStream(1, "bytes").Fill(whole);
        for (var length = 0; length < whole.Length; length++)
        {
            var part = new byte[length];
            new RandomStream(1, "bytes").Fill(part);
            Assert.Equal(whole[..length], part);
        }
    }

    [Fact]
    public void A_production_system_says_which_seed_it_drew()
    {
        using var drawn = ActorSystem.Create("drawn");
        using var given = ActorSystem.Create("given", new ActorSystemOptions { Seed = drawn.Seed() });

        Assert.Equal(drawn.GetRandomStream("a").NextUInt64(), given.GetRandomStream("a").NextUInt64());
    }
}
