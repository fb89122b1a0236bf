using System.Xml.Linq;

namespace Orrery.Conventions.Tests.Projects;

/// <summary>The parts of a project file that the conventions speak about.</summary>
internal sealed record ProjectFile(
    string Path,
    IReadOnlyList<string> ProjectReferences,
    IReadOnlyList<string> PackageReferences,
    IReadOnlyList<string> FrameworkReferences,
    IReadOnlyList<string> VersionedPackages,
    IReadOnlyDictionary<string, string> Properties)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string RootNamespace => Properties.GetValueOrDefault("RootNamespace", Name);

    public string Folder => Path[..(Path.LastIndexOf('/') + 1)];

    public static ProjectFile Parse(string path, string xml)
    {
        var document = XDocument.Parse(xml);
        var packages = document.Descendants("PackageReference").ToArray();
        return new ProjectFile(
            path,
            Includes(document, "ProjectReference").Select(include => include.Replace('\\', '/')).ToArray(),
            packages.Select(package => (string?)package.Attribute("Include") ?? "").ToArray(),
            Includes(document, "FrameworkReference"),
            packages.Where(package => package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null)
                .Select(package => (string?)package.Attribute("Include") ?? "").ToArray(),
            document.Descendants("PropertyGroup").Elements()
                .GroupBy(property => property.Name.LocalName)
                .ToDictionary(group => group.Key, group => group.Last().Value.Trim()));
    }

    public static IReadOnlyList<ProjectFile> All() =>
        Repository.Paths.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(path => Parse(path, File.ReadAllText(System.IO.Path.Combine(Repository.Root, path))))
            .ToArray();

    /// <summary>The names, without folder and extension, of the projects that this one refers to.</summary>
    public IEnumerable<string> ReferencedNames() => ProjectReferences.Select(System.IO.Path.GetFileNameWithoutExtension)!;

    private static string[] Includes(XDocument document, string element) =>
        document.Descendants(element).Select(item => (string?)item.Attribute("Include") ?? "").ToArray();
}
