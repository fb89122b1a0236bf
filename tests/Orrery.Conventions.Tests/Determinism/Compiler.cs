using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>Runs the compiler of this build, with the analyzer, the list and the settings of the repository.</summary>
internal static partial class Compiler
{
    /// <summary>For each path, the numbers of the lines that RS0030 was reported for; the build makes an error of it.</summary>
    /// <param name="sources">Text by the path in the repository where it would be, which decides the settings that apply.</param>
    public static ILookup<string, int> BannedLines(IReadOnlyDictionary<string, string> sources)
    {
        // Below the build's own output, so that nothing is left in the tree, with the repository's settings copied above it.
        var root = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "probe", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            foreach (var (path, source) in sources)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
                File.WriteAllText(Path.Combine(root, path), source);
            }

            File.Copy(Path.Combine(Repository.Root, ".editorconfig"), Path.Combine(root, ".editorconfig"));
            return BannedLine().Matches(Run(root, sources.Keys))
                .Select(match => (Path: match.Groups["path"].Value, Line: int.Parse(match.Groups["line"].ValueSpan, provider: null)))
                .Distinct().OrderBy(found => found.Line)
                .ToLookup(found => Path.GetRelativePath(root, found.Path).Replace('\\', '/'), found => found.Line);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Run(string root, IEnumerable<string> paths)
    {
        var analyzers = Directory.GetFiles(Metadata("BannedApiAnalyzersPath"), "*.dll");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll" or "Microsoft.CSharp.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", Metadata("CompilerPath"), "/noconfig", "/nostdlib", "/target:library", "/unsafe", "/nologo" }
            .Append($"/out:{Path.Combine(root, "probe.dll")}")
            .Append($"/analyzerconfig:{Path.Combine(root, ".editorconfig")}")
            .Append($"/additionalfile:{Path.Combine(Repository.Root, "src/BannedSymbols.Core.txt")}")
            .Concat(analyzers.Select(path => $"/analyzer:{path}"))
            .Concat(references.Select(path => $"/reference:{path}"))
            .Concat(paths.Select(path => Path.Combine(root, path))))
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();

        // Any other error would hide what the probe is about.
        Assert.DoesNotMatch(@": error ", output);
        return output;
    }

    private static string Metadata(string key) =>
        typeof(Compiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    [GeneratedRegex(@"^(?<path>.*?)\((?<line>\d+),\d+\): warning RS0030", RegexOptions.Multiline)]
    private static partial Regex BannedLine();
}
