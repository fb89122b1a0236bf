using System.Diagnostics;
using System.Globalization;
using Orrery.Simulation.Swarm;

namespace Orrery;

/// <summary>Runs of seeds in a process of its own, in which everything that must not matter is different.</summary>
internal sealed class OtherProcess : IRepeatableRuns, IDisposable
{
    // Another day and other letters for "i" in upper case, another collector, other machine code, another number of processors.
    private static readonly (string Name, string Value)[] Environs =
    [
        ("TZ", "Pacific/Kiritimati"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("DOTNET_gcServer", "1"), ("DOTNET_GCHeapCount", "3"),
        ("DOTNET_TieredCompilation", "0"), ("DOTNET_TieredPGO", "0"), ("DOTNET_PROCESSOR_COUNT", "3"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-determinism-").FullName;
    private readonly List<string> _lines = [];
    private Process? _process;
    private Thread? _reader;

    /// <summary>Why it did not do what it was to do; null if it did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Begins to run seeds, while this process does so too.</summary>
    public void Start(ulong first, int count)
    {
        _process = Process.Start(Command("--list", "--seed", Text(first), "--count", Text(count)))!;
        _reader = new Thread(() =>
        {
            while (_process.StandardOutput.ReadLine() is { } line) _lines.Add(line);
        });
        _reader.Start();
    }

    /// <summary>Waits for the end, and returns the hash of each seed.</summary>
    public IReadOnlyList<string> Hashes()
    {
        _reader!.Join();
        _process!.WaitForExit();
        if (_process.ExitCode != 0) Failure = $"the other process ended with {_process.ExitCode}: {_process.StandardError.ReadToEnd().Trim()}";
        return [.. _lines.Select(line => line.Split(' ')[^1])];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Checkpoints(ulong seed) => Ask("--checkpoints", "--seed", Text(seed));

    /// <inheritdoc/>
    public IReadOnlyList<string> Trace(ulong seed, int interval) => Ask("--trace", Text(interval), "--seed", Text(seed));

    /// <inheritdoc/>
    public string HashOf(ulong seed, bool isWatched, Action? disturb) => throw new NotSupportedException("It runs seeds in a row: see Start.");

    /// <inheritdoc/>
    public string? Difference(ulong seed) => throw new NotSupportedException("It runs each seed once.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private List<string> Ask(params string[] arguments)
    {
        var lines = new List<string>();
        using var process = Process.Start(Command(arguments))!;
        while (process.StandardOutput.ReadLine() is { } line) lines.Add(line);
        process.WaitForExit();
        return lines;
    }

    private ProcessStartInfo Command(params string[] arguments)
    {
        // As an executable of its own this is "orrery"; else a runtime has been told to run the library.
        var itself = Environment.ProcessPath ?? "dotnet";
        var isOrrery = Path.GetFileNameWithoutExtension(itself) == "orrery";
        var command = new ProcessStartInfo(isOrrery || Path.GetFileNameWithoutExtension(itself) == "dotnet" ? itself : "dotnet")
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!isOrrery) command.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "orrery.dll"));
        command.ArgumentList.Add("determinism");
        foreach (var argument in arguments) command.ArgumentList.Add(argument);
        foreach (var (name, value) in Environs) command.Environment[name] = value;
        return command;
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
