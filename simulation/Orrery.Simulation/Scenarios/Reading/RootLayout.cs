using System.Text;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Where the keys of a document's outermost mapping stand in its text, for whoever changes one and nothing else.</summary>
/// <param name="IsFlow">True for `{ … }`, as always in JSON; false for keys below each other.</param>
/// <param name="Indentation">How far the keys are from the left.</param>
/// <param name="Entries">In file order.</param>
internal sealed record RootLayout(bool IsFlow, int Indentation, IReadOnlyList<RootEntry> Entries)
{
    /// <summary>Reads the layout of a document that is a valid scenario.</summary>
    public static RootLayout Read(string text, bool isJson) => isJson ? ReadJson(text) : ReadYaml(text);

    private static RootLayout ReadYaml(string text)
    {
        var parser = YamlNodes.ParserOf(text);
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        var root = parser.Consume<MappingStart>();
        var entries = new List<RootEntry>();
        var indentation = 0;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (entries.Count == 0) indentation = (int)key.Start.Column - 1;
            var end = (int)key.End.Index;
            var isFlow = new Stack<bool>();
            do
            {
                var part = parser.Consume<ParsingEvent>();
                if (part.NestingIncrease > 0) isFlow.Push(part is MappingStart { Style: MappingStyle.Flow } or SequenceStart { Style: SequenceStyle.Flow });

                // The end of a flow collection is told at its bracket. Without one it is told at what follows, behind comments that are not its own.
                if (part is Scalar) end = (int)part.End.Index;
                else if (part.NestingIncrease < 0 && isFlow.Pop()) end = (int)part.End.Index + 1;
            }
            while (isFlow.Count > 0);
            entries.Add(new RootEntry(key.Value, (int)key.Start.Index, end));
        }
        return new RootLayout(root.Style == MappingStyle.Flow, indentation, entries);
    }

    private static RootLayout ReadJson(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8);
        var entries = new List<RootEntry>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (key, start) = (reader.GetString()!, CharactersIn((int)reader.TokenStartIndex));
            reader.Read();
            reader.Skip();
            entries.Add(new RootEntry(key, start, CharactersIn((int)reader.BytesConsumed)));
        }
        var first = entries[0].Start;
        return new RootLayout(IsFlow: true, first - text.LastIndexOf('\n', first) - 1, entries);

        int CharactersIn(int bytes) => Encoding.UTF8.GetCharCount(utf8.AsSpan(0, bytes));
    }
}

/// <summary>One key of the outermost mapping with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Start">Where the key starts, in UTF-16 code units.</param>
/// <param name="End">Where the value ends.</param>
internal readonly record struct RootEntry(string Key, int Start, int End);
