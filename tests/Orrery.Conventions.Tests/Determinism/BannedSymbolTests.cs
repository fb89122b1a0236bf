namespace Orrery.Conventions.Tests.Determinism;

public sealed class BannedSymbolTests
{
    /// <summary>One use in each line. Each is of another entry, or of another form: a call, a value, a type, a whole namespace.</summary>
    private static readonly string[] Banned =
    [
        "var a = System.DateTime.UtcNow;",
        "var a = System.DateTimeOffset.Now;",
        "var a = System.Diagnostics.Stopwatch.GetTimestamp();",
        "var a = System.Environment.TickCount64;",
        "var a = System.Environment.ProcessorCount;",
        "System.Func<System.Guid> a = System.Guid.NewGuid;",
        "var a = System.Guid.CreateVersion7();",
        "var a = new System.Random(42);",
        "var a = System.Security.Cryptography.RandomNumberGenerator.GetInt32(5);",
        "System.Threading.Thread.Yield();",
        "System.Threading.ThreadPool.QueueUserWorkItem(_ => { });",
        "using var a = new System.Threading.Timer(_ => { });",
        "System.Threading.Tasks.Task.Run(() => { });",
        "System.Threading.Tasks.Parallel.For(0, 1, _ => { });",
        "var a = System.Threading.Channels.Channel.CreateUnbounded<int>();",
        "System.Threading.Monitor.Enter(this);",
        "System.Threading.Interlocked.Increment(ref _field);",
        "System.Threading.Volatile.Write(ref _field, 1);",
        "var a = new System.Threading.AsyncLocal<int>();",
        "var a = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();",
        "var a = System.Collections.Immutable.ImmutableDictionary<string, int>.Empty;",
        "var a = System.Buffers.ArrayPool<byte>.Shared;",
        "System.GC.Collect();",
        "var a = new System.WeakReference<object>(this);",
        "var a = \"text\".GetHashCode();",
        "var a = (1, \"text\").GetHashCode();",
        "var a = System.HashCode.Combine(1, 2);",
        "var a = new object().GetHashCode();",
        "System.Console.WriteLine();",
        "var a = System.IO.File.Exists(string.Empty);",
        "var a = System.Net.IPAddress.Loopback;",
        "var a = typeof(System.Threading.Thread);",
        "var a = System.Math.Pow(2.0, 0.5);",
    ];

    private static readonly string[] Fine =
    [
        "var a = new System.DateTimeOffset(0, System.TimeSpan.Zero);",
        "var a = new System.Collections.Generic.Dictionary<string, int>();",
        "var a = System.Guid.Empty;",
        "var a = System.Math.Max(1, 2);",
    ];

    private static readonly Lazy<ILookup<string, int>> Refused = new(() => Compiler.BannedLines(new Dictionary<string, string>
    {
        ["src/Orrery.Broker/Sessions/Probe.cs"] = Probe("A", Banned),
        ["src/Orrery.Broker/Sessions/Fine.cs"] = Probe("B", Fine),
        ["src/Orrery.Actors/Production/Probe.cs"] = Probe("C", Banned),
        ["src/Orrery.Actors/Production/Deeper/Probe.cs"] = Probe("D", Banned),
        ["src/Orrery.Actors/Extensions/PublishedProbe.cs"] = Probe("E", Banned),
        ["src/Orrery.Actors/Extensions/Probe.cs"] = Probe("F", Banned),
        ["src/Orrery.Actors/Probe.cs"] = Probe("G", Banned),
        ["src/Orrery.Mqtt/Production/Probe.cs"] = Probe("H", Banned),
    }));

    [Fact]
    public void Every_banned_symbol_names_something_and_says_what_to_use() =>
        Violations.AssertNone(
            from symbol in BannedSymbolList.Core()
            where !BannedSymbolList.Names(symbol.Id) || symbol.Reason.Length < 10
            select $"{symbol.Id}: names nothing in the framework, or has no reason.");

    [Theory]
    [InlineData("T:System.Threading.ThreadStaticAttribute")]
    [InlineData("P:System.DateTime.UtcNowish")]
    [InlineData("M:System.Guid.NewGuid(System.Int32)")]
    [InlineData("N:System.Threading.Task")]
    public void A_misspelt_symbol_is_reported(string id) => Assert.False(BannedSymbolList.Names(id));

    [Fact]
    public void No_entry_is_there_twice()
    {
        var ids = BannedSymbolList.Core().Select(symbol => symbol.Id).ToArray();

        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void The_compiler_refuses_every_planted_use_in_a_core_project() =>
        Assert.Equal(Enumerable.Range(1, Banned.Length), Refused.Value["src/Orrery.Broker/Sessions/Probe.cs"]);

    [Fact]
    public void The_compiler_refuses_nothing_that_is_not_banned() =>
        Assert.Empty(Refused.Value["src/Orrery.Broker/Sessions/Fine.cs"]);

    [Theory]
    [InlineData("src/Orrery.Actors/Production/Probe.cs", 0)]
    [InlineData("src/Orrery.Actors/Production/Deeper/Probe.cs", 0)]
    [InlineData("src/Orrery.Actors/Extensions/PublishedProbe.cs", 0)]
    [InlineData("src/Orrery.Actors/Extensions/Probe.cs", 33)]
    [InlineData("src/Orrery.Actors/Probe.cs", 33)]
    [InlineData("src/Orrery.Mqtt/Production/Probe.cs", 33)]
    public void Only_the_excused_files_may_use_them(string path, int refused) =>
        Assert.Equal(refused, Refused.Value[path].Count());

    [Fact]
    public void Editorconfig_switches_the_list_off_in_two_places_and_no_more()
    {
        var lines = Repository.Read(".editorconfig").Lines;

        Assert.Equal(
            [
                "[src/Orrery.Actors/{Production/**,Extensions/Published*}.cs]", "[simulation/Orrery.Simulation/Scenarios/Reading/YamlNodes.cs]",
                "[simulation/Orrery.Simulation/Reports/**.cs]",
            ],
            Enumerable.Range(0, lines.Count).Where(i => lines[i].Contains("RS0030", StringComparison.Ordinal)).Select(i => lines[i - 1]));
    }

    [Fact]
    public void No_reviewed_member_is_a_banned_one()
    {
        var banned = BannedSymbolList.Core();
        var excused = AllowList.Read("ExcusedMembers.txt").Entries.ToHashSet();

        Violations.AssertNone(
            from entry in AllowList.Read("AllowedMembers.txt").Entries
            where banned.Bans(entry.Type, entry.Member) && !excused.Contains(entry)
            select $"{entry.Type}: {entry.Member} is reviewed and banned at once.");
    }

    [Theory]
    [InlineData("System.DateTime", "get_UtcNow")]
    [InlineData("System.DateTime", "*")]
    [InlineData("System.IO.Stream", "Read")]
    [InlineData("System.Random", "")]
    public void A_reviewed_member_that_is_banned_is_reported(string type, string member) =>
        Assert.True(BannedSymbolList.Core().Bans(type, member));

    /// <summary>A class with each statement in a method of its own, each in the line of its index plus one.</summary>
    private static string Probe(string name, string[] statements) =>
        $"class {name} {{ int _field; "
        + string.Join('\n', statements.Select((statement, index) => $"void M{index}() {{ {statement} }}"))
        + "\n}\n";
}
