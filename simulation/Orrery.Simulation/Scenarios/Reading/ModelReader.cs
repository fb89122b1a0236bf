using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Reflection;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>A text of the file that must name something the file declares.</summary>
internal sealed record Reference(ReferenceKind Kind, string Text, SourcePosition Position);

/// <summary>Gives a document's nodes their meaning: from nodes to the records of the model.</summary>
/// <remarks>It goes on after an error, so that one reading reports all that is wrong.</remarks>
internal sealed class ModelReader(ErrorList errors)
{
    private static readonly MethodInfo ListMethod = typeof(ModelReader).GetMethod(nameof(ToList), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo MapMethod = typeof(ModelReader).GetMethod(nameof(ToMap), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly List<Reference> _references = [];

    /// <summary>The names that were used, in file order.</summary>
    public IReadOnlyList<Reference> References => _references;

    /// <summary>Reads a record, or returns null with at least one error added.</summary>
    public T? Read<T>(ScenarioNode node) where T : class => (T?)ReadRecord(typeof(T), node, node.Position);

    private object? ReadValue(Type type, KeyShape key, ScenarioNode node)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ScalarReader.Reads(type)) return ReadScalar(type, key, node);
        if (RecordShape.ItemOf(type) is { } item) return ReadList(item, key, node);
        if (RecordShape.ValueOf(type) is { } value) return ReadMap(value, key, node);
        if (node is ScalarNode { IsNull: false } && RecordShape.Of(type) is { Shorthand: { } shorthand } shape)
            return ReadShorthand(shape, shape.Find(shorthand)!, key.Name, node);
        return ReadRecord(type, node, node.Position);
    }

    // What is wrong is said of the key that was written, not of the one that it stands for.
    private object? ReadShorthand(RecordShape shape, KeyShape stood, string written, ScenarioNode node)
    {
        if (ReadValue(stood.Property.PropertyType, stood with { Name = written }, node) is not { } value) return null;
        var record = Activator.CreateInstance(shape.Type)!;
        stood.Property.SetValue(record, value);
        return record;
    }

    private object? ReadScalar(Type type, KeyShape key, ScenarioNode node)
    {
        if (node is not ScalarNode scalar) return Fail(node, $"'{key.Name}' is one value, not a {NameOf(node)}");
        if (ScalarReader.Read(type, scalar, out var problem) is not { } value) return Fail(node, $"{key.Name}: {problem}");
        if (key.Get<WithinAttribute>() is { } range && ScalarReader.IsNumber(type)
            && (Convert.ToDecimal(value, CultureInfo.InvariantCulture) < range.Min || Convert.ToDecimal(value, CultureInfo.InvariantCulture) > range.Max))
            return Fail(node, $"{key.Name}: {value} is not in {range.Min}..{range.Max}");
        if (value is string text)
        {
            if (key.Get<TextAttribute>() is { } form && RecordShape.ValueOf(key.Property.PropertyType) is null
                && TextKinds.Problem(form.Kind, text) is { } wrong) return Fail(node, $"{key.Name}: {wrong}");
            if (key.Get<RefersAttribute>() is { } refers) _references.Add(new Reference(refers.Kind, text, node.Position));
        }
        return value;
    }

    private object? ReadList(Type item, KeyShape key, ScenarioNode node)
    {
        IReadOnlyList<ScenarioNode> nodes;
        if (node is ListNode list) nodes = list.Items;
        else if (key.Get<OneOrManyAttribute>() is not null) nodes = [node];
        else return Fail(node, $"'{key.Name}' is a list, not a {NameOf(node)}: write [ … ]");
        return ListMethod.MakeGenericMethod(item).Invoke(null, [nodes.Select(one => ReadValue(item, key, one)).Where(one => one is not null).ToArray()]);
    }

    private object? ReadMap(Type valueType, KeyShape key, ScenarioNode node)
    {
        if (node is not MapNode map) return Fail(node, $"'{key.Name}' is a mapping from names, not a {NameOf(node)}");
        var values = new List<(string Key, object Value)>();
        foreach (var entry in map.Entries.Where(entry => !IsFree(entry.Key)))
        {
            if (key.Get<TextAttribute>() is { } form && TextKinds.Problem(form.Kind, entry.Key) is { } wrong) errors.Add(entry.Position, wrong);
            if (key.Get<RefersAttribute>() is { } refers) _references.Add(new Reference(refers.Kind, entry.Key, entry.Position));
            if (ReadValue(valueType, key, entry.Value) is { } value) values.Add((entry.Key, value));
        }
        return MapMethod.MakeGenericMethod(valueType).Invoke(null, [values]);
    }

    private object? ReadRecord(Type type, ScenarioNode node, SourcePosition start)
    {
        var shape = RecordShape.Of(type);
        if (node is ScalarNode { IsNull: true }) return Fail(node, "no value; an empty mapping is written {}");
        if (node is ScalarNode word && shape.Choice is { By: null } && shape.Cases.Any(known => known.Name == word.Text))
            node = new MapNode(start, [new MapEntry(word.Text, start, new ScalarNode(start, "true", false))]);
        if (node is not MapNode map) return Fail(node, $"a mapping is due here, not a {NameOf(node)}");
        if (shape.Choice is not null) return Choose(shape, map) is { } chosen ? ReadRecord(chosen, map, start) : null;

        var record = Activator.CreateInstance(type)!;
        foreach (var entry in map.Entries) SetKey(shape, record, entry);
        foreach (var key in shape.Keys.Where(key => key.IsRequired && map[key.Name] is null)) errors.Add(start, $"the key '{key.Name}' is missing");
        foreach (var rule in shape.OneOf)
        {
            var present = rule.Keys.Where(key => map[key] is not null).ToArray();
            if (present.Length > 1) errors.Add(start, $"only one of {string.Join(", ", present)} can be there");
            if (present.Length == 0 && !rule.IsOptional) errors.Add(start, $"one of {string.Join(", ", rule.Keys)} is missing");
        }
        foreach (var rule in shape.Needs.Where(rule => map[rule.Key] is not null && map[rule.Needed] is null))
            errors.Add(start, $"'{rule.Key}' needs '{rule.Needed}'");
        return record;
    }

    private Type? Choose(RecordShape shape, MapNode map)
    {
        var names = shape.Cases.Select(known => known.Name).ToArray();
        if (shape.Choice!.By is { } by)
        {
            if (map[by] is not ScalarNode { IsNull: false } word)
            {
                errors.Add((map[by] ?? map).Position, $"'{by}: …' says what this is, and is missing; {NearestName.Hint("", names)}");
                return null;
            }
            if (shape.Cases.FirstOrDefault(known => known.Name == word.Text).Type is { } named) return named;
            errors.Add(word.Position, $"{by}: '{word.Text}' is not known; {NearestName.Hint(word.Text, names)}");
            return null;
        }

        var present = map.Entries.Where(entry => names.Contains(entry.Key)).ToArray();
        if (present.Length == 1) return shape.Cases.First(known => known.Name == present[0].Key).Type;
        if (present.Length > 1)
        {
            errors.Add(present[1].Position, $"'{present[0].Key}' and '{present[1].Key}' are two things: write two entries");
            return null;
        }
        var first = map.Entries.FirstOrDefault(entry => !IsFree(entry.Key));
        errors.Add(first?.Position ?? map.Position, first is null
            ? $"nothing is said here; {NearestName.Hint("", names)}"
            : $"no key says what this is; {NearestName.Hint(first.Key, names)}");
        return null;
    }

    private void SetKey(RecordShape shape, object record, MapEntry entry)
    {
        if (IsFree(entry.Key) || shape.Discriminators.Any(chosen => chosen.Key == entry.Key)) return;
        if (shape.Find(entry.Key) is not { } key)
        {
            var valid = shape.Keys.Select(known => known.Name).Concat(shape.Discriminators.Select(chosen => chosen.Key));
            errors.Add(entry.Position, $"the key '{entry.Key}' is not known{WhereOf(shape)}; {NearestName.Hint(entry.Key, valid)}");
        }
        else if (ReadValue(key.Property.PropertyType, key, entry.Value) is { } value)
        {
            key.Property.SetValue(record, value);
        }
    }

    private static string WhereOf(RecordShape shape) =>
        shape.Discriminators.Count == 0 ? "" : $" with {string.Join(", ", shape.Discriminators.Reverse().Select(chosen => $"{chosen.Key}: {chosen.Value}"))}";

    private object? Fail(ScenarioNode node, string message)
    {
        errors.Add(node.Position, message);
        return null;
    }

    private static bool IsFree(string key) => key.StartsWith("x-", StringComparison.Ordinal);

    private static string NameOf(ScenarioNode node) => node switch
    {
        ScalarNode => "single value",
        ListNode => "list",
        _ => "mapping",
    };

    private static ReadOnlyCollection<T> ToList<T>(IEnumerable values) => Array.AsReadOnly(values.Cast<T>().ToArray());

    private static NameDictionary<T> ToMap<T>(List<(string Key, object Value)> values) where T : class =>
        new(values.Select(entry => KeyValuePair.Create(entry.Key, (T)entry.Value)));
}
