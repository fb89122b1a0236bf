using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Orrery.CrashTests;
using Orrery.Mqtt.Packets;

namespace Orrery.Tests;

public sealed class CrashTestCommandTests
{
    // Lives for long and does nothing.
    private static readonly string[] Sleeper = ["sleep", "300"];

    [Fact]
    public async Task A_broker_that_is_killed_and_comes_back_passes()
    {
        var run = await CommandRun.OfAsync("crash-test", "--mode", "group", "--kills", "3", "--seed", "4");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("group: 3 kills, [0-9,]+ messages acknowledged, [0-9,]+ delivered, 0 violations in [0-9.]+ s\n$", run.Output);
    }

    [Fact]
    public async Task Nobody_can_tell_of_a_broker_that_does_not_start()
    {
        var folder = Directory.CreateTempSubdirectory("orrery-test-").FullName;
        try
        {
            var run = await CommandRun.OfAsync("crash-test", "--mode", "any", "--json", "--data", folder, "--broker-command", "dotnet --no-such-option {port} {data}");

            Assert.Equal(3, run.ExitCode);
            using var result = JsonDocument.Parse(run.Output);
            Assert.Contains("and has ended", result.RootElement.GetProperty("failure").GetString(), StringComparison.Ordinal);
            Assert.Equal(0, result.RootElement.GetProperty("kills").GetInt32());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_run_that_is_cancelled_starts_no_broker()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => Run(["/no/such/program"], source.Token));
    }

    [Fact]
    public void A_broker_that_ended_with_the_run_was_cancelled_is_not_judged()
    {
        using var source = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Run(new CommandThatCancels(source), source.Token));
    }

    [Fact]
    public void Nobody_waits_for_a_broker_once_the_run_was_cancelled()
    {
        using var source = new CancellationTokenSource();
        using var broker = new BrokerUnderTest(Sleeper, BrokerUnderTest.FreePort());
        broker.Start();

        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => broker.WaitUntilListening(TimeSpan.FromMinutes(1), source.Token));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_waits_for_no_answer_and_connects_nobody_more()
    {
        using var source = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);        // stands in for a broker that never answers
        listener.Start();
        var run = Task.Factory.StartNew(
            () => Run(Sleeper, source.Token, ((IPEndPoint)listener.LocalEndpoint).Port), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        using var probe = await listener.AcceptTcpClientAsync();
        using var first = await listener.AcceptTcpClientAsync();
        await source.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        Assert.False(listener.Pending());
    }

    [Fact]
    public void A_broker_is_told_to_make_no_files_that_a_kill_would_leave_behind()
    {
        using var broker = new BrokerUnderTest(["printenv", "DOTNET_EnableDiagnostics"], BrokerUnderTest.FreePort());

        broker.Start();
        broker.WaitForEnd();

        Assert.Equal("0", broker.Said);
    }

    [Fact]
    public async Task What_a_test_has_made_is_gone_when_its_broker_cannot_be_started()
    {
        using var parent = new ScenarioFolder();

        var run = await CommandRun.OfAsync("crash-test", "--data", parent.PathOf("new"), "--broker-command", "/no/such/program");

        Assert.Equal(2, run.ExitCode);
        Assert.False(Directory.Exists(parent.PathOf("new")));
    }

    [Fact]
    public async Task What_a_test_has_made_is_gone_when_it_is_interrupted_and_it_says_so()
    {
        using var parent = new ScenarioFolder();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        var run = await CommandRun.OfAsync("", ["crash-test", "--data", parent.PathOf("new"), "--kills", "5"], cancellation: source.Token);

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Equal("orrery crash-test: interrupted in mode os after 0 of 5 kills", run.Error.TrimEnd());       // and no other mode is tried
        Assert.False(Directory.Exists(parent.PathOf("new")));
    }

    [Theory]
    [InlineData("crash-test --kills 1", "--kills is a number from 2 up")]
    [InlineData("crash-test --mode never", "--mode 'never' is none of os, group, fsync and memory")]
    [InlineData("crash-test --broker-command /no/such/program", "can't start /no/such/program")]
    [InlineData("crash-test --data tests", "")]
    public async Task Arguments_that_make_no_sense_are_named(string arguments, string message)
    {
        var folder = Directory.CreateTempSubdirectory("orrery-test-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "os"));
            await File.WriteAllTextAsync(Path.Combine(folder, "os", "broker.db"), "");
            var run = await CommandRun.OfAsync([.. arguments.Split(' ').Select(part => part == "tests" ? folder : part)]);

            Assert.Equal(2, run.ExitCode);
            Assert.Contains(message.Length > 0 ? message : "is not empty", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("group", nameof(CrashRule.Loss), 1)]
    [InlineData("memory", nameof(CrashRule.Loss), 0)]
    [InlineData("memory", nameof(CrashRule.Duplicate), 1)]
    public void Memory_promises_that_nothing_comes_twice_and_not_that_it_stays(string mode, string rule, int exitCode)
    {
        var result = new CrashResult(mode, 2, 1_500, 7, [new Finding(Enum.Parse<CrashRule>(rule), "so it is", 1)], TimeSpan.FromSeconds(2), null, new Dictionary<string, int> { ["Settled"] = 2 });

        Assert.Equal(exitCode, CrashReport.ExitCodeOf(result));
        Assert.EndsWith($"{mode}: 2 kills, 1,500 messages acknowledged, 7 delivered, {exitCode} violations in 2.0 s\n", CrashReport.AsText(result, "folder"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_packets_of_a_message_are_found_in_the_history()
    {
        var path = Path.GetTempFileName();
        var tag = new MessageTag("p's", 7);
        using (var file = new HistoryFile(path))
        {
            file.Write(
            [
                new CrashEvent(1, 0.5, CrashEventKind.Started, "", 1),
                new CrashEvent(2, 0.6, CrashEventKind.Sent, "p", 3, new PubRelPacket { PacketIdentifier = new(9) }, tag),
                new CrashEvent(3, 0.7, CrashEventKind.Sent, "p", 3, new PubRelPacket { PacketIdentifier = new(10) }, tag with { Sequence = 8 }),
                new CrashEvent(4, 0.8, CrashEventKind.Killing, "", 1),
                new CrashEvent(5, 0.9, CrashEventKind.Received, "p", 3, new PubCompPacket { PacketIdentifier = new(9) }, tag),
            ]);
        }

        var found = HistoryFile.Find(path, new Finding(CrashRule.Exchange, "", 4, tag), 10);
        File.Delete(path);

        Assert.Equal(["broker 1 started", "p 3 sent PUBREL id 9", "broker 1 killing"], found.Select(line => line[(line.IndexOf('#', StringComparison.Ordinal) + 4)..]));
    }

    [Fact]
    public void A_tag_stands_in_front_of_its_payload()
    {
        var tag = new MessageTag("publisher", 12);

        Assert.Equal("publisher:12:20:....", System.Text.Encoding.UTF8.GetString(tag.ToPayload(20)));
        Assert.True(MessageTag.TryRead(tag.ToPayload(20), out var read));
        Assert.Equal(tag, read);
        Assert.False(MessageTag.TryRead("publisher:x:"u8, out _));
        Assert.False(MessageTag.TryRead([], out _));
    }

    [Fact]
    public void Equal_seeds_have_equal_plans()
    {
        string Plans(int seed) => string.Join(' ', Enumerable.Range(0, 100).Select(round => RoundPlan.Draw(seed, round, TimeSpan.FromSeconds(0.3))).Select(plan => $"{plan.Moment}{plan.Nth}{plan.Delay}{plan.Latest}{plan.DrawConduct()}"));

        Assert.Equal(Plans(3), Plans(3));
        Assert.NotEqual(Plans(3), Plans(4));
        foreach (var moment in Enum.GetNames<KillMoment>()) Assert.Contains(moment, Plans(3), StringComparison.Ordinal);
    }

    private static void Run(IReadOnlyList<string> command, CancellationToken cancellation, int? port = null)
    {
        var folder = Directory.CreateTempSubdirectory("orrery-test-").FullName;
        try
        {
            using var run = new CrashRun(command, port ?? BrokerUnderTest.FreePort(), Path.Combine(folder, "history.jsonl"));
            run.Run("any", 2, 1, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), _ => false, () => { }, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A broker that ends at once, and a user who cancels while it is started.</summary>
    private sealed class CommandThatCancels(CancellationTokenSource source) : IReadOnlyList<string>
    {
        private readonly string[] _command = ["dotnet", "--no-such-option"];

        public int Count => _command.Length;

        public string this[int index] => _command[index];

        public IEnumerator<string> GetEnumerator()
        {
            source.Cancel();
            return _command.AsEnumerable().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
