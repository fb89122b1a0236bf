namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>One thing that is wrong with a scenario file.</summary>
/// <param name="File">The file's name, as it was given.</param>
/// <param name="Position">Where.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record ScenarioError(string File, SourcePosition Position, string Message)
{
    /// <summary>`file:line:column: message`, which editors jump to.</summary>
    public override string ToString() => $"{File}:{Position.Line}:{Position.Column}: {Message}";
}

/// <summary>Collects what is wrong with one file, each thing once.</summary>
internal sealed class ErrorList(string file)
{
    private readonly HashSet<ScenarioError> _errors = [];

    /// <summary>How many there are.</summary>
    public int Count => _errors.Count;

    /// <summary>Adds one, unless it is there: the runs of one file share most of its nodes.</summary>
    public void Add(SourcePosition position, string message) => _errors.Add(new ScenarioError(file, position, message));

    /// <summary>By line, column and text.</summary>
    public IReadOnlyList<ScenarioError> Sorted() =>
        [.. _errors.OrderBy(error => error.Position.Line).ThenBy(error => error.Position.Column).ThenBy(error => error.Message, StringComparer.Ordinal)];
}
