namespace Orrery.Benchmarks;

/// <summary>Finds a benchmark by its name and runs it.</summary>
internal static class BenchmarkMenu
{
    private static readonly SortedDictionary<string, Func<string[], int>> Benchmarks = new(StringComparer.Ordinal)
    {
        ["actors"] = Actors.ActorBenchmarks.Run,
        ["codec"] = Codec.CodecBenchmark.Run,
        ["durable"] = Durable.DurableBenchmark.Run,
        ["end-to-end"] = EndToEnd.EndToEndBenchmark.Run,
        ["fuzz-codec"] = Codec.FuzzCodec.Run,
        ["idle"] = EndToEnd.IdleBenchmark.Run,
        ["idle-clients"] = EndToEnd.IdleBenchmark.RunClients,
        ["router"] = Router.RouterBenchmark.Run,
        ["store"] = Storage.StoreBenchmark.Run,
    };

    public static int Run(string[] args)
    {
        if (args.Length > 0 && Benchmarks.TryGetValue(args[0], out var benchmark))
        {
            return benchmark(args[1..]);
        }

        Console.Error.WriteLine($"usage: Orrery.Benchmarks NAME [options]   NAME: {string.Join(", ", Benchmarks.Keys)}");
        return 2;
    }
}
