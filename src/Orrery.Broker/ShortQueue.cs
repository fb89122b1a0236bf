using System.Diagnostics.CodeAnalysis;

namespace Orrery.Broker;

/// <summary>A queue that mostly holds nothing or one item: the oldest is kept in place, and only a second one takes memory.</summary>
/// <remarks>A broker has several of these for each client, most of whom are idle. A field of its owner that is never copied:
/// it is a struct that changes.</remarks>
internal struct ShortQueue<T>
{
    private T? _oldest;
    private bool _any;
    private Queue<T>? _rest;                            // what came after; empty where there is no oldest

    public readonly int Count => _any ? 1 + (_rest?.Count ?? 0) : 0;

    public void Enqueue(T item)
    {
        if (_any)
        {
            (_rest ??= new Queue<T>()).Enqueue(item);
            return;
        }

        _oldest = item;
        _any = true;
    }

    public readonly bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        item = _oldest;
        return _any;
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        item = default;
        if (!_any)
        {
            return false;
        }

        item = _oldest!;
        _any = _rest is not null && _rest.TryDequeue(out _oldest);
        if (!_any)
        {
            _oldest = default;
        }

        return true;
    }
}
