using System.Globalization;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>One broker in one way of keeping things, each start on the folder that it is given.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Start">Starts it on a folder; null if it is not there.</param>
/// <param name="IsOrrery">False for another broker.</param>
/// <param name="WarmUpSeconds">By when it is as fast as it gets: a compiled program is at once, the runtime takes its time.</param>
internal sealed record DurableSubject(string Name, Func<string, BrokerProcess?> Start, bool IsOrrery, double WarmUpSeconds)
{
    public const string Memory = "memory";
    public const string Group = "group";
    public const string MosquittoEachSecond = "mosq-1s";
    public const string MosquittoEachChange = "mosq-each";

    private const string DataFolder = "data";

    // Nothing is to give way: else what is measured is how messages are dropped.
    private const string OrreryLimits = """{ "QueuedMessagesMax": 100000000, "QueuedBytesMax": 100000000000 }""";

    /// <summary>What mosquitto's autosave means, for the report's head.</summary>
    public const string MosquittoConfiguration = """
        mosquitto keeps its database in memory, and writes all of it to a file now and then: each second with autosave_interval 1
        (`mosq-1s`: a crash takes up to a second of what was acknowledged), or after each change with autosave_on_changes true and
        autosave_interval 1 (`mosq-each`). persistence true, max_queued_messages 0, max_inflight_messages 1024 as Orrery's; else its defaults.
        """;

    /// <summary>Mosquitto first, so that the others can be compared with it.</summary>
    public static IEnumerable<DurableSubject> All(string? orrery, double warmUpSeconds, bool hasMosquitto)
    {
        if (hasMosquitto)
        {
            yield return Mosquitto(MosquittoEachSecond, "autosave_interval 1");
            yield return Mosquitto(MosquittoEachChange, "autosave_interval 1\nautosave_on_changes true");
        }

        foreach (var mode in new[] { Memory, "os", Group, "fsync" })
        {
            yield return Orrery(orrery, mode, warmUpSeconds);
        }
    }

    /// <summary>Bytes that a broker keeps below the folder that it was started on.</summary>
    public static long BytesKept(string folder)
    {
        var data = new DirectoryInfo(Path.Combine(folder, DataFolder));
        return data.Exists ? data.EnumerateFiles().Sum(file => file.Length) : 0;
    }

    private static DurableSubject Orrery(string? path, string mode, double warmUpSeconds) => new(
        mode,
        folder =>
        {
            var file = Path.Combine(folder, "orrery.json");
            File.WriteAllText(file, OrreryLimits);
            string[] keeping = mode == Memory ? [] : ["--data", Path.Combine(folder, DataFolder), "--persistence", mode];
            return BrokerProcess.StartOrrery(path, ["--config", file, .. keeping]);
        },
        IsOrrery: true,
        warmUpSeconds);

    private static DurableSubject Mosquitto(string name, string autosave) => new(
        name,
        folder =>
        {
            var data = Directory.CreateDirectory(Path.Combine(folder, DataFolder)).FullName;
            // As root it would become another user, who may not write here.
            var user = Environment.IsPrivilegedProcess ? "user root" : "";
            return BrokerProcess.StartMosquitto(string.Create(CultureInfo.InvariantCulture, $"""
                persistence true
                persistence_location {data}/
                {autosave}
                max_queued_bytes 0
                max_inflight_messages 1024
                {user}
                """));
        },
        IsOrrery: false,
        WarmUpSeconds: 0.5);
}
