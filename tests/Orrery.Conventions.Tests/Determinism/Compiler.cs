using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Orrery.Conventions.Tests.Determinism;

/// <summary>Runs the compiler of this build, with the analyzer, the list and the settings of the repository, on one file.</summary>
internal static partial class Compiler
{
    /// <summary>The numbers of the lines that RS0030 was reported for; the build makes an error of it.</summary>
    /// <param name="path">Where in the repository the file would be, which decides the settings that apply to it.</param>
    /// <param name="source">Its text.</param>
    public static IReadOnlyList<int> BannedLines(string path, string source)
    {
        // Below the build's own output, so that nothing is left in the tree, with the repository's settings copied above it.
        var root = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "probe", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, source);
            File.Copy(Path.Combine(Repository.Root, ".editorconfig"), Path.Combine(root, ".editorconfig"));

            var output = Run(root, file);
            return BannedLine().Matches(output).Select(match => int.Parse(match.Groups["line"].ValueSpan, provider: null)).Distinct().Order().ToArray();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Run(string root, string file)
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
            .Append(file))
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

    [GeneratedRegex(@"\((?<line>\d+),\d+\): warning RS0030")]
    private static partial Regex BannedLine();
}
