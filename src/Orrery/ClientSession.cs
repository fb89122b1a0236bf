using System.CommandLine;
using System.Net.Sockets;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery;

/// <summary>One run of `orrery pub`, `sub` or `rr`: connects, does its work, disconnects, and words what goes wrong.</summary>
internal sealed class ClientSession
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly string _command;
    private readonly Terminal _terminal;
    private readonly ClientOptions _options;
    private readonly bool _isVerbose;
    private readonly bool _isQuiet;
    private readonly ServerAddress _server;
    private readonly DisconnectPacket _goodbye;

    public ClientSession(string command, ConnectionFlags flags, ParseResult arguments, Terminal terminal, bool needsVersion5 = false)
    {
        _command = command;
        _terminal = terminal;
        _options = flags.ToClientOptions(arguments, flags.Version(arguments.CommandResult, needsVersion5));
        _isVerbose = flags.IsVerbose(arguments);
        _isQuiet = flags.IsQuiet(arguments);
        _server = flags.Server(arguments);
        _goodbye = flags.ToDisconnect(arguments);
        Client = new MqttClient(_options);
    }

    /// <summary>The version that is spoken.</summary>
    public MqttVersion Version => _options.Version;

    public MqttClient Client { get; }

    /// <summary>Connects, works, and disconnects.</summary>
    /// <param name="work">What to do once connected; its result is the exit code.</param>
    /// <param name="cancellation">Ctrl+C: ends in order, with success.</param>
    public async Task<int> RunAsync(Func<Task<int>> work, CancellationToken cancellation)
    {
        try
        {
            await ConnectAsync(cancellation);
            int exitCode;
            try
            {
                exitCode = await work();
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                exitCode = ExitCodes.Success;
            }
            Trace("sending DISCONNECT");
            await Client.DisconnectAsync(_goodbye, CancellationToken.None);
            return exitCode;
        }
        catch (SocketException failure)
        {
            return Fail(Explain(failure), ExitCodes.Failure);
        }
        catch (MqttClientException failure)
        {
            return Fail(Explain(failure), ExitCodes.Of(failure, _options.Version));
        }
        catch (TimeoutException)
        {
            return Fail($"cannot connect to {_server}: no answer within {ConnectTimeout.TotalSeconds:0} seconds. Check -h and -p, and any firewall between.", ExitCodes.Failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (ArgumentException failure)
        {
            // What the encoder refuses: a packet above the protocol's limits.
            return Fail(failure.Message, ExitCodes.Failure);
        }
        finally
        {
            await Client.DisposeAsync();
        }
    }

    /// <summary>Prints an error, unless --quiet.</summary>
    public int Fail(string message, int exitCode)
    {
        if (!_isQuiet) _terminal.Error.WriteLine($"orrery {_command}: {message}");
        return exitCode;
    }

    /// <summary>Prints what happens, with -d.</summary>
    public void Trace(string message)
    {
        if (_isVerbose) _terminal.Error.WriteLine($"Client {(Client.ClientId.Length == 0 ? "(null)" : Client.ClientId)} {message}");
    }

    /// <summary>Publishes one message, and words its refusal; returns the exit code.</summary>
    public async Task<int> PublishAsync(ApplicationMessage message, ushort topicAlias, CancellationToken cancellation)
    {
        Trace($"sending {Describe(new PublishPacket { Message = message })}");
        var code = await Client.PublishAsync(message, topicAlias, cancellation);
        Trace($"publish done ({code})");
        return code < ReasonCode.UnspecifiedError
            ? ExitCodes.Success
            : Fail($"the message to '{message.Topic}' was refused: {code}", (int)code);
    }

    /// <summary>Subscribes, and words refusals.</summary>
    /// <returns>An exit code if every subscription was refused, else null.</returns>
    public async Task<int?> SubscribeAsync(
        IReadOnlyList<Subscription> subscriptions, uint? identifier, IReadOnlyList<UserProperty> userProperties, CancellationToken cancellation)
    {
        foreach (var subscription in subscriptions) Trace($"sending SUBSCRIBE (Topic: {subscription.Filter}, QoS: {(int)subscription.MaximumQoS})");
        var codes = await Client.SubscribeAsync(subscriptions, identifier, userProperties, cancellation);
        Trace($"received SUBACK ({string.Join(", ", codes)})");
        foreach (var (subscription, code) in subscriptions.Zip(codes))
        {
            if (code >= ReasonCode.UnspecifiedError) Fail($"the subscription to '{subscription.Filter}' was refused: {code}", (int)code);
        }
        return codes.All(code => code >= ReasonCode.UnspecifiedError) ? (int)codes[0] : null;
    }

    /// <summary>A PUBLISH in the words of mosquitto's log.</summary>
    public static string Describe(PublishPacket packet) =>
        $"PUBLISH (d{(packet.Duplicate ? 1 : 0)}, q{(int)packet.Message.QoS}, r{(packet.Message.Retain ? 1 : 0)}, "
        + $"m{packet.PacketIdentifier}, '{packet.Message.Topic}', ... ({packet.Message.Payload.Length} bytes))";

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ConnectTimeout);
        Trace("sending CONNECT");
        try
        {
            var connAck = await Client.ConnectAsync(_server.OpenAsync, limited.Token);
            Trace($"received CONNACK (0){(connAck.SessionPresent ? ", session present" : "")}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    private string Explain(SocketException failure) => failure.SocketErrorCode switch
    {
        _ when _server.UnixPath is not null => $"cannot connect to {_server}: {failure.Message}. Is a broker listening on that path?",
        SocketError.ConnectionRefused =>
            $"cannot connect to {_server}: connection refused. Is a broker running there? Start one with 'orrery serve', or name another with -h HOST -p PORT.",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData =>
            $"cannot connect to {_server}: there is no host of that name. Check -h.",
        _ => $"cannot connect to {_server}: {failure.Message}. Check -h and -p.",
    };

    private string Explain(MqttClientException failure)
    {
        if (failure.Cause != DisconnectCause.Refused) return $"{_server}: {failure.Message}.";
        var mend = failure.ReasonCode switch
        {
            ReasonCode.UnsupportedProtocolVersion => " Try another version: -V 311 or -V 5.",
            ReasonCode.BadUserNameOrPassword or ReasonCode.NotAuthorized => " Check -u and -P.",
            ReasonCode.ClientIdentifierNotValid => " Choose another client identifier with -i.",
            _ => "",
        };
        return $"{_server} refused the connection: {failure.ReasonCode}.{mend}";
    }
}
