using System.Text.RegularExpressions;

namespace Orrery.Conventions.Tests.Text;

/// <summary>Rules about the text of source files, each a function from one file to what is wrong with it.</summary>
internal static partial class SourceRules
{
    private const int SourceLinesMax = 450; // near 400 a file holds a second concept; tables may come close to the limit

    private static readonly string[] FilesWithoutNamespace = ["Program.cs", "GlobalUsings.cs", "AssemblyInfo.cs"];

    /// <summary>Namespace = folder, below the project's root namespace.</summary>
    public static IEnumerable<string> CheckNamespace(RepositoryFile file, string projectFolder, string rootNamespace)
    {
        var folder = file.Path[projectFolder.Length..];
        var slash = folder.LastIndexOf('/');
        var expected = slash < 0 ? rootNamespace : $"{rootNamespace}.{folder[..slash].Replace('/', '.')}";
        var declared = file.Lines.Select(line => NamespaceLine().Match(line)).Where(match => match.Success).ToArray();

        if (declared.Length == 0 && FilesWithoutNamespace.Contains(file.Name)) yield break;
        if (declared.Length != 1)
            yield return $"{file.Path}: has {declared.Length} namespace declarations in place of one.";
        else if (declared[0].Groups["name"].Value != expected)
            yield return $"{file.Path}: namespace {declared[0].Groups["name"].Value} in place of {expected}.";
        else if (declared[0].Groups["end"].Value != ";")
            yield return $"{file.Path}: the namespace is not file-scoped.";
    }

    public static IEnumerable<string> CheckLength(RepositoryFile file)
    {
        if (file.Lines.Count >= SourceLinesMax)
            yield return $"{file.Path}: {file.Lines.Count} lines; look for the second concept (limit {SourceLinesMax}).";
    }

    public static IEnumerable<string> CheckMachinePaths(RepositoryFile file) => Report(file, MachinePath(), "names a path of one machine");

    public static IEnumerable<string> CheckTests(RepositoryFile file) =>
        Report(file, SkippedTest(), "skips a test")
            .Concat(Report(file, Sleep(), "waits in real time"))
            .Concat(Report(file, EmptyAssertion(), "asserts nothing"));

    public static IEnumerable<string> CheckUnfinished(RepositoryFile file) => Report(file, Unfinished(), "says that it is unfinished");

    public static IEnumerable<string> CheckSuppressions(RepositoryFile file) =>
        Report(file, BannedSymbolSuppression(), "switches the list of banned symbols off");

    private static IEnumerable<string> Report(RepositoryFile file, Regex pattern, string what) =>
        from line in file.Lines.Select((text, index) => (Text: text, Number: index + 1))
        where pattern.IsMatch(line.Text)
        select $"{file.Path}:{line.Number}: {what}: {line.Text.Trim()}";

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)\s*(?<end>;?)")]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"(?<![\w.$}])/(work|farm|root|tmp|home)/[a-z.]|[A-Z]:\\+Users")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\bSkip\s*=\s*(""|nameof)")]
    private static partial Regex SkippedTest();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\s*\(|\bTask\s*\.\s*Delay\s*\(|\bSpinWait\s*\.\s*SpinUntil\s*\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"Assert\.True\(true\)|Assert\.False\(false\)")]
    private static partial Regex EmptyAssertion();

    [GeneratedRegex(@"NotImplementedException|\bHACK\b|\bFIXME\b|\bTODO\b(?!: \w)|\b[Ff]or now\b|\bnot yet supported\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"RS0030")]
    private static partial Regex BannedSymbolSuppression();
}
