using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Text;
using Orrery.Mqtt.Topics;

namespace Orrery.Arguments;

/// <summary>-D: properties of MQTT 5 for the packets that the command sends, with the names of mosquitto's clients.</summary>
internal sealed class PropertyFlags
{
    /// <summary>The option's long name.</summary>
    public const string Name = "--property";

    private const string UserProperty = "user-property";

    private static readonly string[] Packets = ["connect", "publish", "subscribe", "unsubscribe", "disconnect", "will"];
    private static readonly string[] OtherPackets = ["connack", "puback", "pubrec", "pubrel", "pubcomp", "suback", "unsuback", "auth"];

    // The largest value of a number, or 0 for a text, and the packets that take it (MQTT 5 §2.2.2.2).
    private static readonly Dictionary<string, (uint Max, string[] Packets)> Properties = new(StringComparer.OrdinalIgnoreCase)
    {
        ["payload-format-indicator"] = (1, ["publish", "will"]),
        ["message-expiry-interval"] = (uint.MaxValue, ["publish", "will"]),
        ["content-type"] = (0, ["publish", "will"]),
        ["response-topic"] = (0, ["publish", "will"]),
        ["correlation-data"] = (0, ["publish", "will"]),
        ["topic-alias"] = (ushort.MaxValue, ["publish"]),
        ["subscription-identifier"] = (268_435_455, ["subscribe"]),
        ["session-expiry-interval"] = (uint.MaxValue, ["connect", "disconnect"]),
        ["authentication-method"] = (0, ["connect"]),
        ["authentication-data"] = (0, ["connect"]),
        ["request-problem-information"] = (1, ["connect"]),
        ["request-response-information"] = (1, ["connect"]),
        ["receive-maximum"] = (ushort.MaxValue, ["connect"]),
        ["topic-alias-maximum"] = (ushort.MaxValue, ["connect"]),
        ["maximum-packet-size"] = (uint.MaxValue, ["connect"]),
        ["will-delay-interval"] = (uint.MaxValue, ["will"]),
        ["reason-string"] = (0, ["disconnect"]),
        [UserProperty] = (0, Packets),
    };

    private static readonly string[] NeverZero = ["topic-alias", "subscription-identifier", "receive-maximum", "maximum-packet-size"];

    private readonly Option<string[]> _properties = new(Name, "-D")
    {
        Description = "A property of MQTT 5: PACKET NAME VALUE, where the packet is connect, publish, subscribe, unsubscribe, disconnect or will; user-property takes a name and a value. May be repeated.",
        HelpName = "packet name value",
    };

    /// <summary>Adds the option to a command.</summary>
    public void AddTo(Command command)
    {
        _properties.Validators.Add(Validate);
        command.Options.Add(_properties);
    }

    /// <summary>How many of the arguments behind -D belong to it.</summary>
    public static int CountPieces(ReadOnlySpan<string> rest)
    {
        var isPair = rest.Length > 1 && string.Equals(rest[1], UserProperty, StringComparison.OrdinalIgnoreCase);
        return Math.Min(isPair ? 4 : 3, rest.Length);
    }

    /// <summary>Whether there is any.</summary>
    public bool IsGiven(CommandResult arguments) => arguments.GetResult(_properties) is not null;

    /// <summary>A text; null without.</summary>
    public string? Text(ParseResult arguments, string packet, string name) =>
        Of(arguments, packet, name).Select(pieces => pieces[2]).LastOrDefault();

    /// <summary>A text as bytes; null without.</summary>
    public ReadOnlyMemory<byte>? Bytes(ParseResult arguments, string packet, string name) =>
        Text(arguments, packet, name) is { } text ? Encoding.UTF8.GetBytes(text) : default(ReadOnlyMemory<byte>?);

    /// <summary>A number; null without.</summary>
    public uint? Number(ParseResult arguments, string packet, string name) =>
        Text(arguments, packet, name) is { } text ? uint.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>A number that says yes or no; null without.</summary>
    public bool? Flag(ParseResult arguments, string packet, string name) => Number(arguments, packet, name) is { } number ? number == 1 : null;

    /// <summary>The pairs, in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties(ParseResult arguments, string packet) =>
        [.. Of(arguments, packet, UserProperty).Select(pieces => new UserProperty(pieces[2], pieces[3]))];

    /// <summary>What a message says about itself; null for nothing.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="packet">The packet that carries it: publish or will.</param>
    /// <param name="responseTopic">A response topic that is given otherwise; -D wins.</param>
    public MessageProperties? OfMessage(ParseResult arguments, string packet, string? responseTopic = null)
    {
        var properties = new MessageProperties(
            Flag(arguments, packet, "payload-format-indicator"),
            Number(arguments, packet, "message-expiry-interval"),
            Text(arguments, packet, "content-type"),
            Text(arguments, packet, "response-topic") ?? responseTopic,
            Bytes(arguments, packet, "correlation-data"),
            UserProperties(arguments, packet));
        return properties.ForwardedLength == 0 && properties.MessageExpiryIntervalSeconds is null ? null : properties;
    }

    private static void Validate(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (Mistake(token.Value.Split(ArgumentFolding.Separator)) is { } mistake) result.AddError(mistake);
        }
    }

    private static string? Mistake(string[] pieces)
    {
        var packet = pieces[0].ToLowerInvariant();
        if (OtherPackets.Contains(packet)) return $"-D: a property of {pieces[0].ToUpperInvariant()} is not for this command to send.";
        if (!Packets.Contains(packet)) return $"-D: '{pieces[0]}' is no packet; there are {string.Join(", ", Packets)}.";
        if (pieces.Length < 2) return "-D needs a packet, a property and a value.";
        if (!Properties.TryGetValue(pieces[1], out var property)) return $"-D: there is no property '{pieces[1]}'; there are {string.Join(", ", Properties.Keys)}.";
        if (!property.Packets.Contains(packet)) return $"-D: {pieces[1]} is no property of {packet.ToUpperInvariant()}, but of {string.Join(" and ", property.Packets)}.";
        var isPair = property.Packets == Packets;
        if (pieces.Length < (isPair ? 4 : 3)) return isPair ? "-D: user-property needs a name and a value." : $"-D: {pieces[1]} needs a value.";
        var value = pieces[2];
        if (property.Max == 0) return MistakeOfText(pieces[1], pieces.AsSpan(2));
        var min = NeverZero.Contains(pieces[1], StringComparer.OrdinalIgnoreCase) ? 1 : 0;
        return uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= property.Max
            ? null
            : $"-D: {pieces[1]} is a number from {min} to {property.Max}.";
    }

    private static string? MistakeOfText(string name, ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (!MqttUtf8.TryGetBytes(text, out _)) return $"-D: {name} is no text that MQTT can carry.";
            if (Encoding.UTF8.GetByteCount(text) > ushort.MaxValue) return $"-D: {name} is above 65,535 bytes.";
        }
        return string.Equals(name, "response-topic", StringComparison.OrdinalIgnoreCase) && !TopicName.TryParse(texts[0], out _)
            ? "-D: response-topic is no topic name: it has '+' or '#', or no character."
            : null;
    }

    private IEnumerable<string[]> Of(ParseResult arguments, string packet, string name) =>
        from text in arguments.GetValue(_properties) ?? []
        let pieces = text.Split(ArgumentFolding.Separator)
        where string.Equals(pieces[0], packet, StringComparison.OrdinalIgnoreCase) && string.Equals(pieces[1], name, StringComparison.OrdinalIgnoreCase)
        select pieces;
}
