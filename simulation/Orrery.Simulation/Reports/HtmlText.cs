using System.Globalization;
using System.Text;

namespace Orrery.Simulation.Reports;

/// <summary>Makes texts of a run fit to be looked at.</summary>
internal static class HtmlText
{
    private const int LengthToldFrom = 50;

    /// <summary>The text with what can't be seen, or changes how the rest is seen, written as `\u{hex}`.</summary>
    public static string Clean(string text)
    {
        var plain = true;
        foreach (var character in text) plain &= character is >= ' ' and <= '~';
        if (plain) return text;

        var cleaned = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair) cleaned.Append(text[i]).Append(text[++i]);
            else if (IsVisible(text[i])) cleaned.Append(text[i]);
            else cleaned.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
        }
        return cleaned.ToString();
    }

    /// <summary>The first characters of a text that is longer than that, with a sign that it is cut.</summary>
    /// <param name="text">Cleaned text.</param>
    /// <param name="charactersMax">From 1. From 50, the sign says how many characters there were.</param>
    public static string Cut(string text, int charactersMax)
    {
        if (text.Length <= charactersMax) return text;
        var start = text.AsSpan(0, LengthOfCut(text, charactersMax));
        return charactersMax < LengthToldFrom ? $"{start}\u2026" : string.Create(CultureInfo.InvariantCulture, $"{start}\u2026 ({text.Length} characters)");
    }

    /// <summary>How much of the page a text takes once it is cut: what is not plain is written as `\uXXXX`.</summary>
    public static int CostOfCut(string text, int charactersMax)
    {
        const int QuotesAndComma = 3;
        var cost = QuotesAndComma;
        foreach (var character in text.AsSpan(0, LengthOfCut(text, charactersMax)))
            cost += character is >= ' ' and <= '~' and not ('<' or '>' or '&' or '\'' or '"' or '\\' or '+' or '`') ? 1 : 6;
        if (text.Length > charactersMax) cost += charactersMax < LengthToldFrom ? 6 : 30;
        return cost;
    }

    private static int LengthOfCut(string text, int charactersMax) =>
        text.Length <= charactersMax ? text.Length : char.IsHighSurrogate(text[charactersMax - 1]) ? charactersMax - 1 : charactersMax;

    private static bool IsVisible(char character) => CharUnicodeInfo.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
