namespace Orrery.Actors.Extensions;

/// <summary>A value that one actor replaces and any thread reads.</summary>
/// <typeparam name="T">Immutable by agreement.</typeparam>
public sealed class Published<T>
    where T : class
{
    private T _value;

    /// <summary>Publishes a first value.</summary>
    /// <param name="value">Never null.</param>
    public Published(T value) => _value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>The latest value, with everything that was written before it was published.</summary>
    public T Value => Volatile.Read(ref _value);

    /// <summary>Replaces the value. For the one writer.</summary>
    /// <param name="value">Not to be changed from now on.</param>
    public void Publish(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Volatile.Write(ref _value, value);
    }
}

/// <summary>A count of changes, by which readers see that what they derived is out of date. Any thread may write.</summary>
public sealed class PublishedVersion
{
    private long _value;

    /// <summary>Changes so far. What was published before a change is visible to who has read the new count.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Counts a change; to be called after it has been published.</summary>
    public void Increment() => Interlocked.Increment(ref _value);
}
