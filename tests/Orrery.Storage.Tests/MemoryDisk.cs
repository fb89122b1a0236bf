using Orrery.Storage.Disks;

namespace Orrery.Storage.Tests;

/// <summary>A disk in memory that counts its syncs, and keeps over a loss of power what was synced and nothing else.</summary>
internal sealed class MemoryDisk : IDisk
{
    private readonly Dictionary<string, Content> _files = [];
    private bool _hasPower = true;

    /// <summary>Syncs of its files so far.</summary>
    public int Syncs { get; private set; }

    public long UtcTicks => 0;

    /// <summary>From now on nothing reaches the disk.</summary>
    public void LosePower() => _hasPower = false;

    /// <summary>What was synced is there.</summary>
    public void GetPower()
    {
        _hasPower = true;
        foreach (var (name, file) in _files.ToArray())
        {
            if (file.Synced is null) _files.Remove(name);
            else file.Bytes = [.. file.Synced];
        }
    }

    /// <summary>Everything is durable, and is not counted as a sync.</summary>
    public void SyncAll()
    {
        foreach (var file in _files.Values) file.Synced = [.. file.Bytes];
    }

    public IDiskFile? Open(string name, bool isCreated, bool syncsFolder)
    {
        if (!_files.TryGetValue(name, out var file))
        {
            if (!isCreated) return null;
            _files.Add(name, file = new Content(this));
        }

        return file;
    }

    public bool Exists(string name) => _files.ContainsKey(name);

    public DiskResult Delete(string name, bool isFolderSynced)
    {
        if (_hasPower) _files.Remove(name);
        return DiskResult.Done;
    }

    public void FillRandom(Span<byte> bytes) => bytes.Clear();

    private sealed class Content(MemoryDisk disk) : IDiskFile
    {
        public byte[] Bytes { get; set; } = [];

        public byte[]? Synced { get; set; }

        public long Length => Bytes.Length;

        public DiskResult Read(long offset, Span<byte> bytes, out int count)
        {
            count = (int)Math.Clamp(Bytes.Length - offset, 0, bytes.Length);
            Bytes.AsSpan((int)Math.Min(offset, Bytes.Length), count).CopyTo(bytes);
            return DiskResult.Done;
        }

        public DiskResult Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (!disk._hasPower) return DiskResult.Done;
            if (offset + bytes.Length > Bytes.Length) Bytes = [.. Bytes, .. new byte[offset + bytes.Length - Bytes.Length]];
            bytes.CopyTo(Bytes.AsSpan((int)offset));
            return DiskResult.Done;
        }

        public DiskResult Truncate(long length)
        {
            if (disk._hasPower) Bytes = Bytes[..(int)length];
            return DiskResult.Done;
        }

        public DiskResult Sync()
        {
            if (!disk._hasPower) return DiskResult.Done;
            disk.Syncs++;
            Synced = [.. Bytes];
            return DiskResult.Done;
        }

        public void Close()
        {
        }
    }
}
