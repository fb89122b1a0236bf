using System.Reflection.Metadata;
using Orrery.Conventions.Tests.Determinism;

namespace Orrery.Conventions.Tests.Conformance;

/// <summary>One test, or all tests of a class, that says which statement it shows.</summary>
/// <param name="Project">The test project.</param>
/// <param name="Class">The class, without its namespace.</param>
/// <param name="Method">The test, or null where the whole class says so.</param>
/// <param name="Trait">The value of the trait.</param>
internal sealed record TaggedTest(string Project, string Class, string? Method, string Trait)
{
    // A list and not a search, so that a project that was not built is a failure and not a gap.
    private static readonly string[] Projects =
        ["Orrery.Broker.Tests", "Orrery.Client.Tests", "Orrery.Mqtt.Tests", "Orrery.Server.Tests"];

    /// <summary>Tests of our client show what a client does, and nothing of the server.</summary>
    public bool ShowsServer => Project != "Orrery.Client.Tests";

    /// <summary>Every trait <c>Statement</c> in the assemblies that were built with these tests, in ordinal order.</summary>
    public static IReadOnlyList<TaggedTest> ReadAll() =>
        [.. Projects.SelectMany(ReadProject)
            .OrderBy(test => test.Project, StringComparer.Ordinal)
            .ThenBy(test => test.Class, StringComparer.Ordinal)
            .ThenBy(test => test.Method, StringComparer.Ordinal)];

    private static IEnumerable<TaggedTest> ReadProject(string project)
    {
        var build = new DirectoryInfo(AppContext.BaseDirectory);    // bin/CONFIGURATION/FRAMEWORK
        var path = Path.Combine(Repository.Root, "tests", project, "bin", build.Parent!.Name, build.Name, project + ".dll");
        using var assembly = new Metadata(path);
        foreach (var handle in assembly.Reader.TypeDefinitions)
        {
            var type = assembly.Reader.GetTypeDefinition(handle);
            var name = assembly.Text(type.Name);
            foreach (var trait in Statements(assembly, type.GetCustomAttributes()))
                yield return new TaggedTest(project, name, null, trait);
            foreach (var method in type.GetMethods().Select(assembly.Reader.GetMethodDefinition))
            {
                foreach (var trait in Statements(assembly, method.GetCustomAttributes()))
                    yield return new TaggedTest(project, name, assembly.Text(method.Name), trait);
            }
        }
    }

    private static IEnumerable<string> Statements(Metadata assembly, CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes.Select(assembly.Reader.GetCustomAttribute))
        {
            if (assembly.NameOf(attribute) != "Xunit.TraitAttribute") continue;
            var value = assembly.Reader.GetBlobReader(attribute.Value);
            value.ReadUInt16();                         // the prolog of ECMA-335 II.23.3, then the two strings
            if (value.ReadSerializedString() == "Statement" && value.ReadSerializedString() is { } statement) yield return statement;
        }
    }
}
