using System.Diagnostics.CodeAnalysis;

namespace Orrery.Broker.Topics;

/// <summary>Items by key, in the order in which their keys first came. Its owner is the only one to touch it.</summary>
/// <remarks>
/// Every array in it is replaced and never changed, so <see cref="ToList"/> shares them with readers on other threads.
/// One change copies at most <see cref="ChunkLength"/> items and one list of chunks, however many items there are.
/// Keys are looked up by hash, but nothing is ever enumerated in the order of hashes.
/// </remarks>
internal sealed class OrderedTable<TKey, TItem>
    where TKey : notnull
    where TItem : class, IKeyed<TKey>
{
    // Up to here a scan is as fast as an index, and nearly every topic has fewer subscribers.
    internal const int UnindexedMax = 32;

    // A chunk and the list of the chunks are copied for a change: about balanced at 65,536 items.
    internal const int ChunkLength = 256;

    private TItem[] _few = [];                              // all items, while there is no index
    private List<Chunk>? _chunks;
    private Dictionary<TKey, Chunk>? _index;

    public int Count { get; private set; }

    /// <summary>How many items and chunks were ever copied: the measure of the work done.</summary>
    internal long CopiedCount { get; private set; }

    [MemberNotNullWhen(true, nameof(_chunks), nameof(_index))]
    private bool IsIndexed => _index is not null;

    public TItem? Find(TKey key)
    {
        if (IsIndexed)
        {
            return _index.TryGetValue(key, out var chunk) ? chunk.Items[IndexOf(chunk.Items, key)] : null;
        }

        var at = IndexOf(_few, key);
        return at < 0 ? null : _few[at];
    }

    /// <summary>Adds the item at the end, or puts it in the place of the one with its key.</summary>
    /// <returns>The item that had the place, or null.</returns>
    public TItem? Put(TItem item)
    {
        if (!IsIndexed)
        {
            var at = IndexOf(_few, item.Key);
            if (at >= 0) return Replace(ref _few, at, item);
            if (Count < UnindexedMax)
            {
                _few = Append(_few, item);
                Count++;
                return null;
            }

            Rebuild();
        }

        if (_index!.TryGetValue(item.Key, out var chunk))
        {
            return Replace(ref chunk.Items, IndexOf(chunk.Items, item.Key), item);
        }

        var last = _chunks![^1];
        if (last.Items.Length == ChunkLength)
        {
            last = new Chunk([]);
            _chunks.Add(last);
        }

        last.Items = Append(last.Items, item);
        _index.Add(item.Key, last);
        Count++;
        return null;
    }

    /// <summary>Removes the item with the key.</summary>
    /// <returns>The item, or null if there was none.</returns>
    public TItem? Remove(TKey key)
    {
        if (!IsIndexed)
        {
            var at = IndexOf(_few, key);
            if (at < 0) return null;
            Count--;
            return RemoveAt(ref _few, at);
        }

        if (!_index.Remove(key, out var chunk)) return null;
        var removed = RemoveAt(ref chunk.Items, IndexOf(chunk.Items, key));
        Count--;

        // A quarter full: closing the gaps now costs each removal since the last time a few copies.
        if (Count <= UnindexedMax / 2 || Count < (_chunks.Count - 1) * (ChunkLength / 4)) Rebuild();
        return removed;
    }

    /// <summary>The items as of now, sharing the arrays.</summary>
    public OrderedList<TItem> ToList()
    {
        if (!IsIndexed) return Count == 0 ? default : new OrderedList<TItem>(_few, null);
        if (_chunks.Count == 1) return new OrderedList<TItem>(_chunks[0].Items, null);

        var rest = new TItem[_chunks.Count - 1][];
        for (var index = 0; index < rest.Length; index++)
        {
            rest[index] = _chunks[index + 1].Items;
        }

        CopiedCount += rest.Length;
        return new OrderedList<TItem>(_chunks[0].Items, rest);
    }

    private void Rebuild()
    {
        TItem[] all = IsIndexed ? [.. _chunks.SelectMany(chunk => chunk.Items)] : _few;
        CopiedCount += all.Length;
        _chunks = null;
        _index = null;
        _few = [];
        if (all.Length <= UnindexedMax / 2)
        {
            _few = all;
            return;
        }

        _chunks = all.Chunk(ChunkLength).Select(items => new Chunk(items)).ToList();
        _index = new Dictionary<TKey, Chunk>(all.Length);
        foreach (var chunk in _chunks)
        {
            foreach (var item in chunk.Items)
            {
                _index.Add(item.Key, chunk);
            }
        }
    }

    private static int IndexOf(TItem[] items, TKey key)
    {
        for (var index = 0; index < items.Length; index++)
        {
            if (EqualityComparer<TKey>.Default.Equals(items[index].Key, key)) return index;
        }

        return -1;
    }

    private TItem[] Append(TItem[] items, TItem item)
    {
        CopiedCount += items.Length;
        return [.. items, item];
    }

    private TItem Replace(ref TItem[] items, int at, TItem item)
    {
        CopiedCount += items.Length;
        var replaced = items[at];
        items = [.. items];
        items[at] = item;
        return replaced;
    }

    private TItem RemoveAt(ref TItem[] items, int at)
    {
        CopiedCount += items.Length;
        var removed = items[at];
        items = [.. items.AsSpan(0, at), .. items.AsSpan(at + 1)];
        return removed;
    }

    private sealed class Chunk(TItem[] items)
    {
        public TItem[] Items = items;
    }
}
