namespace Orrery.Conventions.Tests;

/// <summary>What a checker found: one sentence each, so that a red test can be acted on from its message alone.</summary>
internal static class Violations
{
    public static void AssertNone(IEnumerable<string> violations)
    {
        var found = violations.ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found.Prepend($"{found.Length} violations:")));
    }
}
