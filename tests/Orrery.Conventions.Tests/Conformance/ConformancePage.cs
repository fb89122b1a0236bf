using System.Globalization;
using System.Text;

namespace Orrery.Conventions.Tests.Conformance;

/// <summary>docs/CONFORMANCE.md: which tests show which statement.</summary>
internal static class ConformancePage
{
    public const string Path = "docs/CONFORMANCE.md";

    /// <summary>The command that writes the page.</summary>
    public const string Command = "tests/conformance/write-page";

    private const string MutationsFile = "tests/conformance/mutations.txt";

    private static readonly Dictionary<int, string> Chapters = new()
    {
        [1] = "Data representation",
        [2] = "Packet format",
        [3] = "Control packets",
        [4] = "Operational behaviour",
        [6] = "WebSocket",
        [7] = "Conformance",
    };

    public static string Write(IReadOnlyList<TaggedTest> tests)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Conformance

            Every normative statement of MQTT 5.0 and MQTT 3.1.1, and the tests that fail when the broker breaks it. The page is
            written by `{Command}` from the traits of the tests and the lists in `tests/Orrery.Conventions.Tests/Conformance`;
            a test of `Orrery.Conventions.Tests` compares it, so it can't fall behind.

            A test names what it shows: `[Trait("Statement", "MQTT-3.3.1-8")]` for MQTT 5.0, `v311:MQTT-3.3.1-12` for MQTT 3.1.1.
            `dotnet test Engine.sln -c Release --filter Statement=MQTT-3.3.1-8` runs the tests of one statement. The summaries are
            ours; the specifications have the wording. MQTT 3.1 has no numbered statements: it shares the tests of MQTT 3.1.1.


            """);
        Overview(page, tests);
        foreach (var specification in Specification.All) Append(page, specification, tests);
        AppendMutations(page);
        return page.ToString();
    }

    private static void Overview(StringBuilder page, IReadOnlyList<TaggedTest> tests)
    {
        page.AppendLine("| Version | Statements | Concern the server | Do not apply | Shown by tests | Not shown |");
        page.AppendLine("|---|---|---|---|---|---|");
        foreach (var specification in Specification.All)
        {
            var server = specification.Statements.Where(statement => statement.ConcernsServer).ToArray();
            var apply = server.Where(statement => statement.Applies).ToArray();
            var shown = apply.Count(statement => TestsOf(specification, statement, tests).Any(test => test.ShowsServer));
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {specification.Title} | {specification.Statements.Count} | {server.Length} | {server.Length - apply.Length} | {shown} ({100.0 * shown / apply.Length:F1} %) | {apply.Length - shown} |");
        }

        page.AppendLine();
        page.AppendLine("A statement does not apply where its condition never holds for this broker; its row says why. Statements that concern");
        page.AppendLine("clients alone are listed too, with the tests of our client where there are some.");
    }

    private static void Append(StringBuilder page, Specification specification, IReadOnlyList<TaggedTest> tests)
    {
        page.AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"## {specification.Title}");
        foreach (var chapter in specification.Statements.GroupBy(statement => statement.Order[0]))
        {
            page.AppendLine();
            page.AppendLine(CultureInfo.InvariantCulture, $"### {chapter.Key} {Chapters[chapter.Key]}");
            page.AppendLine();
            page.AppendLine("| Statement | Concerns | What it asks for | Tests |");
            page.AppendLine("|---|---|---|---|");
            foreach (var statement in chapter)
            {
                page.AppendLine(CultureInfo.InvariantCulture,
                    $"| {statement.Id} | {statement.Party} | {statement.Summary} | {Cell(statement, [.. TestsOf(specification, statement, tests)])} |");
            }
        }
    }

    private static IEnumerable<TaggedTest> TestsOf(Specification specification, Statement statement, IReadOnlyList<TaggedTest> tests) =>
        tests.Where(test => test.Trait == specification.Prefix + statement.Id);

    private static string Cell(Statement statement, TaggedTest[] tests)
    {
        var cells = tests.GroupBy(test => (test.Project, test.Class)).Select(group =>
            $"[{group.Key.Class}]({Link(group.Key.Project, group.Key.Class)}): "
            + string.Join(", ", group.Select(test => test.Method is null ? "all" : $"`{test.Method}`")));
        if (statement.Reason is { } reason) cells = cells.Append("none: " + reason.Replace("n/a: ", "does not apply, ", StringComparison.Ordinal));
        else if (tests.Length == 0) cells = ["none: concerns the client"];
        return string.Join("<br>", cells);
    }

    private static string Link(string project, string type) =>
        "../" + Repository.Paths.Single(path => path.StartsWith($"tests/{project}/", StringComparison.Ordinal)
            && path.EndsWith($"/{type}.cs", StringComparison.Ordinal));

    /// <summary>What was broken on purpose, and which tests saw it.</summary>
    private static void AppendMutations(StringBuilder page)
    {
        var fields = Repository.Paths.Contains(MutationsFile)
            ? Repository.Read(MutationsFile).Lines.Where(line => line.StartsWith("== ", StringComparison.Ordinal)).ToArray()
            : [];
        if (fields.Length == 0) return;
        page.AppendLine();
        page.AppendLine("## Shown by breaking");
        page.AppendLine();
        page.AppendLine("`tests/conformance/break` breaks the broker in a copy of the tree, one statement at a time, runs that statement's tests and");
        page.AppendLine("expects them to fail. The statements were drawn at random from those that tests show, by `tests/conformance/break --draw`,");
        page.AppendLine("with the seeds 20261121 and 4711. The tests saw each of these:");
        page.AppendLine();
        page.AppendLine("| Statement | Broken so that |");
        page.AppendLine("|---|---|");
        foreach (var field in fields)
        {
            var parts = field[3..].Split(" | ");
            page.AppendLine(CultureInfo.InvariantCulture, $"| {parts[0]} | {parts[1]} |");
        }
    }
}
