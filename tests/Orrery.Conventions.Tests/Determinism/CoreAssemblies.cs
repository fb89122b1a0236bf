namespace Orrery.Conventions.Tests.Determinism;

/// <summary>The assemblies whose every decision one seed reproduces, as they were built with these tests.</summary>
internal static class CoreAssemblies
{
    /// <summary>
    /// The production host of the actor runtime, and the few types through which actors publish to readers: the one place
    /// where threads, clocks, tasks and shared memory are the subject. .editorconfig excuses the same files from RS0030.
    /// </summary>
    private static readonly string[] Excused = ["Orrery.Actors.Production.", "Orrery.Actors.Extensions.Published"];

    public static IReadOnlyList<string> Paths { get; } =
        new[] { "Orrery.Actors", "Orrery.Mqtt", "Orrery.Broker" }
            .Select(name => Path.Combine(AppContext.BaseDirectory, name + ".dll")).ToArray();

    /// <param name="type">The full name of a type that is not nested; those nested in it follow it.</param>
    public static bool IsJudged(string type) => !Excused.Any(start => type.StartsWith(start, StringComparison.Ordinal));
}
