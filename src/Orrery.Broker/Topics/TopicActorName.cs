using System.Globalization;
using System.Text;

namespace Orrery.Broker.Topics;

/// <summary>Names the actor of a level so that a log line tells which it is.</summary>
internal static class TopicActorName
{
    // Names are for people; a level may have 65,535 bytes.
    private const int LevelBytesMax = 24;

    /// <summary>The level with what actor names do not allow as %XX, cut when long, and the index among its siblings.</summary>
    /// <remarks>The index keeps names unique: a level may be made again while its earlier actor still stops.</remarks>
    public static string Of(ReadOnlySpan<byte> level, long index)
    {
        var name = new StringBuilder(level.Length + 4);
        foreach (var one in level.Length > LevelBytesMax ? level[..LevelBytesMax] : level)
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'+')
            {
                name.Append((char)one);
                continue;
            }

            name.Append('%').Append(one.ToString("X2", CultureInfo.InvariantCulture));
        }

        return name.Append('~').Append(index.ToString(CultureInfo.InvariantCulture)).ToString();
    }
}
