using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Server.Hosting;

namespace Orrery.Server.Configuration;

/// <summary>Reads a JSON configuration file strictly: an unknown key or a value of the wrong kind is an error with its line.</summary>
/// <remarks>The file holds what stands in the section "Mqtt" of an appsettings.json, with or without that section around it.
/// Comments and trailing commas are allowed; keys may be written in any case.</remarks>
public static class ConfigurationFile
{
    private const string Section = Options.MqttServerOptions.Section;

    /// <summary>Reads a file into the keys and values that .NET's configuration uses.</summary>
    /// <exception cref="ConfigurationFileException">The file can't be read, is not JSON, or says what nothing understands.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFileException($"{path}: can't be read: {failure.Message}");
        }

        return Parse(path, content);
    }

    /// <summary>Reads the bytes of a file.</summary>
    internal static IReadOnlyDictionary<string, string?> Parse(string name, ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        var walker = new Walker(name, content);
        try
        {
            return walker.Run();
        }
        catch (JsonException failure)
        {
            throw new ConfigurationFileException(string.Create(CultureInfo.InvariantCulture,
                $"{name}:{(failure.LineNumber ?? 0) + 1}: is not valid JSON: {failure.Message.Split(" LineNumber:")[0]}"));
        }
    }

    private ref struct Walker(string name, ReadOnlySpan<byte> content)
    {
        private readonly ReadOnlySpan<byte> _content = content;
        private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
        private Utf8JsonReader _reader = new(content, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });

        public Dictionary<string, string?> Run()
        {
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.StartObject) throw Fault("the file must hold an object: { … }");
            ReadRoot();
            while (_reader.Read())
            {
                // Only comments may follow, and the reader skips them.
            }

            return _values;
        }

        private void ReadRoot()
        {
            var root = (ConfigurationSchema.Keys)ConfigurationSchema.Root;
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = _reader.GetString()!;
                if (string.Equals(key, Section, StringComparison.OrdinalIgnoreCase))
                {
                    _reader.Read();
                    ReadValue(root, Section);
                }
                else
                {
                    ReadProperty(root, Section, key);
                }
            }
        }

        private void ReadValue(ConfigurationSchema schema, string path)
        {
            switch (schema)
            {
                case ConfigurationSchema.Keys or ConfigurationSchema.Named:
                    if (_reader.TokenType != JsonTokenType.StartObject) throw Fault($"{path} must be an object: {{ … }}");
                    while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
                    {
                        ReadProperty(schema, path, _reader.GetString()!);
                    }

                    break;

                case ConfigurationSchema.List list:
                    if (_reader.TokenType != JsonTokenType.StartArray) throw Fault($"{path} must be a list: [ … ]");
                    for (var i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
                    {
                        ReadValue(list.Item, string.Create(CultureInfo.InvariantCulture, $"{path}:{i}"));
                    }

                    break;

                case ConfigurationSchema.Scalar scalar:
                    ReadScalar(scalar, path);
                    break;
            }
        }

        private void ReadProperty(ConfigurationSchema parent, string path, string key)
        {
            ConfigurationSchema? schema = null;
            if (parent is ConfigurationSchema.Named named)
            {
                if (BrokerRegistration.FaultOf(key) is { } fault) throw Fault($"\"{key}\" in {path} {fault}");
                if (!_values.TryAdd($"{path}:{key}", null)) throw Fault($"{path}:{key} is given twice");    // also says that it is there
                schema = named.Item;
            }
            else if (parent is ConfigurationSchema.Keys keys && !keys.Properties.TryGetValue(key, out schema))
            {
                var nearest = NearestKey.Of(key, keys.Properties.Keys);
                throw Fault($"unknown key \"{key}\" in {path}; " + (nearest is null
                    ? $"known are {string.Join(", ", keys.Properties.Keys.Order(StringComparer.Ordinal))}"
                    : $"did you mean \"{nearest}\"?"));
            }

            var full = $"{path}:{key}";
            if (!_reader.Read()) return;
            if (schema is ConfigurationSchema.Scalar && _values.ContainsKey(full)) throw Fault($"{full} is given twice");
            ReadValue(schema!, full);
        }

        private void ReadScalar(ConfigurationSchema.Scalar scalar, string path)
        {
            var text = _reader.TokenType switch
            {
                JsonTokenType.String => _reader.GetString()!,
                JsonTokenType.Number => Encoding.UTF8.GetString(_reader.ValueSpan),
                JsonTokenType.True => "true",
                JsonTokenType.False => "false",
                _ => throw Fault($"{path} must be {ScalarText.Describe(scalar.Type)}"),
            };
            if (!ScalarText.Is(scalar.Type, text, _reader.TokenType))
            {
                throw Fault($"{path} is {(_reader.TokenType == JsonTokenType.String ? $"\"{text}\"" : text)}; it must be {ScalarText.Describe(scalar.Type)}");
            }

            _values[path] = text;
        }

        private readonly ConfigurationFileException Fault(string what)
        {
            var line = 1 + _content[..(int)_reader.TokenStartIndex].Count((byte)'\n');
            return new ConfigurationFileException(string.Create(CultureInfo.InvariantCulture, $"{name}:{line}: {what}"));
        }
    }
}
