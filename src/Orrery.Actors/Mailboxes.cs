using System.Globalization;

namespace Orrery.Actors;

/// <summary>The ids of the mailboxes.</summary>
internal static class Mailboxes
{
    private const string BoundedPrefix = "bounded-";

    /// <summary>The id of a mailbox that holds a number of messages.</summary>
    public static string Bounded(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        return BoundedPrefix + capacity.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The capacity that an id stands for; 0 is no limit.</summary>
    public static int CapacityOf(string mailbox)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        if (mailbox.Length == 0) return 0;
        if (mailbox.StartsWith(BoundedPrefix, StringComparison.Ordinal)
            && int.TryParse(mailbox.AsSpan(BoundedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var capacity)
            && capacity > 0)
        {
            return capacity;
        }

        throw new ArgumentException($"'{mailbox}' is neither empty nor bounded-N with N of at least 1.", nameof(mailbox));
    }
}
