using System.Globalization;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>Reads `--name value` and `--flag` from a benchmark's arguments.</summary>
internal sealed class BenchmarkArguments(string[] args)
{
    public bool Has(string name) => Array.IndexOf(args, name) >= 0;

    public string? Text(string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    public int Number(string name, int otherwise) =>
        Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
