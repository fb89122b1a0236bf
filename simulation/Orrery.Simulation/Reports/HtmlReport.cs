using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Reports;

/// <summary>Writes a run as one page that needs nothing else: its space-time diagram, what was found, and every packet.</summary>
/// <remarks>
/// The page is ASCII, asks for nothing over the network, and depends on the result alone: the same result gives the same bytes.
/// Up to 200 bytes an event, beside a fixed part of at most 150 KB; what would not fit is cut, and the page says where.
/// Texts of the run reach the page as JSON without markup characters, and its elements as text, never as markup. A policy in the
/// page lets only its own script run, by hash.
/// </remarks>
public static class HtmlReport
{
    // In the order in which they use each other.
    private static readonly string[] ScriptParts = ["model.js", "layout.js", "view.js", "draw.js", "marks.js", "panel.js", "filter.js", "keys.js"];

    /// <summary>Writes the page of a run.</summary>
    /// <param name="result">The run; its history may be empty, as it is where nothing was run.</param>
    /// <param name="writer">Where to; stays open.</param>
    public static void Write(RunResult result, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(writer);

        var style = "\n" + Resource("page.css");
        var script = "\n(() => {\n\"use strict\";\n" + string.Concat(ScriptParts.Select(Resource)) + "})();\n";
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = HtmlEncoder.Default.Encode(HtmlText.Clean(result.Name)),
            ["policy"] = $"default-src 'none'; img-src data:; style-src '{HashOf(style)}'; script-src '{HashOf(script)}'; base-uri 'none'; form-action 'none'",
            ["style"] = style,
            ["data"] = HtmlData.Of(result),
            ["script"] = script,
        };

        // The template has `{{name}}` where a value goes. Values are written as they are, so none is looked into for names.
        var rest = Resource("page.html").AsSpan();
        while (rest.IndexOf("{{", StringComparison.Ordinal) is var start and >= 0)
        {
            var end = rest.IndexOf("}}", StringComparison.Ordinal);
            writer.Write(rest[..start]);
            writer.Write(values[rest[(start + 2)..end].ToString()]);
            rest = rest[(end + 2)..];
        }
        writer.Write(rest);
    }

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"Orrery.Simulation.Reports.Html.{name}")
            ?? throw new InvalidOperationException($"The page's part {name} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // A browser reads line ends as \n before it compares hashes.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
