namespace Orrery.Conventions.Tests.Determinism;

/// <summary>The reviewed types and members of the framework that the core may touch, from AllowedMembers.txt.</summary>
/// <remarks>
/// A line is <c>Type</c> (it may be named), <c>Type: member member</c> (these of its members) or <c>Type: *</c> (all of them,
/// for types whose every member gives the same result in every process). A line that starts with # is a comment.
/// </remarks>
internal sealed class AllowList
{
    private readonly Dictionary<string, string[]> _members = [];

    private AllowList(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var parts = line.Split(": ", 2);
            _members.Add(parts[0], parts.Length == 1 ? [] : parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    public IEnumerable<(string Type, string Member)> Entries =>
        from entry in _members
        from member in entry.Value.DefaultIfEmpty("")
        select (entry.Key, member);

    public static AllowList Parse(params string[] lines) => new(lines);

    public static AllowList Read(string name) =>
        new(File.ReadAllLines(Path.Combine(Repository.Root, "tests/Orrery.Conventions.Tests/Determinism", name)));

    public bool Allows(Use use) =>
        _members.TryGetValue(use.Type, out var members)
        && (use.Member.Length == 0 || members.Contains("*") || members.Contains(use.Member));

    public IEnumerable<string> Check(IEnumerable<Use> uses) =>
        from use in uses
        where !Allows(use)
        select $"{use}, first in {use.Where}: not on the list of reviewed members. "
            + "If it gives the same result in every process and run, add it to AllowedMembers.txt.";
}
