namespace Orrery.Conventions.Tests.Conformance;

public sealed class ConformanceTests
{
    private static readonly IReadOnlyList<TaggedTest> Tests = TaggedTest.ReadAll();

    [Fact]
    public void The_lists_hold_every_statement_in_order() =>
        Violations.AssertNone(Specification.All.SelectMany(one => ConformanceRules.CheckList(one, one.Statements)));

    [Fact]
    public void Every_trait_names_a_statement_that_exists() =>
        Violations.AssertNone(ConformanceRules.CheckTraits(Specification.All, Tests));

    [Fact]
    public void What_concerns_the_server_has_a_test_or_a_reason() =>
        Violations.AssertNone(Specification.All.SelectMany(one => ConformanceRules.CheckCoverage(one.Prefix, one.Statements, Tests)));

    [Fact]
    public void The_page_is_what_the_tests_say()
    {
        var path = Path.Combine(Repository.Root, ConformancePage.Path);
        var expected = ConformancePage.Write(Tests).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("ORRERY_WRITE_CONFORMANCE") == "1") File.WriteAllText(path, expected);

        var actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(actual == expected, $"{ConformancePage.Path} is out of date. Run {ConformancePage.Command} and commit what it writes.");
    }

    [Fact]
    public void A_planted_gap_is_reported()
    {
        var statements = Statement.ReadList(["# a remark", "MQTT-1.0.0-1 | server | a", "MQTT-1.0.0-2 | client | b", "MQTT-1.0.0-3 | both | c | n/a: d"]);

        Assert.Equal(2, ConformanceRules.CheckCoverage("", statements, []).Count());
        Assert.Empty(ConformanceRules.CheckCoverage("", statements, [new("Orrery.Broker.Tests", "T", "t", "MQTT-1.0.0-1")]));
        Assert.Equal(2, ConformanceRules.CheckCoverage("", statements, [new("Orrery.Client.Tests", "T", "t", "MQTT-1.0.0-1")]).Count());
        Assert.Equal(3, ConformanceRules.CheckCoverage("", statements, [new("Orrery.Broker.Tests", "T", "t", "MQTT-1.0.0-3")]).Count());
    }

    [Fact]
    public void A_planted_trait_that_no_specification_has_is_reported() =>
        Assert.Single(ConformanceRules.CheckTraits(Specification.All, [new("Orrery.Broker.Tests", "T", "t", "MQTT-9.9.9-9")]));

    [Fact]
    public void A_planted_list_out_of_order_is_reported()
    {
        var specification = new Specification("t", "", "t.txt", 2);
        var statements = Statement.ReadList(["MQTT-1.0.0-10 | server | a", "MQTT-1.0.0-9 | clients | b"]);

        Assert.Equal(2, ConformanceRules.CheckList(specification, statements).Count());
    }
}
