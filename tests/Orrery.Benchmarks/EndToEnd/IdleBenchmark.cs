using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orrery.Server.Hosting;
using Orrery.Server.Options;

namespace Orrery.Benchmarks.EndToEnd;

/// <summary>Opens many idle connections, holds them, and prints what each costs the broker.</summary>
/// <remarks>Two measures: resident memory of each broker's own process, and the managed heap, after a full collection, of Orrery in
/// this process with the clients in another. Options: <c>--connections N</c> (default 10,000), <c>--hold SECONDS</c> (default 3),
/// <c>--orrery PATH</c>, <c>--no-mosquitto</c>. Needs as many open files as connections here and in the broker (`ulimit -n`).</remarks>
internal static class IdleBenchmark
{
    private const int ConnectionsPerAddress = 5_000;     // well within one source address's ephemeral ports
    private const int SpareDescriptors = 200;

    public static int Run(string[] args)
    {
        var options = new BenchmarkArguments(args);
        var connections = options.Number("--connections", 10_000);
        var hold = TimeSpan.FromSeconds(options.Number("--hold", 3));
        if (OpenFilesMax() is { } max && max < connections + SpareDescriptors)
        {
            Console.Error.WriteLine($"The limit of open files is {max}: raise it (`ulimit -n {connections + SpareDescriptors}`) or ask for fewer --connections.");
            return 2;
        }

        Console.WriteLine("broker       connections   resident before   resident after   bytes per connection   alive after");
        var ok = Measure(BrokerProcess.StartOrrery(options.Text("--orrery")), connections, hold);
        if (!options.Has("--no-mosquitto")) Measure(BrokerProcess.StartMosquitto(), connections, hold);
        MeasureHeapAsync(connections).GetAwaiter().GetResult();
        return ok ? 0 : 1;
    }

    /// <summary>The clients' half of <see cref="MeasureHeapAsync"/>: opens them in a process of its own, says so, and holds them
    /// until its input ends.</summary>
    public static int RunClients(string[] args)
    {
        var options = new BenchmarkArguments(args);
        var clients = new List<Socket>();
        Open(new IPEndPoint(IPAddress.Loopback, options.Number("--port", 1883)), clients, options.Number("--connections", 10_000));
        Console.WriteLine("open");
        while (Console.Read() >= 0)
        {
            // Whoever started this holds the other end, and dies if this goes wrong: so nothing outlives it.
        }

        foreach (var client in clients) client.Dispose();
        return 0;
    }

    private static async Task MeasureHeapAsync(int connections)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddMqttBroker(broker =>
        {
            broker.Listeners.Add(new MqttListenerOptions { Address = "127.0.0.1", Port = 0 });
            broker.Limits = broker.Limits with { SysIntervalSeconds = 1 };
        });
        using var host = builder.Build();
        await host.StartAsync().ConfigureAwait(false);
        var port = host.Services.GetRequiredService<BrokerHost>().EndPoints[0].Port;

        using (Clients(port, 100))
        {
            // The first ones load and compile.
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        using (Clients(port, connections))
        {
            Thread.Sleep(2_500);        // until the statistics have collected what the handshakes counted
            var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / connections;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"orrery, managed heap after a full collection: {each:N0} bytes per connection"));
        }

        await host.StopAsync().ConfigureAwait(false);
    }

    private static ClientProcess Clients(int port, int connections) => new(port, connections);

    private sealed class ClientProcess : IDisposable
    {
        private readonly Process _process;

        public ClientProcess(int port, int connections)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Add(typeof(IdleBenchmark).Assembly.Location);
            }

            foreach (var argument in (string[])["idle-clients", "--port", $"{port}", "--connections", $"{connections}"])
            {
                start.ArgumentList.Add(argument);
            }

            _process = Process.Start(start)!;
            if (_process.StandardOutput.ReadLine() != "open") throw new IOException("The clients could not connect.");
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    private static bool Measure(BrokerProcess? broker, int connections, TimeSpan hold)
    {
        if (broker is null) return false;
        using (broker)
        {
            // A few hundred first, so that what a broker loads and compiles once is not counted as theirs.
            var clients = new List<Socket>(connections);
            try
            {
                Open(broker.EndPoint, clients, Math.Min(200, connections / 10));
                Thread.Sleep(500);
                var (before, first) = (broker.ResidentBytes, clients.Count);

                Open(broker.EndPoint, clients, connections);
                Thread.Sleep(hold);
                var after = broker.ResidentBytes;
                var alive = clients.Count(IsAlive);
                var each = (after - before) / (clients.Count - first);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{broker.Name,-12} {clients.Count,11:N0}   {before,15:N0}   {after,14:N0}   {each,20:N0}   {alive,11:N0}"));
                return alive == connections;
            }
            finally
            {
                foreach (var client in clients) client.Dispose();
            }
        }
    }

    private static void Open(IPEndPoint broker, List<Socket> clients, int upTo)
    {
        const int Window = 64;
        Span<byte> connAck = stackalloc byte[4];
        while (clients.Count < upTo)
        {
            var first = clients.Count;
            for (var i = first; i < Math.Min(first + Window, upTo); i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
                clients.Add(socket);
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + i / ConnectionsPerAddress)]), 0));
                socket.Connect(broker);
                socket.Send(Connect(i));
            }

            for (var i = first; i < clients.Count; i++)
            {
                if (clients[i].Receive(connAck) != 4 || connAck[0] != 0x20 || connAck[3] != 0)
                {
                    throw new IOException($"connection {i} was not accepted");
                }
            }
        }
    }

    // MQTT 3.1.1, clean session, keep-alive off: an idle client is silent.
    private static byte[] Connect(int index)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"idle{index:D8}");
        return [0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)id.Length, .. System.Text.Encoding.ASCII.GetBytes(id)];
    }

    private static bool IsAlive(Socket socket) => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    private static long? OpenFilesMax()
    {
        if (!File.Exists("/proc/self/limits")) return null;
        var line = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, NumberStyles.Integer, CultureInfo.InvariantCulture, out var max) ? max : null;
    }
}
