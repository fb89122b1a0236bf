namespace Orrery.Actors.Cells;

/// <summary>A hash of names that is the same in every process.</summary>
internal static class NameHash
{
    /// <summary>FNV-1a over the UTF-16 units.</summary>
    public static uint Of(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return hash;
    }
}
