namespace Orrery.Conventions.Tests.Conformance;

/// <summary>One version of MQTT, and how tests name its statements.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Prefix">What a trait's value has in front of the statement's id.</param>
/// <param name="File">The list of its statements, from the repository's root.</param>
/// <param name="Count">How many statements the specification's appendix B has, so that none goes missing from the list.</param>
internal sealed record Specification(string Title, string Prefix, string File, int Count)
{
    public static IReadOnlyList<Specification> All { get; } =
    [
        new("MQTT 5.0", "", "tests/Orrery.Conventions.Tests/Conformance/mqtt-5.0.txt", 251),
        new("MQTT 3.1.1", "v311:", "tests/Orrery.Conventions.Tests/Conformance/mqtt-3.1.1.txt", 141),
    ];

    public IReadOnlyList<Statement> Statements => Statement.ReadList(Repository.Read(File).Lines);

    /// <summary>Whether a trait's value names a statement of this version.</summary>
    public bool IsNamedBy(string trait) => trait.StartsWith(Prefix + "MQTT-", StringComparison.Ordinal);
}
