namespace Orrery.Broker.Topics;

/// <summary>An immutable list in chunks, so that a change to a long one copies a chunk and not the list.</summary>
/// <remarks>Made by <see cref="OrderedTable{TKey, TItem}.ToList"/>. The default value is the empty list.</remarks>
internal readonly struct OrderedList<TItem>
    where TItem : class
{
    private readonly TItem[]? _first;                       // most lists have nothing else
    private readonly TItem[][]? _rest;

    internal OrderedList(TItem[]? first, TItem[][]? rest)
    {
        _first = first;
        _rest = rest;
    }

    public bool IsEmpty => _first is null;

    public int Count
    {
        get
        {
            var count = _first?.Length ?? 0;
            foreach (var chunk in _rest ?? [])
            {
                count += chunk.Length;
            }

            return count;
        }
    }

    public void CopyTo(List<TItem> into)
    {
        if (_first is null) return;
        if (_rest is null && _first.Length == 1)
        {
            into.Add(_first[0]);                            // by far the most frequent
            return;
        }

        into.AddRange(_first.AsSpan());
        foreach (var chunk in _rest ?? [])
        {
            into.AddRange(chunk.AsSpan());
        }
    }

    public TItem[] ToArray()
    {
        var items = new List<TItem>(Count);
        CopyTo(items);
        return items.ToArray();
    }
}
