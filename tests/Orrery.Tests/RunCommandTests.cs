using System.Text.Json;
using System.Text.RegularExpressions;
using Orrery.Simulation.Running;

namespace Orrery.Tests;

public sealed class RunCommandTests : IDisposable
{
    private readonly ScenarioFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_run_has_a_line_and_the_last_one_counts()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);

        var run = await CommandRun.OfAsync(new FakeRunner().Run, "run", file);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(
            ["many/first[qos=0]", "many/first[qos=1]", "many/second[qos=0]", "many/second[qos=1]"],
            lines[..^1].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.Matches(@"^pass     many/first\[qos=0\]   seed 3      2\.500 s virtual  +\d+\.\d{3} s         42 events  [0-9a-f]{8}$", lines[0]);
        Assert.Matches(@"^4 runs: 4 passed, 0 failed, 0 unknown, 0 skipped in \d+\.\d s$", lines[^1]);
    }

    [Fact]
    public async Task A_failure_shows_its_finding_its_packets_and_the_command_to_replay_it()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        var runner = new FakeRunner { Then = result => result.Name == "many/second[qos=1]" ? FakeRunner.Broken(result) : result };

        var run = await CommandRun.OfAsync(runner.Run, "run", file, "--quiet");

        Assert.Equal(1, run.ExitCode);
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("FAIL     many/second[qos=1]", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "    BROKEN Q1-2: c got no PUBACK for 1.",
                "      MQTT-4.3.2-4",
                "    ! 1.000000 s  c#1  --> b1   PUBLISH id 1, QoS 1, topic a/b, payload \"hi\" [1 of 2]",
                "    ! 1.005000 s  b1   <-- c#1  PUBLISH id 1, QoS 1, topic a/b, payload \"hi\" [1 of 2]",
                $"    see all of it: orrery replay {file} --run 'many/second[qos=1]' --seed 3",
            ],
            lines[1..6]);
        Assert.StartsWith("4 runs: 3 passed, 1 failed, 0 unknown, 0 skipped", lines[6], StringComparison.Ordinal);
        Assert.Equal(7, lines.Length);
    }

    [Theory]
    [InlineData("Pass", "Pass", 0)]
    [InlineData("Pass", "Skipped", 0)]
    [InlineData("Pass", "Unknown", 3)]
    [InlineData("Unknown", "Fail", 1)]
    [InlineData("Fail", "Pass", 1)]
    public async Task The_exit_code_is_that_of_the_worst_verdict(string first, string second, int expected)
    {
        _folder.Write("a.yaml", ScenarioFolder.OneRun);
        _folder.Write("b.yaml", ScenarioFolder.OneRun.Replace("name: one", "name: two", StringComparison.Ordinal));
        var runner = new FakeRunner { Then = result => result with { Verdict = Enum.Parse<Verdict>(result.Name == "one" ? first : second) } };

        Assert.Equal(expected, (await CommandRun.OfAsync(runner.Run, "run", _folder.Path)).ExitCode);
    }

    [Fact]
    public async Task A_skipped_run_says_why()
    {
        var runner = new FakeRunner { Then = result => result with { Verdict = Verdict.Skipped, TraceHash = "", SkipReason = "needs a disk" } };

        var run = await CommandRun.OfAsync(runner.Run, "run", _folder.Write("a.yaml", ScenarioFolder.OneRun));

        Assert.StartsWith("skipped  one  needs a disk\n1 run: 0 passed, 0 failed, 0 unknown, 1 skipped", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_one_file_that_are_skipped_for_one_reason_share_a_line()
    {
        _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        _folder.Write("b.yaml", ScenarioFolder.OneRun);
        var runner = new FakeRunner
        {
            Then = result => result.Name == "many/second[qos=0]" ? result : result with { Verdict = Verdict.Skipped, TraceHash = "", SkipReason = "needs a disk" },
        };

        var run = await CommandRun.OfAsync(runner.Run, "run", _folder.Path);

        Assert.Equal(
            ["skipped  many, 2 runs        needs a disk", "pass     many/second[qos=0]", "skipped  many/second[qos=1]  needs a disk", "skipped  one                 needs a disk", "5 runs: 1 passed, 0 failed, 0"],
            run.Output.TrimEnd('\n').Split('\n').Select((line, index) => index is 1 or 4 ? line[..(index == 1 ? 27 : 29)] : line));
    }

    [Fact]
    public async Task Results_come_in_file_order_with_the_same_hashes_however_many_jobs_there_are()
    {
        for (var number = 0; number < 40; number++) _folder.Write($"{number:00}.yaml", ScenarioFolder.OneRun.Replace("one", $"n{number}", StringComparison.Ordinal));

        // The first one ends after one that began later.
        using var overtaken = new ManualResetEventSlim();
        var delayed = new FakeRunner
        {
            Before = run =>
            {
                if (run.Name == "n0") overtaken.Wait();
                if (run.Name == "n5") overtaken.Set();
            },
        };
        var alone = await CommandRun.OfAsync(new FakeRunner().Run, "run", _folder.Path, "--json", "--jobs", "1");
        var together = await CommandRun.OfAsync(delayed.Run, "run", _folder.Path, "--json", "--jobs", "8");

        Assert.Equal(40, alone.Output.Count(character => character == '\n'));
        Assert.Equal(alone.Output, together.Output);
    }

    [Fact]
    public async Task No_more_runs_are_under_way_at_once_than_jobs()
    {
        for (var number = 0; number < 24; number++) _folder.Write($"{number:00}.yaml", ScenarioFolder.OneRun);
        int now = 0, most = 0;
        var gate = new Lock();
        using var three = new CountdownEvent(3);            // the first ones wait for each other, so that three are under way at once
        var runner = new FakeRunner
        {
            Before = _ =>
            {
                lock (gate) most = Math.Max(most, ++now);
                if (!three.IsSet && !three.Signal()) three.Wait();
                lock (gate) now--;
            },
        };

        Assert.Equal(0, (await CommandRun.OfAsync(runner.Run, "run", _folder.Path, "--jobs", "3")).ExitCode);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task JSON_has_an_object_a_run_and_the_summary_goes_to_standard_error()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        var runner = new FakeRunner { Then = result => result.Name == "many/first[qos=1]" ? FakeRunner.Broken(result) : result };

        var run = await CommandRun.OfAsync(runner.Run, "run", file, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("4 runs: 3 passed, 1 failed", run.Error, StringComparison.Ordinal);
        var objects = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var failed = objects[1];
        Assert.Equal((file, "many/first[qos=1]", "first", 3, "fail"), (
            failed.GetProperty("file").GetString(), failed.GetProperty("name").GetString(), failed.GetProperty("variant").GetString(),
            failed.GetProperty("seed").GetInt32(), failed.GetProperty("verdict").GetString()));
        Assert.Matches("^[0-9a-f]{16}$", failed.GetProperty("trace").GetString());
        var finding = Assert.Single(failed.GetProperty("findings").EnumerateArray());
        Assert.Equal(("Q1-2", "MQTT-4.3.2-4", "c got no PUBACK for 1."), (
            finding.GetProperty("rule").GetString(), finding.GetProperty("statement").GetString(), finding.GetProperty("message").GetString()));
        Assert.Equal("PUBLISH id 1, QoS 1, topic a/b, payload \"hi\"", finding.GetProperty("events")[0].GetProperty("text").GetString());
        Assert.Equal(("pass", JsonValueKind.Null), (objects[0].GetProperty("verdict").GetString(), Single().GetProperty("variant").ValueKind));

        JsonElement Single() => JsonDocument.Parse(CommandRun.OfAsync(new FakeRunner().Run, "run", "--json", _folder.Write("b.yaml", ScenarioFolder.OneRun)).Result.Output).RootElement;
    }

    [Fact]
    public async Task Seeds_repetitions_and_a_filter_choose_the_runs()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);
        var runner = new FakeRunner();

        var run = await CommandRun.OfAsync(runner.Run, "run", file, "--seed", "5..7", "--repeat", "2", "--filter", "second[qos=1]", "--jobs", "1");

        Assert.StartsWith("many/second[qos=1]", Regex.Match(run.Output, @"many\S+").Value, StringComparison.Ordinal);
        Assert.Equal([5ul, 5, 6, 6, 7, 7], runner.Asked.Select(options => options.Seed!.Value));
        Assert.All(runner.Asked, options => Assert.False(options.Detailed));
    }

    [Fact]
    public async Task A_repetition_with_another_trace_fails()
    {
        var number = 0;
        var runner = new FakeRunner { Then = result => result with { TraceHash = ++number == 3 ? "ffffffffffffffff" : result.TraceHash } };

        var run = await CommandRun.OfAsync(runner.Run, "run", _folder.Write("a.yaml", ScenarioFolder.OneRun), "--repeat", "3", "--jobs", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("BROKEN determinism: repetition 3 has the trace hash ffffffffffffffff, the first had ", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 runs: 2 passed, 1 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_that_is_not_the_golden_one_fails_and_says_how_to_accept_it()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.OneRun + "golden: { engine: 0.0.9, trace: 0123456789abcdef }\n");

        var run = await CommandRun.OfAsync(new FakeRunner().Run, "run", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("BROKEN golden: the trace hash is ", run.Output, StringComparison.Ordinal);
        Assert.Contains("and the file says 0123456789abcdef", run.Output, StringComparison.Ordinal);
        Assert.Contains("recorded by engine 0.0.9", run.Output, StringComparison.Ordinal);
        Assert.Contains($"orrery bless {file} --reason TEXT", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_broken_stands_before_what_nobody_can_tell()
    {
        var runner = new FakeRunner { Then = result => result with { Verdict = Verdict.Unknown, Findings = [new Finding("O-1", "", "too little was seen", [], IsUnknown: true)] } };

        var run = await CommandRun.OfAsync(runner.Run, "run", _folder.Write("a.yaml", ScenarioFolder.OneRun + "golden: { engine: 0.0.9, trace: 0123456789abcdef }\n"));

        Assert.InRange(run.Output.IndexOf("BROKEN golden", StringComparison.Ordinal), 0, run.Output.IndexOf("UNKNOWN O-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_golden_trace_may_be_the_start_of_the_hash_and_holds_for_the_seed_of_the_file_alone()
    {
        var trace = FakeRunner.TraceOf(Orrery.Simulation.Scenarios.ScenarioFile.Read("a.yaml", ScenarioFolder.OneRun).Runs[0].Hash, 7);
        var file = _folder.Write("a.yaml", ScenarioFolder.OneRun + $"golden: {{ engine: 0.0.9, trace: \"{trace[..8]}\" }}\n");

        Assert.Equal(0, (await CommandRun.OfAsync(new FakeRunner().Run, "run", file)).ExitCode);
        Assert.Equal(0, (await CommandRun.OfAsync(new FakeRunner().Run, "run", file, "--seed", "8")).ExitCode);
    }

    [Fact]
    public async Task An_exception_in_a_run_fails_that_run_and_no_other()
    {
        var runner = new FakeRunner { Before = run => { if (run.Name.EndsWith("first[qos=0]", StringComparison.Ordinal)) throw new InvalidOperationException("no rule for this"); } };

        var run = await CommandRun.OfAsync(runner.Run, "run", _folder.Write("a.yaml", ScenarioFolder.FourRuns));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("BROKEN engine: the run was broken off by System.InvalidOperationException: no rule for this", run.Output, StringComparison.Ordinal);
        Assert.Contains("4 runs: 3 passed, 1 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_file_is_reported_as_by_check_and_nothing_runs()
    {
        _folder.Write("a.yaml", ScenarioFolder.OneRun);
        var file = _folder.Write("b.yaml", ScenarioFolder.OneRun + "nonsense: 1\n");
        var runner = new FakeRunner();

        var run = await CommandRun.OfAsync(runner.Run, "run", _folder.Path);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"{file}:5:1: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(runner.Asked);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run FILE --nonsense")]
    [InlineData("run no-such-file.yaml")]
    [InlineData("run FILE --seed x")]
    [InlineData("run FILE --seed 5..4")]
    [InlineData("run FILE --jobs 0")]
    [InlineData("run FILE --repeat 0")]
    [InlineData("run FILE --filter nothing-of-that-name")]
    [InlineData("run FILE --json --timeline -")]
    [InlineData("replay FILE --seed 1..2")]
    [InlineData("replay FILE --run nothing-of-that-name")]
    [InlineData("bless FILE --reason=")]
    public async Task Arguments_that_make_no_sense_have_exit_code_2(string arguments)
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.FourRuns);

        var run = await CommandRun.OfAsync(new FakeRunner().Run, arguments.Replace("FILE", file, StringComparison.Ordinal).Split(' '));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"orrery {arguments.Split(' ')[0]}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_a_seed_asks_for_one()
    {
        var file = _folder.Write("a.yaml", ScenarioFolder.OneRun.Replace("seed: 7\n", "", StringComparison.Ordinal));

        var without = await CommandRun.OfAsync(new FakeRunner().Run, "run", file);
        var with = await CommandRun.OfAsync(new FakeRunner().Run, "run", file, "--seed", "1");

        Assert.Equal((2, $"orrery run: {file}: one has no seed: say which with --seed\n"), (without.ExitCode, without.Error));
        Assert.Equal(0, with.ExitCode);
    }

    [Fact]
    public async Task Reports_of_one_run_go_to_a_file_and_of_several_to_a_folder()
    {
        var one = _folder.Write("a.yaml", ScenarioFolder.OneRun);
        var many = _folder.Write("b.yaml", ScenarioFolder.FourRuns);
        var runner = new FakeRunner();

        await CommandRun.OfAsync(runner.Run, "run", one, "--timeline", _folder.PathOf("t.txt"), "--pcapng", _folder.PathOf("c.pcapng"), "--jsonl", _folder.PathOf("l.jsonl"), "--html", _folder.PathOf("p.html"));
        var run = await CommandRun.OfAsync(runner.Run, "run", many, "--jsonl", _folder.PathOf("lines"), "--seed", "1..2", "--repeat", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("run       one\n", File.ReadAllText(_folder.PathOf("t.txt")), StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", File.ReadAllText(_folder.PathOf("p.html")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal([0x0A, 0x0D, 0x0D, 0x0A], File.ReadAllBytes(_folder.PathOf("c.pcapng"))[..4]);
        Assert.Equal(3, File.ReadAllLines(_folder.PathOf("l.jsonl")).Length);
        Assert.Equal(
            ["many_first_qos=0-seed1.jsonl", "many_first_qos=0-seed2.jsonl", "many_first_qos=1-seed1.jsonl", "many_first_qos=1-seed2.jsonl",
                "many_second_qos=0-seed1.jsonl", "many_second_qos=0-seed2.jsonl", "many_second_qos=1-seed1.jsonl", "many_second_qos=1-seed2.jsonl"],
            Directory.EnumerateFiles(_folder.PathOf("lines")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(runner.Asked, options => Assert.True(options.Detailed));
    }

    [Fact]
    public async Task Runs_of_one_name_get_files_of_their_own()
    {
        _folder.Write("a.yaml", ScenarioFolder.OneRun);
        _folder.Write("b.yaml", ScenarioFolder.OneRun);

        await CommandRun.OfAsync(new FakeRunner().Run, "run", _folder.Path, "--timeline", _folder.PathOf("texts"));

        Assert.Equal(
            ["one-seed7-2.txt", "one-seed7.txt"], Directory.EnumerateFiles(_folder.PathOf("texts")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_timeline_on_standard_output_stands_before_the_line_of_its_run()
    {
        var run = await CommandRun.OfAsync(new FakeRunner().Run, "run", _folder.Write("a.yaml", ScenarioFolder.OneRun), "--timeline", "-");

        Assert.StartsWith("run       one\nseed      7\n", run.Output, StringComparison.Ordinal);
        Assert.True(run.Output.IndexOf("PUBLISH id 1", StringComparison.Ordinal) < run.Output.IndexOf("\npass     one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_has_exit_code_2()
    {
        var run = await CommandRun.OfAsync(new FakeRunner().Run, "run", _folder.Write("a.yaml", ScenarioFolder.OneRun), "--jsonl", _folder.PathOf("none/at/all"));

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"orrery run: cannot write {_folder.PathOf("none/at/all")}: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("replay")]
    [InlineData("bless")]
    public async Task Help_has_examples_and_exit_codes(string command)
    {
        var run = await CommandRun.OfAsync(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", run.Output, StringComparison.Ordinal);
    }
}
