namespace Orrery.Simulation.Disks;

/// <summary>One file: what a process sees of it, what the disk holds, and the changes between the two.</summary>
internal sealed class FileNode
{
    private const int SpareBytesMin = 1_024;                // smaller ones cost nothing
    private const int SpareMax = 64;                        // more than a commit writes

    private readonly List<FileChange> _unsynced = [];
    private readonly Stack<byte[]> _spare = [];             // of changes that are durable: most of what a run allocates would be these
    private bool _isShared;                                 // changes are a copy's too

    /// <summary>What reads give.</summary>
    public ByteImage Seen { get; private set; } = new();

    /// <summary>What is there whatever happens.</summary>
    public ByteImage Durable { get; private set; } = new();

    /// <summary>Changes that a power loss may undo.</summary>
    public int UnsyncedCount => _unsynced.Count;

    /// <summary>Whether its place in the folder becomes durable with its next sync.</summary>
    public bool SyncsFolder { get; set; }

    /// <summary>Makes a write of bytes.</summary>
    public FileChange Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var own = _spare.TryPeek(out var spare) && spare.Length == bytes.Length ? _spare.Pop() : new byte[bytes.Length];
        bytes.CopyTo(own);
        return new FileChange(offset, own);
    }

    /// <summary>A change has reached the system's cache; it was seen before.</summary>
    public void OnChanged(FileChange change) => _unsynced.Add(change);

    /// <summary>A sync has come to its end: all changes so far are durable.</summary>
    public void OnSynced()
    {
        foreach (var change in _unsynced)
        {
            change.ApplyTo(Durable);
            if (change.Bytes is { Length: >= SpareBytesMin } bytes && !_isShared && _spare.Count < SpareMax) _spare.Push(bytes);
        }

        _unsynced.Clear();
    }

    /// <summary>A sync has failed: the system counts all changes so far as clean, whether they reached the disk or not.</summary>
    /// <param name="hasReached">Whether the next of them reached the disk.</param>
    public void OnSyncFailed(Func<bool> hasReached)
    {
        foreach (var change in _unsynced)
        {
            if (hasReached()) change.ApplyTo(Durable);
        }

        _unsynced.Clear();
    }

    /// <summary>The process ended and the system went on: changes that reached the system's cache are seen, and are as little durable as before.</summary>
    public void ForgetProcess()
    {
        Seen = new ByteImage(Durable);
        foreach (var change in _unsynced)
        {
            change.ApplyTo(Seen);
        }
    }

    /// <summary>The power is gone: what survives is all there is.</summary>
    /// <param name="survives">Cuts each change, in order, down to what survives of it.</param>
    public void LosePower(Func<FileChange, int, IEnumerable<FileChange>> survives)
    {
        for (var i = 0; i < _unsynced.Count; i++)
        {
            foreach (var part in survives(_unsynced[i], i))
            {
                part.ApplyTo(Durable);
            }
        }

        _unsynced.Clear();
        Seen = new ByteImage(Durable);
    }

    /// <summary>A copy. It shares nothing with this but changes, of which neither writes over any from now on.</summary>
    public FileNode Copy()
    {
        var copy = new FileNode { Seen = new ByteImage(Seen), Durable = new ByteImage(Durable), SyncsFolder = SyncsFolder };
        _isShared = copy._isShared = true;
        copy._unsynced.AddRange(_unsynced);
        return copy;
    }
}

/// <summary>One change of a file's content. Immutable, until it is durable.</summary>
/// <param name="Offset">Where bytes are put; for a truncation the new length.</param>
/// <param name="Bytes">The bytes; null for a truncation.</param>
internal sealed record FileChange(long Offset, byte[]? Bytes)
{
    /// <summary>Does it.</summary>
    public void ApplyTo(ByteImage image)
    {
        if (Bytes is not null) image.Write(Offset, Bytes);
        else image.SetLength(Offset);
    }

    /// <summary>The parts of a write that lie in one sector each; a truncation is one part.</summary>
    public IEnumerable<FileChange> Sectors(int sectorBytes)
    {
        if (Bytes is null)
        {
            yield return this;
            yield break;
        }

        for (var start = 0; start < Bytes.Length;)
        {
            var end = (int)Math.Min(Bytes.Length, start + sectorBytes - ((Offset + start) % sectorBytes));
            yield return new FileChange(Offset + start, Bytes[start..end]);
            start = end;
        }
    }
}
