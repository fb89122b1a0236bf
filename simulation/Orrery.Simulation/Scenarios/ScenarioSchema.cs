using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Scenarios.Model;
using Orrery.Simulation.Scenarios.Reading;

namespace Orrery.Simulation.Scenarios;

/// <summary>The JSON Schema of scenario files, made from the records of the model, so that the two have the same keys.</summary>
/// <param name="documentation">The text of a member's summary, by its XML documentation id; null for none.</param>
/// <remarks>An editor completes and marks by it; what it cannot say, such as a name that is not declared, `orrery check` does.</remarks>
internal sealed class ScenarioSchema(Func<string, string?> documentation)
{
    private readonly SortedDictionary<string, JsonNode> _definitions = new(StringComparer.Ordinal);

    /// <summary>The schema's text.</summary>
    public string Generate()
    {
        var root = Record(RecordShape.Of(typeof(Scenario)));
        var properties = root["properties"]!.AsObject();
        var variant = new JsonObject { ["type"] = "object", ["properties"] = WithoutOwnKeys(properties), ["patternProperties"] = Free(), ["additionalProperties"] = false };
        properties["variants"] = new JsonObject { ["description"] = "Names of variants, each with keys that are laid over the scenario.", ["type"] = "object", ["additionalProperties"] = variant };
        properties["matrix"] = Axes("Lists of values by $name; every combination is a run.", []);
        properties["sweep"] = Axes("As matrix, with a seed of its own for each run.", new JsonObject { ["repeat"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 } });
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Orrery scenario",
        };
        foreach (var (key, value) in root.ToArray()) schema[key] = value?.DeepClone();
        _definitions["hole"] = new JsonObject { ["type"] = "string", ["pattern"] = @"\$[a-z][a-z0-9_]*", ["description"] = "The value of a matrix or sweep." };
        schema["$defs"] = new JsonObject(_definitions.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        return schema.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject WithoutOwnKeys(JsonObject properties) => new(
        properties.Where(property => property.Key is not ("orrery" or "name")).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));

    private static JsonObject Axes(string description, JsonObject properties) => new()
    {
        ["description"] = description,
        ["type"] = "object",
        ["properties"] = properties,
        ["patternProperties"] = Free(),
        ["additionalProperties"] = new JsonObject { ["type"] = "array", ["minItems"] = 1 },
    };

    private static JsonObject Free() => new() { ["^x-"] = true };

    private JsonObject Refer(Type type)
    {
        if (_definitions.TryAdd(type.Name, new JsonObject())) _definitions[type.Name] = Define(RecordShape.Of(type));
        return new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" };
    }

    private JsonObject Define(RecordShape shape)
    {
        if (shape.Choice is null)
        {
            var record = Record(shape);
            if (shape.Shorthand is not { } shorthand) return record;
            return new JsonObject { ["anyOf"] = new JsonArray(record, record["properties"]![shorthand]!.DeepClone()) };
        }

        var cases = new JsonArray([.. shape.Cases.Select(known => (JsonNode)Refer(known.Type))]);
        var words = shape.Cases.Where(known => shape.Choice.By is null && RecordShape.Of(known.Type).Find(known.Name)!.Property.PropertyType == typeof(bool));
        if (words.Any()) cases.Add(new JsonObject { ["enum"] = new JsonArray([.. words.Select(known => (JsonNode)known.Name)]) });
        return new JsonObject { ["anyOf"] = cases };
    }

    private JsonObject Record(RecordShape shape)
    {
        var properties = new JsonObject();
        var required = new List<string>(shape.Discriminators.Select(chosen => chosen.Key));
        foreach (var (key, value) in shape.Discriminators) properties[key] = new JsonObject { ["const"] = value };
        foreach (var key in shape.Keys)
        {
            var value = Value(key.Property.PropertyType, key);
            var declaring = key.Property.DeclaringType!.FullName;
            if (documentation($"P:{declaring}.{key.Property.Name}") is { } text) value["description"] = text;
            properties[key.Name] = value;
            if (key.IsRequired) required.Add(key.Name);
        }

        var record = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (documentation($"T:{shape.Type.FullName}") is { } summary) record["description"] = summary;
        if (required.Count > 0) record["required"] = new JsonArray([.. required.Order(StringComparer.Ordinal).Select(key => (JsonNode)key)]);
        record["patternProperties"] = Free();
        record["additionalProperties"] = false;
        return record;
    }

    private JsonObject Value(Type type, KeyShape key)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (RecordShape.ItemOf(type) is { } item)
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = Value(item, key) };
            return key.Get<OneOrManyAttribute>() is null ? OrHole(list) : OrHole(list, Value(item, key));
        }
        if (RecordShape.ValueOf(type) is { } value) return new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(value, key), ["patternProperties"] = Free() };
        return ScalarReader.Reads(type) ? Scalar(type, key) : OrHole(Refer(type));
    }

    private static JsonObject Scalar(Type type, KeyShape key)
    {
        if (type == typeof(bool)) return OrHole(new JsonObject { ["type"] = "boolean" });
        if (ScalarReader.PatternOf(type) is { } quantity)
        {
            var text = new JsonObject { ["type"] = "string", ["pattern"] = quantity };
            var hasUnit = type != typeof(Times) && type != typeof(Comparison);
            return hasUnit ? OrHole(text) : OrHole(text, new JsonObject { ["type"] = "integer" });
        }
        if (type.IsEnum) return OrHole(new JsonObject { ["enum"] = new JsonArray([.. RecordShape.ValuesOf(type).SelectMany(Spellings)]) });
        if (type == typeof(string))
        {
            var any = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
            if (key.Get<TextAttribute>() is not { } form || TextKinds.PatternOf(form.Kind) is not { } pattern || RecordShape.ValueOf(key.Property.PropertyType) is not null) return any;
            any["pattern"] = pattern;
            return OrHole(any);
        }

        var number = new JsonObject { ["type"] = "integer" };
        if (key.Get<WithinAttribute>() is { } range) (number["minimum"], number["maximum"]) = (range.Min, range.Max);
        else if (type == typeof(ulong)) (number["minimum"], number["maximum"]) = (0, ulong.MaxValue);
        return OrHole(number);
    }

    // A name of digits, such as a protocol level, may be written as a number.
    private static IEnumerable<JsonNode> Spellings((string Name, object Value) known) =>
        int.TryParse(known.Name, out var number) ? [known.Name, number] : [known.Name];

    private static JsonObject OrHole(params JsonObject[] forms) =>
        new() { ["anyOf"] = new JsonArray([.. forms, new JsonObject { ["$ref"] = "#/$defs/hole" }]) };
}
