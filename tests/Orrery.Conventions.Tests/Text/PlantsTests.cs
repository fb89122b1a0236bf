namespace Orrery.Conventions.Tests.Text;

/// <summary>What the scripts below tests/ plant must fit the code that is there, or they prove nothing when they run.</summary>
public sealed class PlantsTests
{
    public static TheoryData<string> Files => ["tests/sabotage/rules.txt", "tests/sabotage/determinism.txt", "tests/conformance/mutations.txt"];

    [Theory, MemberData(nameof(Files))]
    public void The_lines_that_each_plant_replaces_stand_once(string file) =>
        Violations.AssertNone(Misfits(File.ReadAllLines(Path.Combine(Repository.Root, file)), Repository.Root));

    [Fact]
    public void Lines_that_stand_nowhere_or_twice_are_found()
    {
        var folder = Directory.CreateTempSubdirectory("orrery-plants-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "a.cs"), "    one();\n    two();\n    one();\n");

            Assert.Equal(
                ["twice | x: 2 times in a.cs: one();", "gone | x: 0 times in .: three();"],
                Misfits(["# remark", "== fits | x", "-- .", "-     one();", "-     two();", "+ ", "== twice | x", "-- a.cs", "-     one();", "", "== gone | x", "-- .", "-     three();"], folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<string> Misfits(IReadOnlyList<string> lines, string root)
    {
        var misfits = new List<string>();
        var (name, place, old) = ("", "", "");
        foreach (var line in lines.Append("== "))
        {
            if (line.StartsWith("- ", StringComparison.Ordinal) || line == "-") old += line[Math.Min(2, line.Length)..].TrimEnd() + "\n";
            if (!line.StartsWith("== ", StringComparison.Ordinal) && !line.StartsWith("-- ", StringComparison.Ordinal)) continue;
            if (old.Length > 0 && Count(Path.Combine(root, place), old) is not 1 and var count) misfits.Add($"{name}: {count} times in {place}: {old.Trim()}");
            old = "";
            if (line[0] == '=') name = line[3..];
            else place = line[3..];
        }

        return misfits;
    }

    private static int Count(string place, string lines) =>
        (File.Exists(place) ? [place] : Directory.EnumerateFiles(place, "*.cs", SearchOption.AllDirectories))
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Sum(path => File.ReadAllText(path).Split(lines).Length - 1);
}
