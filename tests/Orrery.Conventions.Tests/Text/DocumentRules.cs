using System.Text.RegularExpressions;

namespace Orrery.Conventions.Tests.Text;

/// <summary>A document names only files that exist, so that it cannot describe a tree that has moved on.</summary>
internal static partial class DocumentRules
{
    private static readonly string[] Roots = ["", "src/", "tests/", "docs/"];

    /// <summary>Names of programs that look like names of files.</summary>
    private static readonly string[] Products = ["MQTT.js", "Node.js"];

    /// <param name="document">The page.</param>
    /// <param name="paths">Every path of the repository, from its root.</param>
    public static IEnumerable<string> Check(RepositoryFile document, IReadOnlyCollection<string> paths)
    {
        var folder = document.Path[..(document.Path.LastIndexOf('/') + 1)];
        var roots = Roots.Append(folder).ToArray();
        foreach (var (line, number) in document.Lines.Select((line, index) => (line, index + 1)))
        {
            foreach (Match mention in FileMention().Matches(line))
            {
                var name = mention.Value.StartsWith("./", StringComparison.Ordinal) ? mention.Value[2..] : mention.Value;
                var known = name.Contains('/', StringComparison.Ordinal)
                    ? roots.Any(root => paths.Contains(Resolve(root + name)))
                    : paths.Any(path => path == name || path.EndsWith("/" + name, StringComparison.Ordinal));
                if (!known && !Products.Contains(name)) yield return $"{document.Path}:{number}: mentions {name}, which does not exist.";
            }
        }
    }

    private static string Resolve(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else if (part != ".") parts.Add(part);
        }

        return string.Join('/', parts);
    }

    // A pattern such as decisions/NNNN-title.md or *.yaml is not a file: neither a star nor a brace may touch the name.
    [GeneratedRegex(@"(?<![\w./*{}<$-])(\.{0,2}/)?[\w.-]+(/[\w.-]+)*\.(cs|md|csproj|props|sln|txt|py|js|sh|yaml)\b(?![\w*{}/-])(?<!NNNN[\w.-]*)")]
    private static partial Regex FileMention();
}
