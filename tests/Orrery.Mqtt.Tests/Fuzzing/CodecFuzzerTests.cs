namespace Orrery.Mqtt.Tests.Fuzzing;

public sealed class CodecFuzzerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20_261_120)]
    public void Damaged_packets_never_throw_hang_or_cost_more_memory_than_their_size_allows(int seed)
    {
        var fuzzer = new CodecFuzzer(seed);

        fuzzer.Run(150_000);

        // A fuzzer that only ever sees one outcome tests one branch.
        Assert.True(fuzzer.Accepted > 50_000 && fuzzer.Refused > 50_000 && fuzzer.Unfinished > 20_000,
            $"accepted {fuzzer.Accepted}, refused {fuzzer.Refused}, unfinished {fuzzer.Unfinished}");
    }
}
