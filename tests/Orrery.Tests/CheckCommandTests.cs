using System.Text.Json;

namespace Orrery.Tests;

public sealed class CheckCommandTests : IDisposable
{
    private const string Valid = "orrery: 1\nname: t\nseed: 7\ntopology: { brokers: { b1: {} } }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_valid_file_is_named_with_exit_code_0()
    {
        var file = Write("a.yaml", Valid);

        var run = await CommandRun.OfAsync("check", file);

        Assert.Equal((0, $"{file}: valid, 1 run\n1 file, 0 invalid\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task An_invalid_file_of_a_folder_is_reported_by_line_and_column_with_exit_code_2()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "below"));
        Write("a.yaml", Valid);
        Write("scenario.schema.json", "{}");
        Write("notes.txt", "not a scenario");
        var file = Write("below/b.yaml", Valid + "steps: [ { at: 1, do: wait } ]\n");

        var run = await CommandRun.OfAsync("check", _folder);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{file}:5:16: at: '1' has no unit", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 files, 1 invalid\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_has_errors_and_runs()
    {
        var run = await CommandRun.OfAsync("check", "--json", Write("a.yaml", Valid), Write("b.yaml", Valid + "x: 1\n"));

        Assert.Equal(2, run.ExitCode);
        using var document = JsonDocument.Parse(run.Output);
        var files = document.RootElement.EnumerateArray().ToArray();
        var made = files[0].GetProperty("runs")[0];
        Assert.Equal(("t", 7), (made.GetProperty("name").GetString(), made.GetProperty("seed").GetInt32()));
        Assert.Equal(64, made.GetProperty("hash").GetString()!.Length);
        Assert.Equal((false, 5), (files[1].GetProperty("valid").GetBoolean(), files[1].GetProperty("errors")[0].GetProperty("line").GetInt32()));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("check --nonsense a.yaml")]
    [InlineData("check no-such-file.yaml")]
    public async Task Arguments_that_make_no_sense_have_exit_code_2(string arguments)
    {
        var run = await CommandRun.OfAsync(arguments.Split(' '));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("orrery check: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_scenario_is_no_success()
    {
        var run = await CommandRun.OfAsync("check", _folder);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no scenario in", run.Error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
