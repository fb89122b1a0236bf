using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Scenarios.Model;

/// <summary>Immutable values by name, which enumerate in ordinal order of the names, however the file orders them.</summary>
/// <typeparam name="T">The type of a value.</typeparam>
public sealed class NameDictionary<T> : IReadOnlyDictionary<string, T>, INameDictionary where T : class
{
    private readonly string[] _names;
    private readonly T[] _values;

    /// <summary>Takes the values; names are unique.</summary>
    internal NameDictionary(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var sorted = entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        _names = [.. sorted.Select(entry => entry.Key)];
        _values = [.. sorted.Select(entry => entry.Value)];
    }

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _names;

    /// <inheritdoc/>
    public IEnumerable<T> Values => _values;

    /// <inheritdoc/>
    public int Count => _names.Length;

    /// <inheritdoc/>
    public T this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"there is no '{key}'");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var index = IndexOf(key);
        value = index < 0 ? null : _values[index];
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => _names.Zip(_values, KeyValuePair.Create).GetEnumerator();

    IEnumerable<(string Name, object Value)> INameDictionary.Entries => _names.Zip(_values, (name, value) => (name, (object)value));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string key) => Array.BinarySearch(_names, key, StringComparer.Ordinal);
}

/// <summary>A <see cref="NameDictionary{T}"/> of any type.</summary>
internal interface INameDictionary
{
    /// <summary>In ordinal order of the names.</summary>
    IEnumerable<(string Name, object Value)> Entries { get; }
}
