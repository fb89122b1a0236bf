using System.Text.RegularExpressions;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>Puts the values of one cell in the place of `$name`.</summary>
/// <remarks>
/// A scalar that is `$name` alone becomes the value, whatever that is; inside a text, the value must be a scalar. `$$` is a dollar
/// sign, and stays as written until the run, which also fills in <see cref="AtRun"/>.
/// </remarks>
internal sealed partial class Substitution(IReadOnlyDictionary<string, ScenarioNode> values, IReadOnlyCollection<string> axes, ErrorList errors)
{
    /// <summary>Names that the run fills in, and $share, which is MQTT's.</summary>
    public static readonly IReadOnlyList<string> AtRun = ["broker", "client", "index", "share"];

    private readonly HashSet<string> _used = [];

    /// <summary>The names that were used.</summary>
    public IReadOnlyCollection<string> Used => _used;

    /// <summary>The node with all names replaced; each part keeps the position it was written at.</summary>
    public ScenarioNode Apply(ScenarioNode node) => node switch
    {
        MapNode map => map with { Entries = [.. map.Entries.Select(entry => IsFree(entry) ? entry : entry with { Value = Apply(entry.Value) })] },
        ListNode list => list with { Items = [.. list.Items.Select(Apply)] },
        ScalarNode scalar => Apply(scalar),
        _ => node,
    };

    private ScenarioNode Apply(ScalarNode scalar)
    {
        if (!scalar.Text.Contains('$', StringComparison.Ordinal)) return scalar;
        var whole = Name().Match(scalar.Text);
        if (whole.Success && whole.Length == scalar.Text.Length && values.TryGetValue(whole.Groups["name"].Value, out var value))
        {
            _used.Add(whole.Groups["name"].Value);
            return value;
        }
        return scalar with { Text = Name().Replace(scalar.Text, match => Replace(match, scalar)) };
    }

    private string Replace(Match match, ScalarNode scalar)
    {
        var name = match.Groups["name"].Value;
        if (name.Length == 0 || AtRun.Contains(name)) return match.Value;
        if (!values.TryGetValue(name, out var value))
        {
            errors.Add(scalar.Position, $"'${name}' is the name of nothing; {NearestName.Hint(name, axes.Concat(AtRun))} ('$$' is a dollar sign)");
            return match.Value;
        }

        _used.Add(name);
        if (value is ScalarNode replaced) return replaced.Text;
        errors.Add(scalar.Position, $"'${name}' is not a single value, so it must stand alone");
        return match.Value;
    }

    private static bool IsFree(MapEntry entry) => entry.Key.StartsWith("x-", StringComparison.Ordinal);

    [GeneratedRegex(@"\$\$|\$(?<name>[a-z][a-z0-9_]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
