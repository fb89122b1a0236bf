namespace Orrery.Simulation.Reports;

/// <summary>Texts by number, in the order in which they were first asked for.</summary>
internal sealed class HtmlTable
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<string> _all = [];

    /// <summary>The texts.</summary>
    public IReadOnlyList<string> All => _all;

    /// <summary>The number of a text, which it gets if it has none.</summary>
    public int IndexOf(string text)
    {
        if (_indices.TryGetValue(text, out var index)) return index;
        _indices.Add(text, _all.Count);
        _all.Add(text);
        return _all.Count - 1;
    }
}
