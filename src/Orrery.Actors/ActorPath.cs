using System.Text;

namespace Orrery.Actors;

/// <summary>The names from the root of a system to one actor.</summary>
/// <remarks>Equality is by names, so that an actor and its successor of the same name have equal paths.</remarks>
#pragma warning disable CA1036 // Akka's paths are ordered by CompareTo alone; operators would suggest that the order means something.
public sealed class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
#pragma warning restore CA1036
{
    private readonly ActorPath? _parent;

    internal ActorPath(ActorPath? parent, string name, int uid)
    {
        _parent = parent;
        Name = name;
        Uid = uid;
    }

    /// <summary>The last element; for the root the empty string.</summary>
    public string Name { get; }

    /// <summary>Tells incarnations apart; 0 where there is only one.</summary>
    public long Uid { get; }

    /// <summary>The path without its last element; the root is its own parent.</summary>
    public ActorPath Parent => _parent ?? this;

    /// <summary>The names from below the root to this one.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var names = new List<string>();
            for (var path = this; path._parent is not null; path = path._parent)
            {
                names.Add(path.Name);
            }

            names.Reverse();
            return names;
        }
    }

    /// <summary>Whether a name may be given to an actor: letters, digits and <c>-_.*$+:@&amp;=,!~';()%</c>, not starting with <c>$</c>.</summary>
    /// <param name="name">1 character or more.</param>
    /// <returns>False for null, for an empty name, and for one with any other character.</returns>
    public static bool IsValidPathElement(string? name)
    {
        if (string.IsNullOrEmpty(name) || name[0] == '$') return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-_.*$+:@&=,!~';()%".Contains(c, StringComparison.Ordinal)) return false;
        }

        return true;
    }

    /// <summary>The path without the system's name: <c>/user/broker</c>.</summary>
    /// <returns>Always starts with a slash.</returns>
    public string ToStringWithoutAddress() => "/" + string.Join('/', Elements);

    /// <inheritdoc/>
    public bool Equals(ActorPath? other)
    {
        var (mine, its) = (this, other);
        while (mine is not null && its is not null)
        {
            if (ReferenceEquals(mine, its)) return true;
            if (!string.Equals(mine.Name, its.Name, StringComparison.Ordinal)) return false;
            (mine, its) = (mine._parent, its._parent);
        }

        return mine is null && its is null;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = 17u;
        for (var path = this; path is not null; path = path._parent)
        {
            hash = (hash * 31) + Cells.NameHash.Of(path.Name);
        }

        return (int)hash;
    }

    /// <inheritdoc/>
    public int CompareTo(ActorPath? other) =>
        other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    /// <summary>The path with the system's name: <c>actors://name/user/broker</c>.</summary>
    /// <returns>The text, without the incarnation's uid.</returns>
    public override string ToString()
    {
        var root = this;
        while (root._parent is not null)
        {
            root = root._parent;
        }

        return new StringBuilder("actors://").Append(root.Name).Append(ToStringWithoutAddress()).ToString();
    }
}
