using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Orrery.Server.Sockets;

/// <summary>The few features that Kestrel gives a connection, in one small array: an idle connection pays for them.</summary>
internal sealed class ConnectionFeatures : IFeatureCollection
{
    private const int Few = 4;

    private KeyValuePair<Type, object>[] _features = new KeyValuePair<Type, object>[Few];
    private int _count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision { get; private set; }

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get
        {
            var at = IndexOf(key);
            return at < 0 ? null : _features[at].Value;
        }
        set => Set(key, value);
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => Set(typeof(TFeature), instance);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.Take(_count).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Set(Type key, object? value)
    {
        Revision++;
        var at = IndexOf(key);
        if (value is null)
        {
            if (at >= 0) _features[at] = _features[--_count];
            return;
        }

        if (at < 0)
        {
            if (_count == _features.Length) Array.Resize(ref _features, _count * 2);
            at = _count++;
        }

        _features[at] = new(key, value);
    }

    private int IndexOf(Type key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_features[i].Key == key) return i;
        }

        return -1;
    }
}
