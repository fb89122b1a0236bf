using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>One key that a record of the model has.</summary>
internal sealed record KeyShape(string Name, PropertyInfo Property, bool IsRequired)
{
    /// <summary>An attribute of the property, or null.</summary>
    public TAttribute? Get<TAttribute>() where TAttribute : Attribute => Property.GetCustomAttribute<TAttribute>();
}

/// <summary>The keys of one record of the model: what reader, canonical form and JSON Schema have in common.</summary>
/// <remarks>The records are the only place where keys are listed. Shapes are derived once and never change.</remarks>
internal sealed class RecordShape
{
    private static readonly Dictionary<Type, RecordShape> Known = typeof(Scenario).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsGenericType: false, IsNested: false } && type.Namespace == typeof(Scenario).Namespace)
        .ToDictionary(type => type, type => new RecordShape(type));

    private RecordShape(Type type)
    {
        Type = type;
        Choice = type.GetCustomAttribute<ChoiceAttribute>();
        Keys = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null)
            .Select(property => new KeyShape(
                KeyOf(property, property.Name), property, property.GetCustomAttribute<RequiredMemberAttribute>() is not null))
            .OrderBy(key => key.Name, StringComparer.Ordinal)];
        Cases = [.. type.Assembly.GetTypes()
            .Where(other => other.GetCustomAttribute<CaseAttribute>() is not null && ChooserOf(other) == type)
            .Select(other => (other.GetCustomAttribute<CaseAttribute>()!.Name, other))
            .OrderBy(known => known.Name, StringComparer.Ordinal)];
        OneOf = [.. type.GetCustomAttributes<OneOfAttribute>()];
        Needs = [.. type.GetCustomAttributes<NeedsAttribute>()];
        Shorthand = type.GetCustomAttribute<ShorthandAttribute>()?.Key;
        for (var at = type; ChooserOf(at) is { } above; at = above)
        {
            if (CaseOf(at) is { } chosen && above.GetCustomAttribute<ChoiceAttribute>()!.By is { } by) Discriminators = [.. Discriminators, (by, chosen)];
        }
    }

    /// <summary>The record.</summary>
    public Type Type { get; }

    /// <summary>How its cases are told apart, or null for a plain record.</summary>
    public ChoiceAttribute? Choice { get; }

    /// <summary>By name, in ordinal order.</summary>
    public IReadOnlyList<KeyShape> Keys { get; }

    /// <summary>By name, in ordinal order; empty for a plain record.</summary>
    public IReadOnlyList<(string Name, Type Type)> Cases { get; }

    /// <summary>The keys and values that choose this record among its siblings.</summary>
    public IReadOnlyList<(string Key, string Value)> Discriminators { get; } = [];

    /// <summary>Keys that exclude each other.</summary>
    public IReadOnlyList<OneOfAttribute> OneOf { get; }

    /// <summary>Keys that need others.</summary>
    public IReadOnlyList<NeedsAttribute> Needs { get; }

    /// <summary>The key that a scalar stands for, or null.</summary>
    public string? Shorthand { get; }

    /// <summary>The shape of a record.</summary>
    public static RecordShape Of(Type type) => Known[type];

    /// <summary>The key with this name, or null.</summary>
    public KeyShape? Find(string name) => Keys.FirstOrDefault(key => key.Name == name);

    /// <summary>The names and values of an enum as they are written.</summary>
    public static IEnumerable<(string Name, object Value)> ValuesOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (KeyOf(field, field.Name), field.GetValue(null)!));

    /// <summary>The type of the items of a list, or null.</summary>
    public static Type? ItemOf(Type type) => ArgumentOf(type, typeof(IReadOnlyList<>));

    /// <summary>The type of the values of a map with text keys, or null.</summary>
    public static Type? ValueOf(Type type) => ArgumentOf(type, typeof(NameDictionary<>));

    // A choice may have a base between itself and its cases, for what some of them have in common.
    private static Type? ChooserOf(Type type)
    {
        var above = type.BaseType;
        while (above is not null && above.GetCustomAttribute<ChoiceAttribute>() is null) above = above.BaseType;
        return above;
    }

    private static string? CaseOf(Type type) => type.GetCustomAttribute<CaseAttribute>()?.Name;

    private static Type? ArgumentOf(Type type, Type definition) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition ? type.GetGenericArguments()[0] : null;

    private static string KeyOf(MemberInfo member, string name)
    {
        if (member.GetCustomAttribute<KeyAttribute>() is { } given) return given.Key;
        var key = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && key.Length > 0) key.Append('_');
            key.Append(char.ToLowerInvariant(letter));
        }
        return key.ToString();
    }
}
