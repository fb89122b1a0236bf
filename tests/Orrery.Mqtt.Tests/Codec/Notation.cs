using System.Globalization;
using System.Text;

namespace Orrery.Mqtt.Tests.Codec;

/// <summary>Bytes in a notation that counts lengths itself, so that a vector is wrong in what it shows and nowhere else.</summary>
/// <remarks>
/// Pairs of hexadecimal digits are bytes. (…) and {…} put the number of their bytes in front as a variable byte
/// integer; [text] is a UTF-8 string and &lt;digits&gt; binary data, both behind a length of two bytes.
/// </remarks>
internal static class Notation
{
    public static byte[] Parse(string text)
    {
        var position = 0;
        var bytes = Parse(text, ref position, '\0');
        Assert.Equal(text.Length, position);
        return [.. bytes];
    }

    private static List<byte> Parse(string text, ref int position, char end)
    {
        var bytes = new List<byte>();
        while (position < text.Length && text[position] != end)
        {
            var current = text[position++];
            switch (current)
            {
                case ' ':
                    break;
                case '(' or '{':
                    var section = Parse(text, ref position, current == '(' ? ')' : '}');
                    position++;
                    for (var rest = section.Count; ; rest >>= 7)
                    {
                        bytes.Add((byte)(rest >= 0x80 ? rest | 0x80 : rest));
                        if (rest < 0x80) break;
                    }
                    bytes.AddRange(section);
                    break;
                case '[':
                    var stop = text.IndexOf(']', position);
                    AddPrefixed(bytes, Encoding.UTF8.GetBytes(text[position..stop]));
                    position = stop + 1;
                    break;
                case '<':
                    AddPrefixed(bytes, [.. Parse(text, ref position, '>')]);
                    position++;
                    break;
                default:
                    bytes.Add(byte.Parse(text.AsSpan(position - 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    position++;
                    break;
            }
        }
        return bytes;
    }

    private static void AddPrefixed(List<byte> bytes, byte[] content)
    {
        bytes.Add((byte)(content.Length >> 8));
        bytes.Add((byte)content.Length);
        bytes.AddRange(content);
    }
}
