using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orrery.Output;

/// <summary>Writes JSON with the spaces of cJSON, which mosquitto's clients print with: none, or tabs.</summary>
internal sealed class JsonText(bool isPretty)
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _isFirst = true;

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Opens an object.</summary>
    public void Open()
    {
        _text.Append(isPretty ? "{\n" : "{");
        _depth++;
        _isFirst = true;
    }

    /// <summary>Closes an object.</summary>
    public void Close()
    {
        _depth--;
        if (isPretty)
        {
            if (!_isFirst) _text.Append('\n');
            _text.Append('\t', _depth);
        }
        _text.Append('}');
        _isFirst = false;
    }

    /// <summary>Begins a member; its value follows.</summary>
    public void Name(string name)
    {
        if (!_isFirst) _text.Append(isPretty ? ",\n" : ",");
        if (isPretty) _text.Append('\t', _depth);
        String(name);
        _text.Append(isPretty ? ":\t" : ":");
        _isFirst = false;
    }

    /// <summary>A member with a number.</summary>
    public void Number(string name, long value)
    {
        Name(name);
        _text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A member with a text.</summary>
    public void Text(string name, string value)
    {
        Name(name);
        String(value);
    }

    /// <summary>A value that is there as JSON. Its numbers are repeated as they were spelled.</summary>
    public void Value(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Open();
                foreach (var member in value.EnumerateObject())
                {
                    Name(member.Name);
                    Value(member.Value);
                }
                Close();
                break;
            case JsonValueKind.Array:
                Array(value);
                break;
            case JsonValueKind.String:
                String(value.GetString()!);
                break;
            default:
                _text.Append(value.GetRawText());
                break;
        }
    }

    private void Array(JsonElement value)
    {
        _text.Append('[');
        _depth++;
        var count = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (count++ > 0) _text.Append(isPretty ? ", " : ",");
            Value(element);
        }
        _depth--;
        _text.Append(']');
        _isFirst = false;
    }

    private void String(string value)
    {
        _text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => _text.Append(character),
            };
        }
        _text.Append('"');
    }
}
