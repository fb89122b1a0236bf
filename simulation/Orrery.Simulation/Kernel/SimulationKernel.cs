using System.Runtime.InteropServices;
using Orrery.Actors.Extensions;
using Orrery.Mqtt;

namespace Orrery.Simulation.Kernel;

/// <summary>One thread, one queue of events, one virtual clock, all chance from one seed, and a hash over all of it.</summary>
/// <remarks>A call from another thread than the one that made it throws: it would be an escape from the one order.</remarks>
internal sealed class SimulationKernel
{
    private readonly KernelOptions _options;
    private readonly SingleThread _thread = new();
    private readonly EventHeap _heap = new();
    private readonly List<ulong> _checkpoints = [];
    private readonly List<TraceEntry> _trace = [];
    private readonly Dictionary<string, RandomSource> _streams = new(StringComparer.Ordinal);   // looked up, never enumerated
    private readonly Dictionary<Type, object> _shared = [];     // likewise
    private RollingHash _hash;
    private long _sequence;
    private int _eventsInInterval;
    private bool _isTraced;
    private readonly Dictionary<Type, ulong> _types = [];      // looked up, never enumerated

    /// <summary>Makes a world at time 0 in which nothing is going to happen.</summary>
    public SimulationKernel(KernelOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CheckpointInterval, 1, nameof(options));
        _options = options;
        _isTraced = options.TracedInterval == 0;
        Observe("kernel", "start", "seed", options.Seed);
    }

    /// <summary>What all chance started from.</summary>
    public ulong Seed => _options.Seed;

    /// <summary>Virtual time since the start.</summary>
    public long NowNanoseconds { get; private set; }

    /// <summary>Events that have happened.</summary>
    public long EventCount { get; private set; }

    /// <summary>Events that wait.</summary>
    public int PendingCount => _heap.Count;

    /// <summary>When the next event happens; null if none waits.</summary>
    public long? NextNanoseconds => _heap.Count > 0 ? _heap.First.Nanoseconds : null;

    /// <summary>The hash of everything that happened so far.</summary>
    public ulong Hash => _hash.Value;

    /// <summary>The hash after each full interval of events.</summary>
    public IReadOnlyList<ulong> Checkpoints => _checkpoints;

    /// <summary>Everything that went into the hash in the traced interval.</summary>
    public IReadOnlyList<TraceEntry> Trace => _trace;

    /// <summary>Whether what happens now goes into <see cref="Trace"/>.</summary>
    public bool IsTraced => _isTraced;

    /// <summary>Whether causes are kept now: from the start and not only in the traced interval, since those of its first event lie before it.</summary>
    public bool KeepsCauses => _options.TracedInterval >= _checkpoints.Count;

    /// <summary>Whether something disturbs the run, to show that nothing depends on it.</summary>
    public bool IsDisturbed => _options.Disturb is not null;

    /// <summary>What led to the present event, itself the nearest; null while causes are not kept.</summary>
    public CauseList? EventCauses { get; private set; }

    /// <summary>The causes of what is scheduled and observed now: those of the event, or more, where an actor's message leads to it.</summary>
    public CauseList? Causes { get; set; }

    /// <summary>The stream of chance of this name; one and the same object each time.</summary>
    public RandomSource Stream(string name)
    {
        if (!_streams.TryGetValue(name, out var stream))
        {
            stream = new RandomSource(this, name);
            _streams.Add(name, stream);
        }

        return stream;
    }

    /// <summary>The one object of a type that all parts of this world have in common.</summary>
    /// <param name="make">Makes it, when it is first asked for.</param>
    public T Shared<T>(Func<SimulationKernel, T> make)
        where T : class
    {
        if (!_shared.TryGetValue(typeof(T), out var shared)) _shared.Add(typeof(T), shared = make(this));
        return (T)shared;
    }

    /// <summary>Lets something happen later, or at this instant after what waits for it already in its class.</summary>
    /// <param name="nanoseconds">When; not before now.</param>
    /// <param name="eventClass">What goes first at one instant.</param>
    /// <param name="target">To whom.</param>
    /// <param name="kind">What, in the target's numbering.</param>
    /// <param name="argument">A number that belongs to it.</param>
    /// <param name="state">An object that belongs to it.</param>
    public EventHandle Schedule(long nanoseconds, EventClass eventClass, EventTarget target, int kind, long argument = 0, object? state = null)
    {
        _thread.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(nanoseconds, NowNanoseconds);
        var key = EventKey.Of(nanoseconds, eventClass, _sequence++);
        return _heap.Add(key, target, kind, argument, state, Causes);
    }

    /// <summary>Undoes <see cref="Schedule"/>.</summary>
    /// <returns>False if the event has happened or was cancelled already.</returns>
    public bool Cancel(EventHandle handle)
    {
        _thread.Check();
        return _heap.Cancel(handle);
    }

    /// <summary>Lets the next event happen.</summary>
    /// <returns>False if none waits.</returns>
    public bool Step()
    {
        _thread.Check();
        if (_heap.Count == 0) return false;
        _options.Disturb?.Invoke();
        _heap.Take(out var due);
        NowNanoseconds = due.Key.Nanoseconds;
        _hash.Add((ulong)due.Key.Nanoseconds);
        _hash.Add((ulong)due.Key.Order);
        _hash.Add(due.Target.NameHash ^ (uint)due.Kind);
        _hash.Add((ulong)due.Argument);
        if (KeepsCauses) Explain(due);
        due.Target.OnEvent(due.Kind, due.Argument, due.State);
        EventCount++;
        if (++_eventsInInterval == _options.CheckpointInterval) EndInterval();
        return true;
    }

    /// <summary>Lets everything happen up to a time, that time included, and moves the clock there.</summary>
    public void RunUntil(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nanoseconds, NowNanoseconds);
        while (_heap.FirstNanoseconds <= nanoseconds && Step())
        {
        }

        NowNanoseconds = nanoseconds;
    }

    /// <summary>Adds a number to the hash.</summary>
    /// <param name="source">Who; <paramref name="message"/> and <paramref name="field"/> say what it is. The words are not hashed.</param>
    /// <param name="message">What was said or drawn.</param>
    /// <param name="field">Which part of it.</param>
    /// <param name="value">The part.</param>
    public void Observe(string source, string message, string field, ulong value)
    {
        _thread.Check();
        _hash.Add(value);
        if (_isTraced) _trace.Add(Entry(source, message, field, value, null));
    }

    /// <summary>Adds bytes to the hash.</summary>
    /// <inheritdoc cref="Observe(string, string, string, ulong)"/>
    public void Observe(string source, string message, string field, ReadOnlySpan<byte> value)
    {
        _thread.Check();
        _hash.Add(value);
        if (_isTraced) _trace.Add(Entry(source, message, field, 0, value.ToArray()));
    }

    /// <summary>Adds a number to the hash, of which a trace says nothing; see <see cref="Note"/>.</summary>
    public void Add(ulong value)
    {
        _thread.Check();
        _hash.Add(value);
    }

    /// <summary>A type, as hashes take it: by its name.</summary>
    public ulong HashOf(Type type)
    {
        if (_types.TryGetValue(type, out var hash)) return hash;
        hash = Hashing.Hash(MemoryMarshal.AsBytes(type.Name.AsSpan()));
        _types.Add(type, hash);
        return hash;
    }

    /// <summary>Keeps a text in the trace, of which the hash takes nothing. Only while <see cref="IsTraced"/>.</summary>
    /// <inheritdoc cref="Observe(string, string, string, ulong)"/>
    public void Note(string source, string message, string field, string value) =>
        _trace.Add(new TraceEntry(EventCount, NowNanoseconds, source, message, field, 0, null, Causes) { Text = value });

    private void Explain(in DueEvent due)
    {
        var message = due.Target.Describe(due.Kind);
        Causes = due.Causes;
        if (_isTraced)
        {
            _trace.Add(Entry(due.Target.Name, message, "class", (ulong)due.Key.Class, null));
            _trace.Add(Entry(due.Target.Name, message, "sequence", (ulong)due.Key.Sequence, null));
            _trace.Add(Entry(due.Target.Name, message, "argument", (ulong)due.Argument, null));
        }

        EventCauses = Causes = CauseList.After(new Cause(EventCount, NowNanoseconds, due.Target.Name, message), due.Causes);
    }

    private TraceEntry Entry(string source, string message, string field, ulong value, byte[]? bytes) =>
        new(EventCount, NowNanoseconds, source, message, field, value, bytes, Causes);

    private void EndInterval()
    {
        _eventsInInterval = 0;
        _checkpoints.Add(Hash);
        _isTraced = _options.TracedInterval == _checkpoints.Count;
        if (!KeepsCauses) EventCauses = Causes = null;
    }
}
