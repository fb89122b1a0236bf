using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Arguments;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Text;
using Orrery.Mqtt.Topics;

namespace Orrery;

/// <summary>The options that `orrery pub`, `sub` and `rr` share: how to reach the server, and as whom.</summary>
internal sealed class ConnectionFlags
{
    private const int RandomCharacters = 18;                // with "mosq-" 23 characters, the most that MQTT 3.1 allows
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly Option<string?> _host = new("--host", "-h") { Description = "Server to connect to. [default: localhost]", HelpName = "host" };
    private readonly Option<int?> _port = new("--port", "-p") { Description = "Its port. [default: 1883]", HelpName = "port" };
    private readonly Option<string?> _url = new("--url", "-L") { Description = "Server and topic at once: mqtt://[user[:password]@]host[:port]/topic.", HelpName = "url" };
    private readonly Option<string?> _unix = new("--unix") { Description = "Connect to this Unix domain socket instead.", HelpName = "path" };
    private readonly Option<string?> _bind = new("-A") { Description = "Local address to connect from.", HelpName = "address" };
    private readonly Option<string?> _id = new("--id", "-i") { Description = "Client identifier. [default: one made up]", HelpName = "id" };
    private readonly Option<string?> _idPrefix = new("--id-prefix", "-I") { Description = "Client identifier made of this and the process id.", HelpName = "prefix" };
    private readonly Option<bool> _persistent = new("--disable-clean-session", "-c") { Description = "Resume the session of -i, and keep it on the server afterwards." };
    private readonly Option<string?> _version;
    private readonly Option<string?> _userName = new("--username", "-u") { Description = "User name.", HelpName = "name" };
    private readonly Option<string?> _password = new("--pw", "-P") { Description = "Password.", HelpName = "password" };
    private readonly Option<int> _keepAlive = new("--keepalive", "-k") { Description = "Seconds of silence before a ping; 0 for none.", DefaultValueFactory = _ => 60, HelpName = "seconds" };
    private readonly Option<string?> _expiry = new("--session-expiry-interval", "-x") { Description = "Seconds that the session outlives the connection, -1 for ever; MQTT 5. [default: -1 with -c, else 0]", HelpName = "seconds" };
    private readonly Option<string?> _willTopic = new("--will-topic") { Description = "Topic that the server publishes to if this client vanishes.", HelpName = "topic" };
    private readonly Option<string?> _willPayload = new("--will-payload") { Description = "Payload of the will. [default: empty]", HelpName = "text" };
    private readonly Option<int> _willQoS = new("--will-qos") { Description = "QoS of the will.", HelpName = "qos" };
    private readonly Option<bool> _willRetain = new("--will-retain") { Description = "Retain the will." };
    private readonly Option<bool> _noDelay = new("--nodelay") { Description = "Send small packets at once: always so here." };
    private readonly Option<bool> _debug = new("--debug", "-d") { Description = "Say on standard error what happens." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print no errors." };
    private readonly MqttVersion _defaultVersion;

    /// <summary>Makes the options of a command.</summary>
    /// <param name="defaultVersion">What is spoken if neither -V nor an option that needs MQTT 5 says otherwise.</param>
    public ConnectionFlags(MqttVersion defaultVersion = MqttVersion.V311)
    {
        _defaultVersion = defaultVersion;
        var byDefault = defaultVersion == MqttVersion.V5 ? "5" : "311, or 5 with an option of MQTT 5 such as -D or -x";
        _version = new("--protocol-version", "-V")
        {
            Description = $"MQTT version: 5, 311 or 31 (or mqttv5, mqttv311, mqttv31). [default: {byDefault}]",
            HelpName = "version",
        };
    }

    /// <summary>-D.</summary>
    public PropertyFlags Properties { get; } = new();

    /// <summary>Adds the options to a command, with the checks of their values.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_host, _port, _url, _unix, _bind, _id, _idPrefix, _persistent, _version, _userName, _password, _keepAlive,
            _expiry, _willTopic, _willPayload, _willQoS, _willRetain, _noDelay, _debug, _quiet])
        {
            command.Options.Add(option);
        }
        Properties.AddTo(command);
        UnsupportedFlags.AddTo(command);
        RequireRange(_port, 1, ushort.MaxValue);
        RequireRange(_keepAlive, 0, ushort.MaxValue);
        RequireRange(_willQoS, 0, 2);
        Require(_version, text => VersionOf(text) is not null, "-V is one of 5, 311 and 31");
        Require(_expiry, text => ExpiryOf(text) is not null, "-x is a number of seconds from 0 to 4294967295, or -1 for ever");
        Require(_willTopic, text => TopicName.TryParse(text, out _), "--will-topic is no topic name: it has a wildcard, or no character");
        command.Validators.Add(Validate);
    }

    /// <summary>Where to connect to. An option of its own wins over a part of the URL.</summary>
    public ServerAddress Server(ParseResult arguments)
    {
        var url = Url(arguments.GetValue(_url));
        return new ServerAddress(
            arguments.GetValue(_host) ?? url?.Host ?? "localhost",
            arguments.GetValue(_port) ?? url?.Port ?? 1883,
            arguments.GetValue(_unix),
            arguments.GetValue(_bind));
    }

    /// <summary>The topic in the URL; null without.</summary>
    public string? UrlTopic(CommandResult arguments) => Url(arguments.GetValue(_url))?.Topic;

    /// <summary>Whether -L makes no sense, which is said already.</summary>
    public bool HasBadUrl(CommandResult arguments) => arguments.GetValue(_url) is { } text && Url(text) is null;

    /// <summary>Whether to say what happens.</summary>
    public bool IsVerbose(ParseResult arguments) => arguments.GetValue(_debug);

    /// <summary>Whether to keep silent about errors.</summary>
    public bool IsQuiet(ParseResult arguments) => arguments.GetValue(_quiet);

    /// <summary>The version to speak. -D asks for MQTT 5, whatever -V says, as with mosquitto's clients.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="needsVersion5">Whether there is another option that only MQTT 5 has.</param>
    public MqttVersion Version(CommandResult arguments, bool needsVersion5 = false)
    {
        if (Properties.IsGiven(arguments)) return MqttVersion.V5;
        if (arguments.GetValue(_version) is { } version) return VersionOf(version) ?? _defaultVersion;
        return needsVersion5 || arguments.GetValue(_expiry) is not null ? MqttVersion.V5 : _defaultVersion;
    }

    /// <summary>Whether -V asks for a version before 5.</summary>
    public bool RefusesVersion5(CommandResult arguments) =>
        arguments.GetValue(_version) is { } version && VersionOf(version) is MqttVersion.V31 or MqttVersion.V311;

    /// <summary>What the options ask of the server.</summary>
    public ClientOptions ToClientOptions(ParseResult arguments, MqttVersion version)
    {
        var isPersistent = arguments.GetValue(_persistent);
        var url = Url(arguments.GetValue(_url));
        var userName = arguments.GetValue(_userName) ?? url?.UserName;
        var password = arguments.GetValue(_password) ?? url?.Password;
        var options = new ClientOptions
        {
            Version = version,
            ClientId = ClientId(arguments, version),
            CleanStart = !isPersistent,
            KeepAliveSeconds = (ushort)arguments.GetValue(_keepAlive),
            UserName = userName,
            Password = password is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(password),
            Will = Will(arguments),
        };
        return version == MqttVersion.V5 ? WithProperties(options, arguments, isPersistent) : options;
    }

    /// <summary>What -D asks to say at the end.</summary>
    public DisconnectPacket ToDisconnect(ParseResult arguments) => new()
    {
        SessionExpiryIntervalSeconds = Properties.Number(arguments, "disconnect", "session-expiry-interval"),
        ReasonString = Properties.Text(arguments, "disconnect", "reason-string"),
        UserProperties = Properties.UserProperties(arguments, "disconnect"),
    };

    private ClientOptions WithProperties(ClientOptions options, ParseResult arguments, bool isPersistent)
    {
        var expiry = arguments.GetValue(_expiry) is { } text ? ExpiryOf(text) : Properties.Number(arguments, "connect", "session-expiry-interval");
        return options with
        {
            SessionExpiryIntervalSeconds = expiry ?? (isPersistent ? uint.MaxValue : null),
            ReceiveMaximum = (ushort)(Properties.Number(arguments, "connect", "receive-maximum") ?? ushort.MaxValue),
            MaximumPacketSize = Properties.Number(arguments, "connect", "maximum-packet-size"),
            TopicAliasMaximum = (ushort)(Properties.Number(arguments, "connect", "topic-alias-maximum") ?? 0),
            RequestResponseInformation = Properties.Flag(arguments, "connect", "request-response-information"),
            RequestProblemInformation = Properties.Flag(arguments, "connect", "request-problem-information"),
            AuthenticationMethod = Properties.Text(arguments, "connect", "authentication-method"),
            AuthenticationData = Properties.Bytes(arguments, "connect", "authentication-data"),
            UserProperties = Properties.UserProperties(arguments, "connect"),
        };
    }

    private static ServerUrl? Url(string? text) => text is null ? null : ServerUrl.Parse(text, out _);

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
        var mistake = default(string);
        var url = result.GetValue(_url) is { } urlText ? ServerUrl.Parse(urlText, out mistake) : null;
        if (mistake is not null) result.AddError(mistake);
        if (result.GetValue(_id) is not null && result.GetValue(_idPrefix) is not null) result.AddError("-i and -I exclude each other.");
        if (result.GetValue(_unix) is not null && (result.GetValue(_host) is not null || result.GetValue(_url) is not null))
        {
            result.AddError("--unix stands in place of -h and -L.");
        }
        if (result.GetValue(_persistent) && result.GetValue(_id) is null && result.GetValue(_idPrefix) is null)
        {
            result.AddError("-c needs a client identifier to find the session by: give one with -i.");
        }
        if (Version(result) != MqttVersion.V5 && result.GetValue(_password) is not null && result.GetValue(_userName) is null && url?.UserName is null)
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
            if (result.GetValue(option) is { } text && !MqttUtf8.TryGetBytes(text, out _))
            {
                result.AddError($"{option.Aliases.First()} is no text that MQTT can carry.");
            }
        }
    }

    private string ClientId(ParseResult arguments, MqttVersion version)
    {
        if (arguments.GetValue(_id) is { } id) return id;
        if (arguments.GetValue(_idPrefix) is { } prefix) return prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return version == MqttVersion.V5 ? "" : $"mosq-{RandomNumberGenerator.GetString(Alphabet, RandomCharacters)}";
    }

    private Will? Will(ParseResult arguments) => arguments.GetValue(_willTopic) is not { } topic
        ? null
        : new Will(
            new ApplicationMessage
            {
                Topic = TopicName.Parse(topic),
                Payload = Encoding.UTF8.GetBytes(arguments.GetValue(_willPayload) ?? ""),
                QoS = (QoS)arguments.GetValue(_willQoS),
                Retain = arguments.GetValue(_willRetain),
                Properties = Properties.OfMessage(arguments, "will"),
            },
            Properties.Number(arguments, "will", "will-delay-interval") ?? 0);

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
