using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Tests.Kernel;

public sealed class RollingHashTests
{
    [Theory]                                    // golden: a change of the hash changes what is stored with scenarios
    [InlineData("", 3215037364236437035UL)]
    [InlineData("61", 17705086824135294354UL)]
    [InlineData("000102030405060708090A0B0C0D0E0F10", 10526273117094167836UL)]
    public void The_hash_is_frozen(string hex, ulong expected)
    {
        var hash = new RollingHash();
        hash.Add(Convert.FromHexString(hex));

        Assert.Equal(expected, hash.Value);
    }

    [Fact]
    public void Neighbours_cannot_trade_bytes()
    {
        var one = new RollingHash();
        one.Add("ab"u8);
        one.Add("c"u8);
        var other = new RollingHash();
        other.Add("a"u8);
        other.Add("bc"u8);

        Assert.NotEqual(one.Value, other.Value);
    }

    [Fact]
    public void A_zero_counts()
    {
        var one = new RollingHash();
        var other = new RollingHash();
        other.Add(0UL);

        Assert.NotEqual(one.Value, other.Value);
    }
}
