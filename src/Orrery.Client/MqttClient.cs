using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client;

/// <summary>An MQTT client on a socket or any other stream: a <see cref="ClientCore"/> with loops that move its bytes.</summary>
/// <remarks>
/// Safe for use by many threads. The session outlives a connection as far as the options say: after one ended, another
/// <c>ConnectAsync</c> resumes it, and sends again what was not acknowledged. Nothing reconnects by itself.
/// </remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly Lock _gate = new();                    // around the core, and all that its events touch
    private readonly ClientCore _core;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Dictionary<long, Action<ClientEvent>> _waiting = [];   // by token
    private Link? _link;                                    // the connection that is open
    private Link? _latest;                                  // it, or the one before

    /// <summary>Makes a client that is not connected.</summary>
    /// <param name="options">What it asks of servers.</param>
    /// <param name="time">The clock for keep-alive. Null is the system's.</param>
    public MqttClient(ClientOptions options, TimeProvider? time = null)
    {
        _core = new ClientCore(options);
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

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Connects over TCP.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="cancellation">Gives up; the client is then not connected.</param>
    /// <returns>The server's answer, with its limits.</returns>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="MqttClientException">The server refuses, or does not speak MQTT.</exception>
    /// <exception cref="InvalidOperationException">A connection is open.</exception>
    public async Task<ConnAckPacket> ConnectAsync(string host, int port, CancellationToken cancellation = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return await ConnectAsync(new NetworkStream(socket, ownsSocket: true), cancellation).ConfigureAwait(false);
    }

    /// <summary>Connects over a stream that leads to a server, such as one of TLS or of a pipe. The client disposes of it.</summary>
    /// <inheritdoc cref="ConnectAsync(string, int, CancellationToken)"/>
    public async Task<ConnAckPacket> ConnectAsync(Stream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Link link;
        lock (_gate)
        {
            if (_link is not null) throw new InvalidOperationException("A connection is open.");
            link = _link = _latest = new Link(this, stream);
            link.Start();
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

    /// <summary>Publishes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">Stops the wait. The message is still sent.</param>
    /// <returns>
    /// The answer of the server (QoS 1 and 2), or Success once the bytes are on their way (QoS 0). 0x80 and above is a
    /// refusal, by the server or because of a limit that it stated.
    /// </returns>
    /// <exception cref="MqttClientException">The connection ended first; the message may have arrived or not.</exception>
    public async Task<ReasonCode> PublishAsync(ApplicationMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        Link link;
        Task<ReasonCode> answer;
        lock (_gate)
        {
            link = RequireLink();
            answer = Await(
                _core.Publish(message, Now),
                happened => happened is ClientEvent.Published published ? published.ReasonCode : throw Lost(happened));
            Handle(link);
        }
        if (message.QoS == QoS.AtMostOnce) await link.WaitForRoomAsync(cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Subscribes.</summary>
    /// <param name="subscriptions">One or more.</param>
    /// <param name="cancellation">Stops the wait. The request is still sent.</param>
    /// <returns>One code for each, in order: the granted QoS, or a refusal of 0x80 or above.</returns>
    /// <exception cref="MqttClientException">The connection ended first.</exception>
    public Task<IReadOnlyList<ReasonCode>> SubscribeAsync(IReadOnlyList<Subscription> subscriptions, CancellationToken cancellation = default) =>
        RequestAsync(
            now => _core.Subscribe(subscriptions, now),
            happened => happened is ClientEvent.Subscribed subscribed ? subscribed.ReasonCodes : throw Lost(happened),
            cancellation);

    /// <summary>Unsubscribes.</summary>
    /// <param name="filters">One or more.</param>
    /// <param name="cancellation">Stops the wait. The request is still sent.</param>
    /// <returns>One code for each, in order; empty before MQTT 5.</returns>
    /// <exception cref="MqttClientException">The connection ended first.</exception>
    public Task<IReadOnlyList<ReasonCode>> UnsubscribeAsync(IReadOnlyList<TopicFilter> filters, CancellationToken cancellation = default) =>
        RequestAsync(
            now => _core.Unsubscribe(filters, now),
            happened => happened is ClientEvent.Unsubscribed unsubscribed ? unsubscribed.ReasonCodes : throw Lost(happened),
            cancellation);

    /// <summary>The messages of the latest connection, acknowledged as they arrive, each to one reader only.</summary>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <remarks>
    /// Ends when the client disconnects. While a thousand messages or more wait for a reader, nothing more is read from
    /// the server, acknowledgements included: read while you wait for an answer.
    /// </remarks>
    /// <exception cref="MqttClientException">The connection ended otherwise.</exception>
    public async IAsyncEnumerable<PublishPacket> ReadMessagesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Link link;
        lock (_gate) link = _latest ?? throw new MqttClientException("the client was never connected");
        await foreach (var packet in link.Messages.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            link.OnMessageTaken();
            yield return packet;
        }
    }

    /// <summary>Says DISCONNECT, so that the server discards the will, and closes. Without a connection, does nothing.</summary>
    /// <param name="reasonCode">DisconnectWithWillMessage asks for the will all the same. MQTT 5 only.</param>
    /// <param name="cancellation">Closes without waiting for the bytes to leave.</param>
    public async Task DisconnectAsync(ReasonCode reasonCode = ReasonCode.Success, CancellationToken cancellation = default)
    {
        Link? link;
        lock (_gate)
        {
            link = _link;
            if (link is null) return;
            _core.Disconnect(reasonCode, Now);
            Handle(link);
        }
        await using var registration = cancellation.Register(link.Abort).ConfigureAwait(false);
        await link.Ended.Task.ConfigureAwait(false);
    }

    /// <summary>Closes without DISCONNECT, as a crash would: the server publishes the will.</summary>
    public async ValueTask DisposeAsync()
    {
        Link? link;
        lock (_gate)
        {
            link = _link;
            if (link is null) return;
            _core.CloseTransport("the client was disposed of");
            Handle(link);
        }
        link.Abort();
        await link.Ended.Task.ConfigureAwait(false);
    }

    private Link RequireLink() =>
        _core.State == ClientState.Connected ? _link! : throw new MqttClientException("the client is not connected");

    private async Task<T> RequestAsync<T>(Func<TimeSpan, long> send, Func<ClientEvent, T> answer, CancellationToken cancellation)
    {
        Task<T> result;
        lock (_gate)
        {
            var link = RequireLink();
            result = Await(send(Now), answer);
            Handle(link);
        }
        return await result.WaitAsync(cancellation).ConfigureAwait(false);
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
        : new MqttClientException("the connection ended before the server answered");
}
