using System.Text;
using System.Text.Json;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Reads JSON to the nodes that the same document in YAML has.</summary>
internal ref struct JsonNodes
{
    private readonly byte[] _utf8;
    private readonly ErrorList _errors;
    private Utf8JsonReader _reader;

    private JsonNodes(byte[] utf8, ErrorList errors)
    {
        _utf8 = utf8;
        _errors = errors;
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = YamlNodes.DepthMax });
    }

    /// <summary>The document's root, or null when it cannot be read; what is wrong is added to the errors.</summary>
    public static ScenarioNode? Read(string text, ErrorList errors)
    {
        var nodes = new JsonNodes(Encoding.UTF8.GetBytes(text), errors);
        try
        {
            nodes._reader.Read();
            var root = nodes.ReadNode();
            nodes._reader.Read();               // refuses whatever follows
            return root;
        }
        catch (JsonException failure)
        {
            errors.Add(
                new SourcePosition((int)(failure.LineNumber ?? 0) + 1, (int)(failure.BytePositionInLine ?? 0) + 1),
                $"not JSON: {failure.Message.Split(" LineNumber:")[0]}");
            return null;
        }
    }

    private ScenarioNode ReadNode()
    {
        var start = Position();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = new List<ScenarioNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) items.Add(ReadNode());
                return new ListNode(start, items);
            case JsonTokenType.StartObject:
                return ReadObject(start);
            case JsonTokenType.String:
                return new ScalarNode(start, _reader.GetString()!, true);
            default:
                return new ScalarNode(start, Encoding.UTF8.GetString(_reader.ValueSpan), false);
        }
    }

    private MapNode ReadObject(SourcePosition start)
    {
        var entries = new List<MapEntry>();
        var keys = new HashSet<string>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var (key, position) = (_reader.GetString()!, Position());
            _reader.Read();
            var value = ReadNode();
            if (keys.Add(key)) entries.Add(new MapEntry(key, position, value));
            else _errors.Add(position, $"the key '{key}' is there twice");
        }
        return new MapNode(start, entries);
    }

    private readonly SourcePosition Position()
    {
        var before = _utf8.AsSpan(0, (int)_reader.TokenStartIndex);
        var line = before.LastIndexOf((byte)'\n') + 1;
        return new SourcePosition(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[line..]) + 1);
    }
}
