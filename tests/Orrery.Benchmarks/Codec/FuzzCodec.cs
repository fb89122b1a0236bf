using System.Diagnostics;
using System.Globalization;
using Orrery.Mqtt.Tests.Fuzzing;

namespace Orrery.Benchmarks.Codec;

/// <summary>Runs the codec's fuzzer for as many inputs as wanted: <c>fuzz-codec --count 10000000 --seed 1</c>.</summary>
internal static class FuzzCodec
{
    public static int Run(string[] args)
    {
        var count = 10_000_000L;
        var seed = 1;
        for (var index = 0; index + 1 < args.Length; index += 2)
        {
            switch (args[index])
            {
                case "--count": count = long.Parse(args[index + 1], CultureInfo.InvariantCulture); break;
                case "--seed": seed = int.Parse(args[index + 1], CultureInfo.InvariantCulture); break;
                default:
                    Console.Error.WriteLine("usage: fuzz-codec [--count N] [--seed N]");
                    return 2;
            }
        }

        Console.WriteLine($"fuzz-codec: {count:N0} inputs, seed {seed}");
        var watch = Stopwatch.StartNew();
        var fuzzer = new CodecFuzzer(seed);
        try
        {
            fuzzer.Run(count);
        }
        catch (InvalidOperationException exception)
        {
            Console.Error.WriteLine($"FAILED: {exception.Message}");
            Console.Error.WriteLine(exception.InnerException);
            return 1;
        }
        Console.WriteLine(
            $"{fuzzer.Accepted:N0} packets accepted, {fuzzer.Refused:N0} inputs refused, {fuzzer.Unfinished:N0} unfinished; "
            + $"at most {fuzzer.AllocatedPerByte:F1} bytes allocated per byte of input (64 bytes or more); "
            + $"{watch.Elapsed.TotalSeconds:F0} s, 0 failures");
        return 0;
    }
}
