using System.Diagnostics.CodeAnalysis;

namespace Orrery.Actors.Extensions;

/// <summary>A map from byte strings that one actor changes and any thread reads without a lock.</summary>
/// <typeparam name="TValue">The values; immutable by agreement, or safe for threads themselves.</typeparam>
/// <remarks>
/// Chains of nodes that never change, behind a table that is replaced when it has grown too full. A reader sees each
/// change whole or not at all; of a key that is being removed or replaced, the old value or the new state. An empty map
/// holds one null.
/// </remarks>
public sealed class PublishedMap<TValue>
    where TValue : class
{
    private Node?[]? _buckets;

    /// <summary>Entries. Exact for the writer; another thread may see the count before or after a change in progress.</summary>
    public int Count { get; private set; }

    /// <summary>Looks a key up; from any thread.</summary>
    /// <param name="hash">The key's hash, by whatever function the writer uses.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False if the key is not in the map.</returns>
    public bool TryGet(ulong hash, ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
    {
        var buckets = Volatile.Read(ref _buckets);
        if (buckets is not null)
        {
            for (var node = Volatile.Read(ref buckets[IndexOf(hash, buckets)]); node is not null; node = node.Next)
            {
                if (node.Hash == hash && key.SequenceEqual(node.Key))
                {
                    value = node.Value;
                    return true;
                }
            }
        }

        value = null;
        return false;
    }

    /// <summary>Adds a key. For the one writer.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="key">Not in the map yet; not to be changed from now on.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The key is in the map already.</exception>
    public void Add(ulong hash, byte[] key, TValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (TryGet(hash, key, out _)) throw new ArgumentException("The key is in the map already.", nameof(key));
        var buckets = _buckets;
        if (buckets is null || Count >= buckets.Length)
        {
            buckets = Resized(buckets, buckets is null ? 1 : buckets.Length * 4);
            Prepend(buckets, hash, key, value);
            Volatile.Write(ref _buckets, buckets);
        }
        else
        {
            Prepend(buckets, hash, key, value);
        }

        Count++;
    }

    /// <summary>Removes a key. For the one writer.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="key">The key.</param>
    /// <returns>False if it was not in the map.</returns>
    public bool Remove(ulong hash, ReadOnlySpan<byte> key)
    {
        if (_buckets is not { } buckets || !TryGet(hash, key, out _)) return false;
        if (--Count == 0)
        {
            Volatile.Write(ref _buckets, null);
            return true;
        }

        ref var bucket = ref buckets[IndexOf(hash, buckets)];
        Volatile.Write(ref bucket, Without(bucket!, hash, key));
        // A map that was large once does not stay large: a quarter full again after growing by four.
        if (buckets.Length > 16 && Count < buckets.Length / 16) Volatile.Write(ref _buckets, Resized(buckets, buckets.Length / 4));
        return true;
    }

    /// <summary>Appends all values, in no particular order: sort them before the order can be seen. From any thread.</summary>
    /// <param name="into">Where to append.</param>
    public void CopyTo(List<TValue> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (Volatile.Read(ref _buckets) is not { } buckets) return;
        for (var i = 0; i < buckets.Length; i++)
        {
            for (var node = Volatile.Read(ref buckets[i]); node is not null; node = node.Next)
            {
                into.Add(node.Value);
            }
        }
    }

    // The length is a power of two. Both halves count, since the low bits of a weak hash may all be equal.
    private static int IndexOf(ulong hash, Node?[] buckets) => (int)((hash ^ (hash >> 32)) & (uint)(buckets.Length - 1));

    private static void Prepend(Node?[] buckets, ulong hash, byte[] key, TValue value)
    {
        ref var bucket = ref buckets[IndexOf(hash, buckets)];
        Volatile.Write(ref bucket, new Node(hash, key, value, bucket));
    }

    private static Node?[] Resized(Node?[]? old, int length)
    {
        var buckets = new Node?[length];
        foreach (var chain in old ?? [])
        {
            // New nodes: readers may still be walking the old ones.
            for (var node = chain; node is not null; node = node.Next)
            {
                Prepend(buckets, node.Hash, node.Key, node.Value);
            }
        }

        return buckets;
    }

    /// <summary>The chain without one key: nodes before it are copied, nodes behind it shared.</summary>
    private static Node? Without(Node chain, ulong hash, ReadOnlySpan<byte> key)
    {
        Node? found = chain;
        while (found!.Hash != hash || !key.SequenceEqual(found.Key))
        {
            found = found.Next;
        }

        var rest = found.Next;
        for (var node = chain; !ReferenceEquals(node, found); node = node!.Next)
        {
            rest = new Node(node!.Hash, node.Key, node.Value, rest);
        }

        return rest;
    }

    private sealed class Node(ulong hash, byte[] key, TValue value, Node? next)
    {
        public readonly ulong Hash = hash;
        public readonly byte[] Key = key;
        public readonly TValue Value = value;
        public readonly Node? Next = next;
    }
}
