using System.Text;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Output;
using Orrery.Storage;

namespace Orrery.Tests;

public sealed class StoreCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_store_that_is_whole_is_said_to_be()
    {
        var run = await CommandRun.OfAsync("store", "check", MakeStore());

        Assert.Equal((0, "The store is whole.\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_damaged_store_has_exit_code_1_and_a_message()
    {
        var path = MakeStore();
        var bytes = File.ReadAllBytes(path);
        bytes[^2_000] ^= 1;
        File.WriteAllBytes(path, bytes);

        var run = await CommandRun.OfAsync("store", "check", path);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"orrery store check: the store {path} is damaged.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_not_there_has_exit_code_2_and_is_not_made()
    {
        var path = Path.Combine(_folder, "missing.db");
        foreach (var verb in new[] { "check", "compact", "export" })
        {
            var run = await CommandRun.OfAsync("store", verb, path);
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.StartsWith($"orrery store {verb}: can't open the store {path}", run.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Compacting_gives_space_back()
    {
        var path = MakeStore();
        using (var engine = SqliteEngine.Open(new StorageOptions { Path = path }))
        {
            engine.Commit([new StoreMutation.EndQueue(new StoredQueue(StoredQueueKind.Session, "a") { Id = 1 })]);
            engine.Close();
        }

        var before = new FileInfo(path).Length;
        var run = await CommandRun.OfAsync("store", "compact", path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal($"{before:N0} bytes before, {new FileInfo(path).Length:N0} after.\n", run.Output);
        Assert.InRange(new FileInfo(path).Length, 1, before / 2);
    }

    [Fact]
    public async Task What_is_exported_is_imported()
    {
        var path = MakeStore();
        var exported = await CommandRun.OfAsync("store", "export", path);
        Assert.Equal((0, ""), (exported.ExitCode, exported.Error));
        var lines = Path.Combine(_folder, "lines.jsonl");
        File.WriteAllText(lines, exported.Output);

        var copy = Path.Combine(_folder, "copy.db");
        var imported = await CommandRun.OfAsync("store", "import", copy, lines);
        Assert.Equal((0, "102 lines.\n", ""), (imported.ExitCode, imported.Output, imported.Error));
        Assert.Equal(exported.Output, (await CommandRun.OfAsync("store", "export", copy)).Output);

        var again = await CommandRun.OfAsync("store", "import", copy, lines);
        Assert.Equal((1, "orrery store import: the store is not empty: name a file that is not there\n"), (again.ExitCode, again.Error));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("store check")]
    [InlineData("store import a.db")]
    [InlineData("store check a.db --nonsense")]
    public async Task Arguments_that_make_no_sense_have_exit_code_2(string arguments)
    {
        var run = await CommandRun.OfAsync(arguments.Split(' '));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--help'.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_has_examples_and_exit_codes()
    {
        var run = await CommandRun.OfAsync("store", "--help");

        Assert.Contains("orrery store check data/store.db", run.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_shown_after_a_second_and_taken_away_at_the_end()
    {
        var error = new StringWriter();
        var time = new Clock();
        using (var progress = new ProgressLine(error, time, isShown: true))
        {
            progress.Count("lines");
            Assert.Equal("", error.ToString());
            time.Now += 2_000;
            progress.Count("lines");
            progress.Count("lines");
        }

        Assert.Equal("\r2 lines, 1 a second, 2 s\r" + new string(' ', 24) + "\r", error.ToString());
    }

    private string MakeStore()
    {
        var path = Path.Combine(_folder, "store.db");
        using var engine = SqliteEngine.Open(new StorageOptions { Path = path });
        var queue = new StoredQueue(StoredQueueKind.Session, "a") { Id = 1 };
        engine.Commit([new StoreMutation.BeginQueue(queue), .. Enumerable.Range(1, 100).Select(id => Add(queue, id))]);
        engine.Close();
        return path;
    }

    private static StoreMutation.AddMessage Add(StoredQueue queue, long id)
    {
        var message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = Encoding.UTF8.GetBytes(new string('x', 3_000)), QoS = QoS.AtLeastOnce };
        return new StoreMutation.AddMessage(new StoredMessage(message) { Id = id }, [new QueueTarget(queue, QoS.AtLeastOnce, false, null)]);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Now;
    }
}
