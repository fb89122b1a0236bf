using Orrery.Conventions.Tests.Determinism.Samples;

namespace Orrery.Conventions.Tests.Determinism;

public sealed class AssemblyTests
{
    private const string Samples = "Orrery.Conventions.Tests.Determinism.Samples.";

    private static readonly string OwnPath = typeof(AssemblyTests).Assembly.Location;

    public static TheoryData<string> CorePaths => [.. CoreAssemblies.Paths];

    public static TheoryData<string> PathsOfRuns =>
        [.. CoreAssemblies.Paths, .. new[] { "Orrery.Simulation", "Orrery.Client" }.Select(name => Path.Combine(AppContext.BaseDirectory, name + ".dll"))];

    [Theory, MemberData(nameof(CorePaths))]
    public void The_core_touches_only_reviewed_members(string path) =>
        Violations.AssertNone(AllowList.Read("AllowedMembers.txt").Check(ReferencedSymbols.Of(path, CoreAssemblies.IsJudged)));

    [Theory, MemberData(nameof(CorePaths))]
    public void The_core_has_no_async_method_finaliser_native_call_or_shared_state(string path) =>
        Violations.AssertNone(AssemblyShape.Check(path, CoreAssemblies.IsJudged, ReviewedStatics()));

    // Bytes of a pool, or memory that was not cleared, hold what an earlier run left in them. Where there is no pool, none has to be
    // poisoned, and nothing that was rented can be left over.
    [Theory, MemberData(nameof(PathsOfRuns))]
    public void What_a_seed_reproduces_rents_no_bytes_and_leaves_none_uncleared(string path) =>
        Violations.AssertNone(Rented(path, type => type != "Orrery.Client.MqttClient"));    // the client's shell around sockets, which no run has

    [Theory]
    [InlineData("System.Buffers.ArrayPool`1::get_Shared, ")]
    [InlineData("System.Buffers.MemoryPool`1::get_Shared, ")]
    [InlineData("System.GC::AllocateUninitializedArray, ")]
    public void Planted_pools_and_uncleared_memory_are_found(string expected) =>
        Assert.Contains(Rented(OwnPath, IsSample), line => line.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("System.DateTime::get_UtcNow")]
    [InlineData("System.Guid::NewGuid")]
    [InlineData("System.Threading.Tasks.Task")]
    [InlineData("System.IAsyncDisposable")]
    [InlineData("System.IO.IOException")]
    [InlineData("System.Threading.Monitor::Enter")]
    [InlineData("System.Runtime.CompilerServices.IsVolatile")]
    [InlineData("System.Runtime.CompilerServices.DynamicAttribute::.ctor")]
    [InlineData("System.Runtime.CompilerServices.AsyncVoidMethodBuilder::Create")]
    public void A_planted_reference_is_found(string symbol)
    {
        var uses = ReferencedSymbols.Of(OwnPath, IsSample);

        Assert.Contains(symbol, uses.Select(use => use.ToString()));
        Assert.Contains(AllowList.Parse("System.Object: *").Check(uses), line => line.StartsWith(symbol + ",", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(".Async: is async")]
    [InlineData(".Finalize: is a finaliser")]
    [InlineData(".Counter: is a static field that can change")]
    [InlineData(".Numbers: is a static field of the mutable type System.Collections.Generic.List`1")]
    [InlineData(".Table: is a static field of the mutable type Byte[]")]
    [InlineData(".Text: is a static field of the mutable type System.Text.StringBuilder")]
    [InlineData(".Shared: is a static field of the mutable type")]
    public void A_planted_shape_is_found(string expected)
    {
        var found = AssemblyShape.Check(OwnPath, IsSample, []);

        Assert.Single(found, violation => violation.StartsWith(typeof(PlantedViolations).FullName + expected, StringComparison.Ordinal));
        Assert.Equal(7, found.Count);
    }

    [Fact]
    public void A_reviewed_static_field_is_left_alone() =>
        Assert.Equal(6, AssemblyShape.Check(OwnPath, IsSample, [typeof(PlantedViolations).FullName + ".Table"]).Count);

    [Fact]
    public void Only_the_excused_types_are_left_alone()
    {
        Assert.False(CoreAssemblies.IsJudged("Orrery.Actors.Production.TimerWheel"));
        Assert.False(CoreAssemblies.IsJudged("Orrery.Actors.Extensions.PublishedMap`1"));
        Assert.True(CoreAssemblies.IsJudged("Orrery.Actors.Extensions.VirtualScheduler"));
        Assert.True(CoreAssemblies.IsJudged("Orrery.Actors.ActorSystem"));
        Assert.True(CoreAssemblies.IsJudged("Orrery.Actors.ProductionLike.Clock"));
        Assert.Empty(ReferencedSymbols.Of(OwnPath, name => false));
    }

    [Fact]
    public void An_allowed_type_does_not_allow_its_members()
    {
        var list = AllowList.Parse("# reviewed", "System.A", "System.B: Add", "System.C: *");

        Assert.True(list.Allows(new Use("System.A", "", "")));
        Assert.False(list.Allows(new Use("System.A", "Add", "")));
        Assert.True(list.Allows(new Use("System.B", "Add", "")));
        Assert.False(list.Allows(new Use("System.B", "GetEnumerator", "")));
        Assert.True(list.Allows(new Use("System.C", "Add", "")));
        Assert.False(list.Allows(new Use("System.D", "", "")));
    }

    private static List<string> Rented(string path, Func<string, bool> isJudged) =>
    [
        .. ReferencedSymbols.Of(path, isJudged)
            .Where(use => use.Member is "AllocateUninitializedArray"
                || use.Type is "System.Buffers.ArrayPool`1" or "System.Buffers.MemoryPool`1" or "System.Runtime.CompilerServices.SkipLocalsInitAttribute")
            .Select(use => $"{use}, {use.Where}"),
    ];

    private static bool IsSample(string type) => type.StartsWith(Samples, StringComparison.Ordinal);

    private static HashSet<string> ReviewedStatics() =>
        AllowList.Read("AllowedStatics.txt").Entries.Select(entry => entry.Type).ToHashSet(StringComparer.Ordinal);
}
