using System.Collections;
using System.Globalization;
using System.Reflection;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Codec;

/// <summary>Writes everything that a packet holds as text, so that two packets can be compared by value.</summary>
internal static class PacketText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => "\"" + text + "\"",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        TopicName or TopicFilter or PacketIdentifier or Enum => value.ToString()!,
        IEnumerable list => "[" + string.Join(", ", list.Cast<object>().Select(Of)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => value.GetType().Name + " { " + string.Join(", ", PropertiesOf(value)) + " }",
    };

    private static IEnumerable<string> PropertiesOf(object value) =>
        from property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
        where property.Name != "Type" && property.GetIndexParameters().Length == 0
        orderby property.Name
        select property.Name + " = " + Of(property.GetValue(value));
}
