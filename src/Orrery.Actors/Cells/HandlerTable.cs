using System.Runtime.CompilerServices;

namespace Orrery.Actors.Cells;

/// <summary>The handlers of one behaviour of a <see cref="ReceiveActor"/>, in order.</summary>
/// <remarks>
/// Pairs in one array: what kind of handler it is (shared by all actors) and the caller's delegate. So a table costs
/// an actor 16 bytes a handler and 24 for the array, besides the delegates themselves.
/// </remarks>
internal struct HandlerTable
{
    private object?[]? _pairs;

    /// <summary>Whether the last handler takes everything.</summary>
    public readonly bool EndsWithAny
    {
        get
        {
            var count = Count;
            return count > 0 && ReferenceEquals(_pairs![count - 2], AnyHandler.Instance);
        }
    }

    private readonly int Count
    {
        get
        {
            if (_pairs is null) return 0;
            var count = _pairs.Length;
            while (count > 0 && _pairs[count - 1] is null)
            {
                count--;
            }

            return count;
        }
    }

    public void Add(Handler kind, object handler)
    {
        var count = Count;
        if (_pairs is null)
        {
            _pairs = new object?[4];
        }
        else if (count == _pairs.Length)
        {
            Array.Resize(ref _pairs, count * 2);
        }

        _pairs[count] = kind;
        _pairs[count + 1] = handler;
    }

    /// <summary>Gives back the room for handlers that did not come.</summary>
    public void Trim()
    {
        var count = Count;
        if (_pairs is not null && count < _pairs.Length)
        {
            Array.Resize(ref _pairs, count);
        }
    }

    public readonly bool TryHandle(object message)
    {
        var pairs = _pairs;
        if (pairs is null) return false;
        for (var i = 0; i + 1 < pairs.Length && pairs[i] is { } kind; i += 2)
        {
            if (Unsafe.As<Handler>(kind).TryHandle(pairs[i + 1]!, message)) return true;
        }

        return false;
    }
}
