namespace Orrery.Simulation.Disks;

/// <summary>Which files there are: as a process sees it, as the disk holds it, and the changes between the two (D4).</summary>
internal sealed class Folder
{
    private readonly SortedDictionary<string, FileNode> _durable = new(StringComparer.Ordinal);
    private readonly List<(string Name, FileNode? Node)> _unsynced = [];

    /// <summary>What a process sees.</summary>
    public SortedDictionary<string, FileNode> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>Changes that a power loss may undo.</summary>
    public int UnsyncedCount => _unsynced.Count;

    /// <summary>A name has got a file, or lost it; it was seen before.</summary>
    public void OnChanged(string name, FileNode? node) => _unsynced.Add((name, node));

    /// <summary>The folder was synced.</summary>
    public void OnSynced()
    {
        foreach (var (name, node) in _unsynced)
        {
            Set(_durable, name, node);
        }

        _unsynced.Clear();
    }

    /// <summary>The process ended and the system went on.</summary>
    public void ForgetProcess()
    {
        Seen.Clear();
        foreach (var (name, node) in _durable)
        {
            Seen[name] = node;
        }

        foreach (var (name, node) in _unsynced)
        {
            Set(Seen, name, node);
        }

        foreach (var node in Seen.Values)
        {
            node.ForgetProcess();
        }
    }

    /// <summary>The power is gone.</summary>
    /// <param name="survives">Whether a change of the folder does, by its number.</param>
    /// <param name="cut">Cuts each change of a file, in order, down to what survives of it.</param>
    public void LosePower(Func<int, bool> survives, Func<FileChange, int, IEnumerable<FileChange>> cut)
    {
        for (var i = 0; i < _unsynced.Count; i++)
        {
            if (survives(i)) Set(_durable, _unsynced[i].Name, _unsynced[i].Node);
        }

        _unsynced.Clear();
        Seen.Clear();
        foreach (var (name, node) in _durable)
        {
            node.LosePower(cut);
            Seen[name] = node;
        }
    }

    /// <summary>Makes a copy that shares nothing with this.</summary>
    /// <param name="others">Files that are in no list of this folder, and whose copies are wanted too; null is left out.</param>
    /// <param name="copy">The copy.</param>
    /// <returns>The copy of each file; looked up, never enumerated.</returns>
    public IReadOnlyDictionary<FileNode, FileNode> Copy(IEnumerable<FileNode?> others, out Folder copy)
    {
        var copies = new Dictionary<FileNode, FileNode>(ReferenceEqualityComparer.Instance);
        copy = new Folder();
        foreach (var (name, node) in Seen) copy.Seen[name] = CopyOf(node);
        foreach (var (name, node) in _durable) copy._durable[name] = CopyOf(node);
        foreach (var (name, node) in _unsynced) copy._unsynced.Add((name, node is null ? null : CopyOf(node)));
        foreach (var node in others)
        {
            if (node is not null) CopyOf(node);
        }

        return copies;

        FileNode CopyOf(FileNode node) => copies.TryGetValue(node, out var known) ? known : copies[node] = node.Copy();
    }

    private static void Set(SortedDictionary<string, FileNode> names, string name, FileNode? node)
    {
        if (node is null) names.Remove(name);
        else names[name] = node;
    }
}
