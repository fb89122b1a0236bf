using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

// What lasts from one ConnectAsync until the client is disconnected for good: one connection, or many.
public sealed partial class MqttClient
{
    private const int ConnectionChangesMax = 64;            // the oldest goes when nobody reads them

    private static async Task<Stream> OpenTcpAsync(string host, int port, CancellationToken cancellation)
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
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static bool IsLoss(Exception failure) =>
        failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException;

    [SuppressMessage("Design", "CA1001", Justification = "The token source is nothing but memory: nobody asks for its wait handle.")]
    private sealed class Run(MqttClient client, Func<CancellationToken, Task<Stream>>? connector)
    {
        private readonly CancellationTokenSource _stopped = new();
        private readonly ReconnectSchedule? _schedule =
            connector is not null && client._options.Reconnect is { } options ? new ReconnectSchedule(options) : null;

        private bool _wasAccepted;
        private TaskCompletionSource _connected = NewSignal();

        // Unbounded, so that what was acknowledged is never dropped; the read loop sees to its length.
        public Channel<PublishPacket> Messages { get; } = Channel.CreateUnbounded<PublishPacket>();

        public Channel<ConnectionChange> Changes { get; } = Channel.CreateBounded<ConnectionChange>(
            new BoundedChannelOptions(ConnectionChangesMax) { FullMode = BoundedChannelFullMode.DropOldest });

        /// <summary>Whether no connection will follow.</summary>
        public bool IsOver { get; private set; }

        /// <summary>Completes when there is a connection, and fails when there will be none.</summary>
        public Task Connected => _connected.Task;

        /// <summary>Ends with the loop that reconnects.</summary>
        public Task Supervision { get; private set; } = Task.CompletedTask;

        /// <summary>A server accepted. Called with the gate held.</summary>
        public void OnAccepted(Link link, ConnAckPacket connAck)
        {
            if (_wasAccepted) Changes.Writer.TryWrite(new ConnectionChange.Regained(connAck.SessionPresent));
            else if (_schedule is not null) Supervision = Task.Run(() => SuperviseAsync(link));
            _wasAccepted = true;
            _schedule?.Reset();
            _connected.TrySetResult();
        }

        /// <summary>A connection ended. Called with the gate held.</summary>
        /// <returns>Whether another one will follow.</returns>
        public bool OnEnded(ClientEvent.Disconnected ended)
        {
            var retries = !IsOver && _schedule is not null && _wasAccepted && ReconnectSchedule.MayRetry(ended.Cause, ended.ReasonCode);
            if (retries)
            {
                if (_connected.Task.IsCompleted) _connected = NewSignal();
                return true;
            }
            End(ended.Cause == DisconnectCause.ByClient ? null : new MqttClientException(ended));
            return false;
        }

        /// <summary>No connection will follow. Called with the gate held.</summary>
        public void End(MqttClientException? failure)
        {
            if (IsOver) return;
            IsOver = true;
            Messages.Writer.TryComplete(failure);
            Changes.Writer.TryComplete();
            if (_connected.Task.IsCompleted) _connected = NewSignal();
            _connected.SetException(failure ?? new MqttClientException("the client disconnected"));
            _ = _connected.Task.Exception;                  // looked at, so that nobody has to wait for it
            _ = _stopped.CancelAsync();
        }

        private async Task SuperviseAsync(Link link)
        {
            await link.Ended.Task.ConfigureAwait(false);
            Exception? reason = link.Failure;
            while (!IsOver)
            {
                var delay = _schedule!.Next();
                Changes.Writer.TryWrite(new ConnectionChange.Lost(reason ?? new MqttClientException(), delay));
                try
                {
                    await Task.Delay(delay, client._time, _stopped.Token).ConfigureAwait(false);
                    reason = await TryAsync().ConfigureAwait(false);
                }
                catch (Exception failure) when (IsLoss(failure))
                {
                    reason = failure;
                }
                catch (Exception failure)
                {
                    // The caller's own connector failed in a way that no network does: everyone who waits learns of it.
                    client.GiveUp(this, new MqttClientException("the connector failed", failure));
                }
            }
        }

        /// <summary>One attempt, and the connection that it led to until its end; returns why it ended.</summary>
        private async Task<Exception?> TryAsync()
        {
            using var limit = new CancellationTokenSource(client._options.ConnectTimeout, client._time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopped.Token);
            var stream = await connector!(either.Token).ConfigureAwait(false);
            if (client.TryStart(this, stream) is not { } link)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
                return null;
            }
            await link.Ended.Task.ConfigureAwait(false);
            return link.Failure;
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
