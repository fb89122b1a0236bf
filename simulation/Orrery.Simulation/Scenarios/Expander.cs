using System.Globalization;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>Makes the runs of a document: each variant, in each cell of the matrix, in each cell of the sweep, so many times.</summary>
internal sealed class Expander
{
    /// <summary>Runs of one file; more would be a slip of the pen.</summary>
    public const int RunsMax = 100_000;

    /// <summary>The keys of a document that are gone after expansion.</summary>
    public static readonly IReadOnlyList<string> Keys = ["matrix", "sweep", "variants"];

    private readonly MapNode _document;
    private readonly ErrorList _errors;
    private readonly List<Axis> _axes = [];
    private readonly HashSet<string> _used = [];

    public Expander(MapNode document, ErrorList errors)
    {
        _document = document;
        _errors = errors;
    }

    /// <summary>The runs; worth nothing when an error was added.</summary>
    public IReadOnlyList<ScenarioRun> Expand()
    {
        var basis = _document with { Entries = [.. _document.Entries.Where(entry => !Keys.Contains(entry.Key))] };
        var variants = ReadVariants();
        ReadAxes("matrix");
        ReadAxes("sweep");
        var repeat = ReadRepeat();
        var cells = _axes.Aggregate((Int128)variants.Count, (count, axis) => count * axis.Values.Count);
        if (cells * repeat > RunsMax)
        {
            _errors.Add(_document.Position, $"{cells * repeat} runs, of at most {RunsMax}: shorten 'matrix' or 'sweep'");
            return [];
        }
        if (_document["sweep"] is not null && _document.Entries.FirstOrDefault(entry => entry.Key == "seed") is { } seed)
            _errors.Add(seed.Position, "a sweep makes its own seeds: leave 'seed' out");

        var runs = new List<ScenarioRun>();
        foreach (var (name, overlay) in variants)
        {
            var laid = overlay is null ? basis : Overlay.Merge(basis, overlay);
            foreach (var cell in Cells()) AddRuns(name, laid, cell, repeat, runs);
        }
        foreach (var axis in _axes.Where(axis => !_used.Contains(axis.Name)))
            _errors.Add(axis.Position, $"nothing uses this: write \"${axis.Name}\" where its values belong");
        return runs;
    }

    private void AddRuns(string? variant, MapNode laid, IReadOnlyList<(Axis Axis, int Index)> cell, int repeat, List<ScenarioRun> runs)
    {
        var values = cell.ToDictionary(part => part.Axis.Name, part => part.Axis.Values[part.Index]);
        var substitution = new Substitution(values, [.. _axes.Select(axis => axis.Name)], _errors);
        var concrete = substitution.Apply(laid);
        _used.UnionWith(substitution.Used);
        var reader = new ModelReader(_errors);
        if (reader.Read<Scenario>(concrete) is not { } scenario || _errors.Count > 0)
        {
            // Names are worth checking only where the records are whole.
            return;
        }

        ReferenceCheck.Run(scenario, reader.References, _errors);
        ScenarioRules.Check((MapNode)concrete, scenario, _errors);
        if (_errors.Count > 0) return;
        var canonical = CanonicalJson.Of(scenario);
        var hash = CanonicalJson.HashOf(canonical);
        var name = scenario.Name + (variant is null ? "" : "/" + variant)
            + (cell.Count == 0 ? "" : $"[{string.Join(',', cell.Select(part => $"{part.Axis.Name}={part.Axis.Label(part.Index)}"))}]");
        for (var number = 1; number <= repeat; number++)
        {
            var seed = _document["sweep"] is null ? scenario.Seed : ScenarioRun.SeedOf(scenario.Name, variant + CellText(cell), number);
            var numbered = repeat == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{number}");
            runs.Add(new ScenarioRun(numbered, seed, scenario, canonical, hash));
        }
    }

    // Independent of the order in which axes and values are written, so that adding one changes no other seed.
    private static string CellText(IReadOnlyList<(Axis Axis, int Index)> cell)
    {
        var start = new SourcePosition(1, 1);
        return CanonicalJson.Of(new MapNode(start, [.. cell.Select(part => new MapEntry(part.Axis.Name, start, part.Axis.Values[part.Index]))]));
    }

    private IEnumerable<IReadOnlyList<(Axis Axis, int Index)>> Cells()
    {
        IEnumerable<IReadOnlyList<(Axis, int)>> cells = [[]];
        foreach (var axis in _axes)
            cells = cells.SelectMany(cell => Enumerable.Range(0, axis.Values.Count), (cell, index) => (IReadOnlyList<(Axis, int)>)[.. cell, (axis, index)]);
        return cells;
    }

    private List<(string? Name, MapNode? Overlay)> ReadVariants()
    {
        if (_document["variants"] is not { } node) return [(null, null)];
        var variants = new List<(string?, MapNode?)>();
        foreach (var entry in EntriesOf(node, "variants"))
        {
            if (TextKinds.Problem(TextKind.ScenarioName, entry.Key) is { } wrong) _errors.Add(entry.Position, wrong);
            if (entry.Value is not MapNode overlay)
            {
                _errors.Add(entry.Value.Position, "a variant is a mapping with keys of a scenario");
                continue;
            }
            foreach (var inner in overlay.Entries.Where(inner => inner.Key is "orrery" or "name" || Keys.Contains(inner.Key)))
                _errors.Add(inner.Position, $"'{inner.Key}' belongs to the whole file, not to a variant");
            variants.Add((entry.Key, overlay));
        }
        return variants.Count == 0 ? [(null, null)] : variants;
    }

    private void ReadAxes(string key)
    {
        if (_document[key] is not { } node) return;
        foreach (var entry in EntriesOf(node, key).Where(entry => key != "sweep" || entry.Key != "repeat"))
        {
            if (Substitution.AtRun.Contains(entry.Key)) _errors.Add(entry.Position, $"'${entry.Key}' has a meaning already");
            else if (_axes.Any(axis => axis.Name == entry.Key)) _errors.Add(entry.Position, $"'{entry.Key}' is there twice");
            else if (!IsName(entry.Key)) _errors.Add(entry.Position, $"'{entry.Key}' is no name for $…: a lower-case letter, then letters, digits and '_'");
            else if (entry.Value is ListNode { Items.Count: > 0 } values) _axes.Add(new Axis(entry.Key, entry.Position, values.Items));
            else _errors.Add(entry.Value.Position, $"'{entry.Key}' is the list of its values: write [ … ]");
        }
    }

    private int ReadRepeat()
    {
        if ((_document["sweep"] as MapNode)?["repeat"] is not { } node) return 1;
        if (node is ScalarNode scalar && ScalarReader.Read(typeof(int), scalar, out _) is int and > 0 and var repeat) return repeat;
        _errors.Add(node.Position, "'repeat' is a whole number from 1");
        return 1;
    }

    private IEnumerable<MapEntry> EntriesOf(ScenarioNode node, string key)
    {
        if (node is MapNode map) return map.Entries.Where(entry => !entry.Key.StartsWith("x-", StringComparison.Ordinal));
        _errors.Add(node.Position, $"'{key}' is a mapping from names");
        return [];
    }

    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');

    /// <summary>One name of a matrix or sweep, with its values.</summary>
    private sealed record Axis(string Name, SourcePosition Position, IReadOnlyList<ScenarioNode> Values)
    {
        /// <summary>The value, or its number from 1 where it is no single value.</summary>
        public string Label(int index) =>
            Values[index] is ScalarNode scalar ? scalar.Text : (index + 1).ToString(CultureInfo.InvariantCulture);
    }
}
