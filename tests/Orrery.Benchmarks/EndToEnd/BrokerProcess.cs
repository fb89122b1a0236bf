using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>A broker under load: its own process on a free loopback port, on a core of its own where there are two.</summary>
internal sealed class BrokerProcess : IDisposable
{
    public const int BrokerCore = 0;
    public const int GeneratorCore = 1;

    private const double ClockTicksPerSecond = 100;     // USER_HZ, which Linux fixes for /proc
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);     // a store may be recovered first
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);      // or be written out

    private readonly Process _process;
    private readonly string? _configurationFile;
    private bool _isDisposed;

    private BrokerProcess(string name, Process process, int port, string? configurationFile)
    {
        Name = name;
        _process = process;
        _configurationFile = configurationFile;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>CPU seconds, user and system, since the process started.</summary>
    public double CpuSeconds
    {
        get
        {
            // The second field is the program's name in brackets, which may hold spaces; utime and stime are 14 and 15.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / ClockTicksPerSecond;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long ResidentBytes => Status("VmRSS:");

    /// <summary>The most that resident memory has been since the process started, in bytes.</summary>
    public long PeakResidentBytes => Status("VmHWM:");

    /// <summary>From the start of the process until it listened.</summary>
    public TimeSpan StartTime { get; private set; }

    public int ProcessId => _process.Id;

    /// <summary>Starts the built `orrery`; null, with a line on the error stream, if there is none.</summary>
    public static BrokerProcess? StartOrrery(string? path, params string[] extraArguments)
    {
        path ??= FindOrrery();
        if (path is null || !File.Exists(path))
        {
            Console.Error.WriteLine("orrery is not built: dotnet build src/Orrery -c Release");
            return null;
        }

        var port = FreePort();
        return Start("orrery", port, null, path, ["serve", "--port", Text(port), .. extraArguments]);
    }

    /// <summary>Starts Debian's mosquitto; null, said loudly, if it is not installed.</summary>
    /// <param name="keeping">Lines of its configuration about what it keeps.</param>
    public static BrokerProcess? StartMosquitto(string keeping = "persistence false")
    {
        string[] places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"];
        var path = places.FirstOrDefault(File.Exists);
        if (path is null)
        {
            Console.Error.WriteLine("*** mosquitto is NOT installed: nothing to compare with (apt-get install mosquitto) ***");
            return null;
        }

        var port = FreePort();
        var file = Path.GetTempFileName();
        // Its own defaults otherwise, but for logs and for limits that a load would run into.
        File.WriteAllText(file, $"""
            listener {Text(port)} 127.0.0.1
            allow_anonymous true
            {keeping}
            set_tcp_nodelay true
            log_type error
            max_queued_messages 0
            """);
        return Start("mosquitto", port, file, path, ["-c", file]);
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        // SIGTERM to this process alone: a graceful stop is part of what is exercised.
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", Text(_process.Id)]))
            {
                kill.WaitForExit();
            }

            if (!_process.WaitForExit(StopMax))
            {
                Console.Error.WriteLine($"{Name} did not stop within {StopMax.TotalSeconds} s of SIGTERM; killed.");
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
        if (_configurationFile is not null) File.Delete(_configurationFile);
    }

    private static BrokerProcess Start(string name, int port, string? file, string path, IReadOnlyList<string> arguments)
    {
        // taskset replaces itself by the broker, so the process id stays.
        var canPin = Environment.ProcessorCount > 1 && File.Exists("/usr/bin/taskset");
        var start = canPin
            ? new ProcessStartInfo("/usr/bin/taskset", ["-c", Text(BrokerCore), path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Report(name, line.Data);      // drained in any case, lest the broker waits
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var broker = new BrokerProcess(name, process, port, file);
        broker.WaitUntilListening(clock);
        return broker;
    }

    private long Status(string field)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    private static void Report(string name, string? line)
    {
        // Orrery's log says each connection, and mosquitto warns of its user: only what is worse belongs beside the figures.
        if (string.IsNullOrEmpty(line) || line.Contains("Z info ", StringComparison.Ordinal) || line.Contains("as root", StringComparison.Ordinal)) return;
        Console.Error.WriteLine($"{name}: {line}");
    }

    private void WaitUntilListening(Stopwatch clock)
    {
        while (clock.Elapsed < StartMax && !_process.HasExited)
        {
            try
            {
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                probe.Connect(EndPoint);
                StartTime = clock.Elapsed;
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(10);
            }
        }

        Dispose();
        throw new InvalidOperationException($"{Name} does not listen on {EndPoint}.");
    }

    private static string? FindOrrery()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "src", "Orrery", "bin", "Release", "net10.0", "orrery");
            if (File.Exists(path)) return path;
        }

        return null;
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
