using System.CommandLine;
using System.Net.Sockets;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery;

/// <summary>One run of `orrery pub` or `orrery sub`: connects, does its work, disconnects, and words what goes wrong.</summary>
internal sealed class ClientSession
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly string _command;
    private readonly Terminal _terminal;
    private readonly ClientOptions _options;
    private readonly bool _isVerbose;
    private readonly bool _isQuiet;
    private readonly string _host;
    private readonly int _port;

    public ClientSession(string command, ConnectionFlags flags, ParseResult arguments, Terminal terminal)
    {
        _command = command;
        _terminal = terminal;
        _options = flags.ToClientOptions(arguments);
        _isVerbose = flags.IsVerbose(arguments);
        _isQuiet = flags.IsQuiet(arguments);
        (_host, _port) = flags.Server(arguments);
        Client = new MqttClient(_options);
    }

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
            await Client.DisconnectAsync(cancellation: CancellationToken.None);
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
            return Fail($"cannot connect to {_host}:{_port}: no answer within {ConnectTimeout.TotalSeconds:0} seconds. Check -h and -p, and any firewall between.", ExitCodes.Failure);
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
        if (_isVerbose) _terminal.Error.WriteLine($"Client {(_options.ClientId.Length == 0 ? "null" : _options.ClientId)} {message}");
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
            var connAck = await Client.ConnectAsync(_host, _port, limited.Token);
            Trace($"received CONNACK (0){(connAck.SessionPresent ? ", session present" : "")}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    private string Explain(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused =>
            $"cannot connect to {_host}:{_port}: connection refused. Is a broker running there? Start one with 'orrery serve', or name another with -h HOST -p PORT.",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData =>
            $"cannot connect to {_host}:{_port}: there is no host of that name. Check -h.",
        _ => $"cannot connect to {_host}:{_port}: {failure.Message}. Check -h and -p.",
    };

    private string Explain(MqttClientException failure)
    {
        if (failure.Cause != DisconnectCause.Refused) return $"{_host}:{_port}: {failure.Message}.";
        var mend = failure.ReasonCode switch
        {
            ReasonCode.UnsupportedProtocolVersion => " Try another version: -V 311 or -V 5.",
            ReasonCode.BadUserNameOrPassword or ReasonCode.NotAuthorized => " Check -u and -P.",
            ReasonCode.ClientIdentifierNotValid => " Choose another client identifier with -i.",
            _ => "",
        };
        return $"{_host}:{_port} refused the connection: {failure.ReasonCode}.{mend}";
    }
}
