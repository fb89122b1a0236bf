namespace Orrery.Conventions.Tests;

/// <summary>One file of the repository: its path from the root with forward slashes, and its lines.</summary>
internal sealed record RepositoryFile(string Path, IReadOnlyList<string> Lines)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public static RepositoryFile Of(string path, string text) => new(path, text.Split('\n'));
}

/// <summary>The working tree that these tests were built from, without what builds and tools leave in it.</summary>
internal static class Repository
{
    private static readonly string[] Ignored =
    [
        ".git", "bin", "obj", ".vs", ".idea", ".vscode", "TestResults", "BenchmarkDotNet.Artifacts", "node_modules",
        "artifacts", "__pycache__",
    ];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths of every file, from the root, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Paths { get; } = FindPaths();

    public static IEnumerable<RepositoryFile> Files(params string[] extensions) =>
        from path in Paths
        where extensions.Any(extension => path.EndsWith(extension, StringComparison.Ordinal))
        select Read(path);

    public static RepositoryFile Read(string path) => new(path, File.ReadAllLines(Path.Combine(Root, path)));

    public static IReadOnlyList<string> TopLevel() =>
        new DirectoryInfo(Root).EnumerateFileSystemInfos().Select(entry => entry.Name).Where(IsKept).ToArray();

    private static bool IsKept(string name) =>
        !Ignored.Contains(name) && !name.EndsWith(".user", StringComparison.Ordinal);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Engine.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }

    private static List<string> FindPaths()
    {
        var found = new List<string>();
        var pending = new Stack<DirectoryInfo>([new DirectoryInfo(Root)]);
        while (pending.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos().Where(entry => IsKept(entry.Name)))
            {
                if (entry is DirectoryInfo below) pending.Push(below);
                else found.Add(Path.GetRelativePath(Root, entry.FullName).Replace('\\', '/'));
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
