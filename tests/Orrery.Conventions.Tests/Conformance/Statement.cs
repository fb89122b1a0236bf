namespace Orrery.Conventions.Tests.Conformance;

/// <summary>One normative statement of one version of MQTT.</summary>
/// <param name="Id">As the specification has it, without brackets: MQTT-3.1.0-1.</param>
/// <param name="Party">Who has to keep it: server, client or both.</param>
/// <param name="Summary">What it asks for, in our own words.</param>
/// <param name="Reason">Why no test shows it, or null. Starts with <c>n/a:</c> where its condition never holds for this broker.</param>
internal sealed record Statement(string Id, string Party, string Summary, string? Reason)
{
    public bool ConcernsServer => Party is "server" or "both";

    public bool Applies => Reason?.StartsWith("n/a:", StringComparison.Ordinal) != true;

    /// <summary>The section of the specification: 3.1.0 of MQTT-3.1.0-1.</summary>
    public string Section => Id.Split('-')[1];

    /// <summary>Chapter, section, subsection and number, so that 3.1.2-9 comes before 3.1.2-10.</summary>
    public IReadOnlyList<int> Order => Id["MQTT-".Length..].Split('.', '-').Select(int.Parse).ToArray();

    /// <summary>Reads a list: a statement a line, its fields between bars; a line that starts with # is a remark.</summary>
    public static IReadOnlyList<Statement> ReadList(IEnumerable<string> lines) =>
        [.. from line in lines
            where line.Length > 0 && line[0] != '#'
            let fields = line.Split(" | ")
            select new Statement(fields[0], fields[1], fields[2], fields.Length > 3 ? fields[3] : null)];
}
