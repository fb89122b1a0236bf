using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Reads YAML 1.2's core subset: no anchors, aliases, tags, merge keys or second document.</summary>
internal sealed class YamlNodes
{
    /// <summary>How deep mappings and lists may nest; a scenario needs about eight.</summary>
    public const int DepthMax = 64;

    private readonly IParser _parser;
    private readonly ErrorList _errors;

    private YamlNodes(string text, ErrorList errors)
    {
        _parser = ParserOf(text);
        _errors = errors;
    }

    /// <summary>The document's root, or null when it cannot be read; what is wrong is added to the errors.</summary>
    public static ScenarioNode? Read(string text, ErrorList errors)
    {
        try
        {
            return new YamlNodes(text, errors).ReadDocument();
        }
        catch (YamlException failure)
        {
            errors.Add(At(failure.Start), $"not YAML: {failure.Message}");
            return null;
        }
    }

    /// <summary>The events of a text.</summary>
    public static IParser ParserOf(string text) => new Parser(new StringReader(text));

    private ScenarioNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _errors.Add(new SourcePosition(1, 1), "the file is empty; a scenario starts with 'orrery: 1'");
            return null;
        }

        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second)) _errors.Add(At(second.Start), "a second document: one file holds one scenario");
        return root;
    }

    private ScenarioNode ReadNode(int depth)
    {
        var start = _parser.Current!.Start;
        if (depth > DepthMax) throw new YamlException(start, start, $"deeper than {DepthMax} levels");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            _errors.Add(At(alias.Start), $"the alias *{alias.Value}: scenarios have no anchors and aliases; write it out, or use a variant or 'matrix'");
            return new ScalarNode(At(alias.Start), "", true);
        }

        if (_parser.Current is NodeEvent node) RefuseDecoration(node);
        if (_parser.TryConsume<Scalar>(out var scalar))
            return new ScalarNode(At(scalar.Start), scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
        if (_parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<ScenarioNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
            return new ListNode(At(start), items);
        }

        _parser.Consume<MappingStart>();
        return ReadMapping(At(start), depth);
    }

    private MapNode ReadMapping(SourcePosition start, int depth)
    {
        var entries = new List<MapEntry>();
        var keys = new HashSet<string>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ScalarNode name) _errors.Add(key.Position, "a key is a text");
            else if (!name.IsQuoted && name.Text == "<<") _errors.Add(key.Position, "a merge key: scenarios have none; write it out, or use a variant");
            else if (!keys.Add(name.Text)) _errors.Add(key.Position, $"the key '{name.Text}' is there twice");
            else entries.Add(new MapEntry(name.Text, key.Position, value));
        }
        return new MapNode(start, entries);
    }

    private void RefuseDecoration(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty) _errors.Add(At(node.Start), $"the anchor &{node.Anchor.Value}: scenarios have no anchors and aliases");
        if (!node.Tag.IsEmpty) _errors.Add(At(node.Start), $"the tag {node.Tag.Value}: scenarios have no tags; the key decides the type");
    }

    private static SourcePosition At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
