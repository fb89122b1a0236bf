namespace Orrery.Conventions.Tests.Conformance;

/// <summary>What must hold between the statements of a specification and the traits of the tests.</summary>
internal static class ConformanceRules
{
    /// <summary>The share of the statements that concern the server and apply which tests must show.</summary>
    private const double ShownMin = 0.98;

    /// <summary>A list is complete, in order, and of the three parties only.</summary>
    public static IEnumerable<string> CheckList(Specification specification, IReadOnlyList<Statement> statements)
    {
        if (statements.Count != specification.Count)
            yield return $"{specification.File}: has {statements.Count} statements in place of {specification.Count}.";
        foreach (var statement in statements.Where(statement => statement.Party is not ("server" or "client" or "both")))
            yield return $"{specification.File}: {statement.Id} concerns {statement.Party}; it may be server, client or both.";
        foreach (var (one, next) in statements.Zip(statements.Skip(1)))
        {
            if (Compare(one.Order, next.Order) >= 0) yield return $"{specification.File}: {next.Id} stands behind {one.Id}.";
        }
    }

    /// <summary>A trait names a statement that exists.</summary>
    public static IEnumerable<string> CheckTraits(IReadOnlyList<Specification> specifications, IReadOnlyList<TaggedTest> tests)
    {
        var known = specifications.SelectMany(one => one.Statements.Select(statement => one.Prefix + statement.Id)).ToHashSet();
        return from test in tests
               where !known.Contains(test.Trait)
               select $"{test.Project}: {test.Class}.{test.Method} names {test.Trait}, which no specification has.";
    }

    /// <summary>What concerns the server has a test or a written reason, and never both.</summary>
    public static IEnumerable<string> CheckCoverage(string prefix, IReadOnlyList<Statement> statements, IReadOnlyList<TaggedTest> tests)
    {
        var shown = tests.Where(test => test.ShowsServer).Select(test => test.Trait).ToHashSet();
        var server = statements.Where(statement => statement.ConcernsServer).ToArray();
        foreach (var statement in server)
        {
            var isShown = shown.Contains(prefix + statement.Id);
            if (!isShown && statement.Reason is null) yield return $"{prefix}{statement.Id} has neither a test nor a reason why not: {statement.Summary}.";
            if (isShown && statement.Reason is not null) yield return $"{prefix}{statement.Id} has tests, so its reason for having none must go.";
        }

        var apply = server.Where(statement => statement.Applies).ToArray();
        var count = apply.Count(statement => shown.Contains(prefix + statement.Id));
        if (count < ShownMin * apply.Length) yield return $"{prefix}: tests show {count} of {apply.Length} statements; {ShownMin:P0} is the least.";
    }

    private static int Compare(IReadOnlyList<int> one, IReadOnlyList<int> other)
    {
        for (var index = 0; index < one.Count; index++)
        {
            if (one[index] != other[index]) return one[index].CompareTo(other[index]);
        }

        return 0;
    }
}
