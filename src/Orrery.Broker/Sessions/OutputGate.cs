namespace Orrery.Broker.Sessions;

/// <summary>Holds back, in order, what a session says to its connection until what it promises is durable.</summary>
/// <remarks>Of a broker with a store only. What waits is bounded by the session's limit of bytes in transit and by the one batch
/// that its connection sends before the demand for the next one has passed here.</remarks>
internal sealed class OutputGate
{
    private ShortQueue<Item> _held;
    private int _answers;

    /// <summary>The largest token of the session's writes that is durable.</summary>
    public long DurableToken { get; private set; }

    /// <summary>True while something waits.</summary>
    public bool IsHolding => _held.Count > 0;

    /// <summary>True while an answer to the client is among what waits.</summary>
    public bool HoldsAnswer => _answers > 0;

    /// <summary>Whether a message may leave now: what it promises is durable, and nothing waits before it.</summary>
    public bool IsOpenFor(long token) => _held.Count == 0 && token <= DurableToken;

    /// <summary>Keeps a message until its turn.</summary>
    /// <param name="message">For the connection.</param>
    /// <param name="token">What must be durable first; 0 for nothing.</param>
    /// <param name="isAnswer">Whether the client waits for it.</param>
    public void Hold(object message, long token, bool isAnswer)
    {
        _held.Enqueue(new Item(message, token, isAnswer));
        _answers += isAnswer ? 1 : 0;
    }

    /// <summary>More is durable.</summary>
    public void Open(long token)
    {
        Invariant.That(token >= DurableToken);
        DurableToken = token;
    }

    /// <summary>Takes the next message that may leave.</summary>
    public bool TryRelease(out object message, out long token)
    {
        (message, token) = (null!, 0);
        if (!_held.TryPeek(out var item) || item.Token > DurableToken)
        {
            return false;
        }

        (message, token) = (item.Message, item.Token);
        Take();
        return true;
    }

    /// <summary>Takes what waits and will never leave.</summary>
    public bool TryDrop(out object message)
    {
        var any = _held.TryPeek(out var item);
        message = item.Message;
        if (any)
        {
            Take();
        }

        return any;
    }

    private void Take()
    {
        _held.TryDequeue(out var item);
        _answers -= item.IsAnswer ? 1 : 0;
    }

    private readonly record struct Item(object Message, long Token, bool IsAnswer);
}
