using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orrery.CrashTests;

/// <summary>The process that is killed and started again.</summary>
internal sealed class BrokerUnderTest : IDisposable
{
    private const int PortMin = 12_000;
    private const int PortEnd = 32_000;                 // Linux gives out ports from 32768 on
    private const int LinesMax = 20;                    // of what it said last

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);    // a process that was killed is gone at once, what it started may not be

    private readonly IReadOnlyList<string> _command;
    private readonly int _port;
    private readonly Queue<string> _said = new();
    private Process? _process;
    private int _starts;

    /// <param name="command">The program and its arguments.</param>
    /// <param name="port">Where it listens, on this machine.</param>
    public BrokerUnderTest(IReadOnlyList<string> command, int port) => (_command, _port) = (command, port);

    /// <summary>How often it was started.</summary>
    public int Starts => Volatile.Read(ref _starts);

    /// <summary>True until it has ended.</summary>
    public bool IsAlive => _process is { HasExited: false };

    /// <summary>What it said last on standard output and error.</summary>
    public string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    /// <summary>A port that nobody listens on.</summary>
    /// <remarks>From below the range that the system gives to clients: a client that tries again and again while nobody listens
    /// would be given the very port that it tries, and connect to itself.</remarks>
    public static int FreePort()
    {
        var first = PortMin + (Environment.ProcessId * 7 % (PortEnd - PortMin));
        for (var port = first; ; port = port + 1 == PortEnd ? PortMin : port + 1)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException) when ((port + 1 == PortEnd ? PortMin : port + 1) != first)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>This executable, with the arguments that serve a folder.</summary>
    public static IReadOnlyList<string> Itself(int port, string data, string mode)
    {
        // As an executable of its own this is "orrery"; else a runtime has been told to run the library.
        var itself = Environment.ProcessPath ?? "dotnet";
        string[] program = Path.GetFileNameWithoutExtension(itself) == "orrery"
            ? [itself]
            : [Path.GetFileNameWithoutExtension(itself) == "dotnet" ? itself : "dotnet", Path.Combine(AppContext.BaseDirectory, "orrery.dll")];
        return [.. program, "serve", "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", data, "--persistence", mode];
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public void Start()
    {
        _process?.Dispose();
        var command = new ProcessStartInfo(_command[0], _command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = null;

        // A runtime that is killed leaves the sockets and pipes of its diagnostics among the temporary files, hundreds of them in the end.
        command.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        var process = new Process { StartInfo = command };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        _starts++;
    }

    /// <summary>Waits until it accepts connections.</summary>
    /// <returns>False if it ended or did not within the time.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool WaitUntilListening(TimeSpan limit, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (IsAlive && Stopwatch.GetElapsedTime(start) < limit)
        {
            cancellation.ThrowIfCancellationRequested();
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Connect(IPAddress.Loopback, _port);
                return true;
            }
            catch (SocketException)
            {
                Thread.Sleep(3);
            }
        }

        return false;
    }

    /// <summary>Sends SIGKILL. Does not wait.</summary>
    public void Kill()
    {
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>Waits until it is gone.</summary>
    public void WaitForEnd() => _process?.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process?.WaitForExit(EndLimit);
        _process?.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > LinesMax) _said.Dequeue();
        }
    }
}
