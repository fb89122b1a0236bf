using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Text;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>The options that `orrery pub` and `orrery sub` share: how to reach the server, and as whom.</summary>
internal sealed class ConnectionFlags
{
    private const int RandomCharacters = 16;                // with "orrery-" 23 characters, the most that MQTT 3.1 allows
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

    private readonly Option<string> _host = new("--host", "-h") { Description = "Server to connect to.", DefaultValueFactory = _ => "localhost", HelpName = "host" };
    private readonly Option<int> _port = new("--port", "-p") { Description = "Its port.", DefaultValueFactory = _ => 1883, HelpName = "port" };
    private readonly Option<string?> _id = new("--id", "-i") { Description = "Client identifier. [default: one made up]", HelpName = "id" };
    private readonly Option<string?> _idPrefix = new("--id-prefix", "-I") { Description = "Client identifier made of this and the process id.", HelpName = "prefix" };
    private readonly Option<bool> _persistent = new("--disable-clean-session", "-c") { Description = "Resume the session of -i, and keep it on the server afterwards." };
    private readonly Option<string> _version = new("--protocol-version", "-V") { Description = "MQTT version: 5, 311 or 31 (or mqttv5, mqttv311, mqttv31).", DefaultValueFactory = _ => "5", HelpName = "version" };
    private readonly Option<string?> _userName = new("--username", "-u") { Description = "User name.", HelpName = "name" };
    private readonly Option<string?> _password = new("--pw", "-P") { Description = "Password.", HelpName = "password" };
    private readonly Option<int> _keepAlive = new("--keepalive", "-k") { Description = "Seconds of silence before a ping; 0 for none.", DefaultValueFactory = _ => 60, HelpName = "seconds" };
    private readonly Option<string?> _expiry = new("--session-expiry-interval", "-x") { Description = "Seconds that the session outlives the connection, -1 for ever; MQTT 5 only. [default: -1 with -c, else 0]", HelpName = "seconds" };
    private readonly Option<string?> _willTopic = new("--will-topic") { Description = "Topic that the server publishes to if this client vanishes.", HelpName = "topic" };
    private readonly Option<string?> _willPayload = new("--will-payload") { Description = "Payload of the will. [default: empty]", HelpName = "text" };
    private readonly Option<int> _willQoS = new("--will-qos") { Description = "QoS of the will.", HelpName = "qos" };
    private readonly Option<bool> _willRetain = new("--will-retain") { Description = "Retain the will." };
    private readonly Option<bool> _debug = new("--debug", "-d") { Description = "Say on standard error what happens." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print no errors." };

    /// <summary>Adds the options to a command, with the checks of their values.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_host, _port, _id, _idPrefix, _persistent, _version, _userName, _password, _keepAlive, _expiry,
            _willTopic, _willPayload, _willQoS, _willRetain, _debug, _quiet])
        {
            command.Options.Add(option);
        }
        RequireRange(_port, 1, ushort.MaxValue);
        RequireRange(_keepAlive, 0, ushort.MaxValue);
        RequireRange(_willQoS, 0, 2);
        Require(_version!, text => VersionOf(text) is not null, "-V is one of 5, 311 and 31");
        Require(_expiry, text => ExpiryOf(text) is not null, "-x is a number of seconds from 0 to 4294967295, or -1 for ever");
        Require(_willTopic, text => TopicName.TryParse(text, out _), "--will-topic is no topic name: it has a wildcard, or no character");
        command.Validators.Add(Validate);
    }

    /// <summary>Where to connect to.</summary>
    public (string Host, int Port) Server(ParseResult arguments) => (arguments.GetValue(_host)!, arguments.GetValue(_port));

    /// <summary>Whether to say what happens.</summary>
    public bool IsVerbose(ParseResult arguments) => arguments.GetValue(_debug);

    /// <summary>Whether to keep silent about errors.</summary>
    public bool IsQuiet(ParseResult arguments) => arguments.GetValue(_quiet);

    /// <summary>What the options ask of the server.</summary>
    public ClientOptions ToClientOptions(ParseResult arguments)
    {
        var version = VersionOf(arguments.GetValue(_version)!)!.Value;
        var isPersistent = arguments.GetValue(_persistent);
        var expiry = arguments.GetValue(_expiry);
        var defaultExpiry = isPersistent ? uint.MaxValue : (uint?)null;
        return new ClientOptions
        {
            Version = version,
            ClientId = ClientId(arguments, version),
            CleanStart = !isPersistent,
            SessionExpiryIntervalSeconds = version != MqttVersion.V5 ? null : expiry is null ? defaultExpiry : ExpiryOf(expiry),
            KeepAliveSeconds = (ushort)arguments.GetValue(_keepAlive),
            UserName = arguments.GetValue(_userName),
            Password = arguments.GetValue(_password) is { } password ? Encoding.UTF8.GetBytes(password) : default(ReadOnlyMemory<byte>?),
            Will = Will(arguments),
        };
    }

    /// <summary>Adds a check of a text.</summary>
    public static void Require(Option<string?> option, Func<string, bool> isValid, string message) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(token => !isValid(token.Value))) result.AddError(message);
    });

    /// <summary>Adds a check of a number.</summary>
    public static void RequireRange(Option option, int min, int max) => option.Validators.Add(result =>
    {
        if (!result.Tokens.All(token => int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max))
        {
            result.AddError($"{option.Aliases.FirstOrDefault(option.Name)} is a number from {min} to {max}");
        }
    });

    private void Validate(CommandResult result)
    {
        var version = VersionOf(result.GetValue(_version)!);
        if (result.GetValue(_id) is not null && result.GetValue(_idPrefix) is not null) result.AddError("-i and -I exclude each other.");
        if (result.GetValue(_persistent) && result.GetValue(_id) is null && result.GetValue(_idPrefix) is null)
        {
            result.AddError("-c needs a client identifier to find the session by: give one with -i.");
        }
        if (version != MqttVersion.V5 && result.GetValue(_password) is not null && result.GetValue(_userName) is null)
        {
            result.AddError("-P needs -u before MQTT 5.");
        }
        if (result.GetValue(_willTopic) is null
            && (result.GetValue(_willPayload) is not null || result.GetResult(_willQoS) is not null || result.GetValue(_willRetain)))
        {
            result.AddError("A will needs --will-topic.");
        }
        foreach (var option in (Option<string?>[])[_id, _idPrefix, _userName])
        {
            if (result.GetValue(option) is { } text && !MqttUtf8.TryGetBytes(text, out _)) result.AddError($"{option.Name} is no text that MQTT can carry.");
        }
    }

    private string ClientId(ParseResult arguments, MqttVersion version)
    {
        if (arguments.GetValue(_id) is { } id) return id;
        if (arguments.GetValue(_idPrefix) is { } prefix) return prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return version == MqttVersion.V5 ? "" : $"orrery-{RandomNumberGenerator.GetString(Alphabet, RandomCharacters)}";
    }

    private Will? Will(ParseResult arguments) => arguments.GetValue(_willTopic) is not { } topic
        ? null
        : new Will(new ApplicationMessage
        {
            Topic = TopicName.Parse(topic),
            Payload = Encoding.UTF8.GetBytes(arguments.GetValue(_willPayload) ?? ""),
            QoS = (QoS)arguments.GetValue(_willQoS),
            Retain = arguments.GetValue(_willRetain),
        });

    private static MqttVersion? VersionOf(string text) => text switch
    {
        "5" or "mqttv5" => MqttVersion.V5,
        "311" or "mqttv311" => MqttVersion.V311,
        "31" or "mqttv31" => MqttVersion.V31,
        _ => null,
    };

    private static uint? ExpiryOf(string text)
    {
        if (text is "-1" or "∞") return uint.MaxValue;
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }
}
