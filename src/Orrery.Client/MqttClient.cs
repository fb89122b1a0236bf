using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client;

/// <summary>An MQTT client on a socket or any other stream: a <see cref="ClientCore"/> with loops that move its bytes.</summary>
/// <remarks>
/// Safe for use by many threads. The session outlives a connection as far as the options say: after one ended, another
/// <c>ConnectAsync</c> resumes it, and sends again what was not acknowledged. With <see cref="ClientOptions.Reconnect"/>
/// the client does so by itself, and whoever waits for an answer goes on waiting.
/// </remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly Lock _gate = new();                    // around the core, and all that its events touch
    private readonly ClientOptions _options;
    private readonly ClientCore _core;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Dictionary<long, Action<ClientEvent>> _waiting = [];   // by token
    private Run? _run;                                      // the latest
    private Link? _link;                                    // the connection that is open

    /// <summary>Makes a client that is not connected.</summary>
    /// <param name="options">What it asks of servers.</param>
    /// <param name="time">The clock for keep-alive and for the waits between attempts to reconnect. Null is the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit or a wait makes no sense.</exception>
    public MqttClient(ClientOptions options, TimeProvider? time = null)
    {
        _core = new ClientCore(options);
        _options = options;
        if (options.Reconnect is { } reconnect) _ = new ReconnectSchedule(reconnect);
        _time = time ?? TimeProvider.System;
        _origin = _time.GetTimestamp();
    }

    /// <summary>Whether the server accepted the connection, and it has not ended yet.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_gate) return _core.State == ClientState.Connected;
        }
    }

    /// <summary>The client identifier in use: the server's choice after CONNACK, if it made one.</summary>
    public string ClientId
    {
        get
        {
            lock (_gate) return _core.ClientId;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Connects over TCP.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="cancellation">Gives up; the client is then not connected.</param>
    /// <returns>The server's answer, with its limits.</returns>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="MqttClientException">The server refuses, or does not speak MQTT.</exception>
    /// <exception cref="InvalidOperationException">A connection is open, or will be made again.</exception>
    /// <remarks>The first attempt is the caller's: only a connection that was made once is made again by the client itself.</remarks>
    public Task<ConnAckPacket> ConnectAsync(string host, int port, CancellationToken cancellation = default) =>
        ConnectAsync(stop => OpenTcpAsync(host, port, stop), cancellation);

    /// <summary>Connects over streams of the caller's making, such as those of TLS. The client disposes of each.</summary>
    /// <param name="connector">Makes a stream that leads to a server; called again for each attempt to reconnect.</param>
    /// <param name="cancellation">Gives up; the client is then not connected.</param>
    /// <inheritdoc cref="ConnectAsync(string, int, CancellationToken)"/>
    public async Task<ConnAckPacket> ConnectAsync(Func<CancellationToken, Task<Stream>> connector, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connector);
        return await ConnectAsync(new Run(this, connector), await connector(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
    }

    /// <summary>Connects over one stream that leads to a server, such as a pipe. The client disposes of it, and can't reconnect.</summary>
    /// <inheritdoc cref="ConnectAsync(string, int, CancellationToken)"/>
    public Task<ConnAckPacket> ConnectAsync(Stream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ConnectAsync(new Run(this, connector: null), stream, cancellation);
    }

    /// <summary>Publishes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">Stops the wait. The message is still sent.</param>
    /// <returns>
    /// The answer of the server (QoS 1 and 2), or Success once the bytes are on their way (QoS 0). 0x80 and above is a
    /// refusal, by the server or because of a limit that it stated; QuotaExceeded may also say that too many messages wait.
    /// </returns>
    /// <exception cref="MqttClientException">
    /// The connection ended first; the message may have arrived or not. With <see cref="ClientOptions.Reconnect"/> only
    /// when no other follows, and for QoS 2 when the server lost the session.
    /// </exception>
    public Task<ReasonCode> PublishAsync(ApplicationMessage message, CancellationToken cancellation = default) =>
        PublishAsync(message, topicAlias: 0, cancellation);

    /// <param name="message">The message.</param>
    /// <param name="topicAlias">A number that the server shall know the topic by, up to its Topic Alias Maximum; 0 for none. MQTT 5 only.</param>
    /// <param name="cancellation">Stops the wait. The message is still sent.</param>
    /// <inheritdoc cref="PublishAsync(ApplicationMessage, CancellationToken)"/>
    public async Task<ReasonCode> PublishAsync(ApplicationMessage message, ushort topicAlias, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        Link? link;
        Task<ReasonCode> answer;
        lock (_gate)
        {
            if (_core.State != ClientState.Connected && !IsReconnecting) throw new MqttClientException("the client is not connected");
            link = _link;
            answer = Await(
                _core.Publish(message, Now, topicAlias),
                happened => happened is ClientEvent.Published published ? published.ReasonCode : throw Lost(happened));
            Handle(link);
        }
        if (message.QoS == QoS.AtMostOnce && link is not null) await link.WaitForRoomAsync(cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Subscribes.</summary>
    /// <param name="subscriptions">One or more.</param>
    /// <param name="cancellation">Stops the wait. The request is still sent.</param>
    /// <returns>One code for each, in order: the granted QoS, or a refusal of 0x80 or above.</returns>
    /// <exception cref="MqttClientException">The connection ended first, and no other follows.</exception>
    public Task<IReadOnlyList<ReasonCode>> SubscribeAsync(IReadOnlyList<Subscription> subscriptions, CancellationToken cancellation = default) =>
        SubscribeAsync(subscriptions, null, [], cancellation);

    /// <param name="subscriptions">One or more.</param>
    /// <param name="subscriptionIdentifier">What the server repeats with each message, 1 to 268,435,455; null for nothing. MQTT 5 only.</param>
    /// <param name="userProperties">Name and value pairs for the server. MQTT 5 only.</param>
    /// <param name="cancellation">Stops the wait. The request is still sent.</param>
    /// <inheritdoc cref="SubscribeAsync(IReadOnlyList{Subscription}, CancellationToken)"/>
    public Task<IReadOnlyList<ReasonCode>> SubscribeAsync(
        IReadOnlyList<Subscription> subscriptions,
        uint? subscriptionIdentifier,
        IReadOnlyList<UserProperty> userProperties,
        CancellationToken cancellation = default) => RequestAsync(
            now => _core.Subscribe(subscriptions, now, subscriptionIdentifier, userProperties),
            happened => happened is ClientEvent.Subscribed subscribed ? subscribed.ReasonCodes : throw Lost(happened),
            cancellation);

    /// <summary>Unsubscribes.</summary>
    /// <param name="filters">One or more.</param>
    /// <param name="cancellation">Stops the wait. The request is still sent.</param>
    /// <returns>One code for each, in order; empty before MQTT 5.</returns>
    /// <exception cref="MqttClientException">The connection ended first, and no other follows.</exception>
    public Task<IReadOnlyList<ReasonCode>> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters, CancellationToken cancellation = default) =>
        UnsubscribeAsync(filters, [], cancellation);

    /// <param name="filters">One or more.</param>
    /// <param name="userProperties">Name and value pairs for the server. MQTT 5 only.</param>
    /// <param name="cancellation">Stops the wait. The request is still sent.</param>
    /// <inheritdoc cref="UnsubscribeAsync(IReadOnlyList{TopicFilter}, CancellationToken)"/>
    public Task<IReadOnlyList<ReasonCode>> UnsubscribeAsync(
        IReadOnlyList<TopicFilter> filters,
        IReadOnlyList<UserProperty> userProperties,
        CancellationToken cancellation = default) => RequestAsync(
            now => _core.Unsubscribe(filters, now, userProperties),
            happened => happened is ClientEvent.Unsubscribed unsubscribed ? unsubscribed.ReasonCodes : throw Lost(happened),
            cancellation);

    /// <summary>The messages since the latest <c>ConnectAsync</c>, acknowledged as they arrive, each to one reader only.</summary>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <remarks>
    /// Ends when the client disconnects. While a thousand messages or more wait for a reader, nothing more is read from
    /// the server, acknowledgements included: read while you wait for an answer.
    /// </remarks>
    /// <exception cref="MqttClientException">The connection ended otherwise, and no other follows.</exception>
    public async IAsyncEnumerable<PublishPacket> ReadMessagesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var messages = LatestRun().Messages.Reader;
        await foreach (var packet in messages.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (messages.Count <= UnreadMessagesMax / 2) OnMessageTaken();
            yield return packet;
        }
    }

    /// <summary>What happens to the connection of a client that reconnects, since the latest <c>ConnectAsync</c>; ends with the last connection.</summary>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <remarks>Each change goes to one reader only. Up to 64 wait for a reader; then the oldest are forgotten.</remarks>
    public IAsyncEnumerable<ConnectionChange> ReadConnectionChangesAsync(CancellationToken cancellation = default) =>
        LatestRun().Changes.Reader.ReadAllAsync(cancellation);

    /// <summary>Says DISCONNECT, so that the server discards the will, and closes. Without a connection, only ends the attempts to make one.</summary>
    /// <param name="reasonCode">DisconnectWithWillMessage asks for the will all the same. MQTT 5 only.</param>
    /// <param name="cancellation">Closes without waiting for the bytes to leave.</param>
    public Task DisconnectAsync(ReasonCode reasonCode = ReasonCode.Success, CancellationToken cancellation = default) =>
        DisconnectAsync(new DisconnectPacket { ReasonCode = reasonCode }, cancellation);

    /// <param name="packet">What to say: a reason, another lifetime for the session, a sentence, pairs. MQTT 3 says only that it leaves.</param>
    /// <param name="cancellation">Closes without waiting for the bytes to leave.</param>
    /// <inheritdoc cref="DisconnectAsync(ReasonCode, CancellationToken)"/>
    public async Task DisconnectAsync(DisconnectPacket packet, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Link? link;
        Run? run;
        lock (_gate)
        {
            (link, run) = (_link, _run);
            _core.Disconnect(packet, Now);
            Handle(link);
            EndRun(new ClientEvent.Disconnected(DisconnectCause.ByClient, packet.ReasonCode, "the client disconnected"));
        }
        if (link is not null)
        {
            await using var registration = cancellation.Register(link.Abort).ConfigureAwait(false);
            await link.Ended.Task.ConfigureAwait(false);
        }
        if (run is not null) await run.Supervision.ConfigureAwait(false);
    }

    /// <summary>Closes without DISCONNECT, as a crash would: the server publishes the will. Nothing is made again.</summary>
    public async ValueTask DisposeAsync()
    {
        Link? link;
        Run? run;
        lock (_gate)
        {
            (link, run) = (_link, _run);
            EndRun(new ClientEvent.Disconnected(DisconnectCause.TransportLost, null, "the client was disposed of"));
            _core.CloseTransport("the client was disposed of");
            Handle(link);
        }
        link?.Abort();
        if (link is not null) await link.Ended.Task.ConfigureAwait(false);
        if (run is not null) await run.Supervision.ConfigureAwait(false);
    }

    private bool IsReconnecting => _run is { IsOver: false } && _options.Reconnect is not null;

    private Run LatestRun()
    {
        lock (_gate) return _run ?? throw new MqttClientException("the client was never connected");
    }

    private async Task<ConnAckPacket> ConnectAsync(Run run, Stream stream, CancellationToken cancellation)
    {
        Link link;
        lock (_gate)
        {
            if (_link is not null || _run is { IsOver: false }) throw new InvalidOperationException("A connection is open.");
            _run = run;
            link = Start(run, stream);
        }

        await using var registration = cancellation.Register(() => Lose(link, "the connection attempt was cancelled")).ConfigureAwait(false);
        try
        {
            return await link.Accepted.Task.ConfigureAwait(false);
        }
        catch (MqttClientException)
        {
            await link.Ended.Task.ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async Task<T> RequestAsync<T>(Func<TimeSpan, long> send, Func<ClientEvent, T> answer, CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_core.State == ClientState.Connected)
                {
                    wait = Await(send(Now), answer);
                    Handle(_link);
                }
                else
                {
                    wait = IsReconnecting ? _run!.Connected : throw new MqttClientException("the client is not connected");
                }
            }
            try
            {
                await wait.WaitAsync(cancellation).ConfigureAwait(false);
                if (wait is Task<T> answered) return await answered.ConfigureAwait(false);
            }
            catch (MqttClientException) when (WillReconnect())
            {
                // The request ended with its connection, so it is made again on the next.
            }
        }
    }

    private bool WillReconnect()
    {
        lock (_gate) return IsReconnecting;
    }

    private Task<T> Await<T>(long token, Func<ClientEvent, T> answer)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(token, happened =>
        {
            try
            {
                completion.SetResult(answer(happened));
            }
            catch (MqttClientException failure)
            {
                completion.SetException(failure);
            }
        });
        return completion.Task;
    }

    private static MqttClientException Lost(ClientEvent happened) => happened is ClientEvent.Disconnected ended
        ? new MqttClientException(ended)
        : new MqttClientException("the connection or the session ended before the server answered");
}
