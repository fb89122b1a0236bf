using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>What was asked of one run of the benchmark, and how each of its parts gets a broker.</summary>
internal sealed class DurableRun
{
    private const int PayloadBytes = 64;

    // The session keeps 4,000 in memory: so it keeps up, and none is read from the disk.
    private const int UndeliveredMax = 3_500;

    private readonly string _folder;
    private readonly BenchmarkArguments _options;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <param name="folder">On the disk to measure.</param>
    /// <param name="options">What was asked.</param>
    public DurableRun(string folder, BenchmarkArguments options)
    {
        (_folder, _options) = (folder, options);
        HasMosquitto = !options.Has("--no-mosquitto");
        Subjects =
        [
            .. DurableSubject.All(options.Text("--orrery"), Number("--warm-up", 6), HasMosquitto)
                .Where(subject => Has("--brokers", subject.Name)),
        ];
    }

    public bool HasMosquitto { get; }

    public IReadOnlyList<DurableSubject> Subjects { get; }

    public TimeSpan Duration => TimeSpan.FromSeconds(Number("--seconds", 2));

    public int Number(string name, int otherwise) => _options.Number(name, otherwise);

    /// <summary>Whether a part's name starts as was asked.</summary>
    public bool IsAsked(string part) => part.StartsWith(_options.Text("--only") ?? "", StringComparison.Ordinal);

    /// <summary>Whether a value is among those of an option; it is where the option is not given.</summary>
    public bool Has(string option, object value) =>
        _options.Text(option) is not { } list || list.Split(',').Contains(Convert.ToString(value, CultureInfo.InvariantCulture));

    /// <summary>Publishers on one topic and the one session that is subscribed to it.</summary>
    public Workload Workload(int publishers, int window) =>
        new("durable", Topology.Shared, publishers, 1, QoS: 1, PayloadBytes, UndeliveredMax, window, IsPersistent: true);

    public void Progress(string what) => Console.Error.WriteLine($"{_clock.Elapsed.TotalSeconds,5:N0} s  {what}");

    /// <summary>Starts a broker on an empty folder, and works with it from a thread of its own, on a core of its own.</summary>
    /// <returns>What the work answered; false, said loudly, if it failed.</returns>
    public bool With(DurableSubject subject, Func<BrokerProcess, string, bool> work)
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder, subject.Name)).FullName;
        try
        {
            return Restart(subject, path, work);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>The same on a folder where the broker has been before.</summary>
    public static bool Restart(DurableSubject subject, string path, Func<BrokerProcess, string, bool> work)
    {
        using var broker = subject.Start(path);
        if (broker is null) return !subject.IsOrrery;
        var ok = false;
        var thread = new Thread(() =>
        {
            try
            {
                if (Environment.ProcessorCount > 1) NativePoll.PinThisThread(BrokerProcess.GeneratorCore);
                ok = work(broker, path);
            }
            catch (Exception caught) when (caught is IOException or SocketException)
            {
                Console.WriteLine($"{subject.Name}: {caught.Message}");
            }
        });
        thread.Start();
        thread.Join();
        return ok;
    }
}
