using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client;

// One connection: a loop that reads, a loop that writes, and a timer.
public sealed partial class MqttClient
{
    private const int UnreadMessagesMax = 1_000;
    private const int UnsentBytesMax = 256 * 1024;          // above it a publisher at QoS 0 waits

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);    // for the server to answer DISCONNECT with FIN

    /// <summary>Does what the core has decided. Called with the gate held, after every call of the core.</summary>
    /// <param name="link">The connection that is open or just ended; null for none, and then nothing is written.</param>
    private void Handle(Link? link)
    {
        while (_core.TryNextEvent(out var happened))
        {
            switch (happened)
            {
                case ClientEvent.Connected connected:
                    link!.Arm();
                    _run!.OnAccepted(link, connected.ConnAck);
                    link.Accepted.TrySetResult(connected.ConnAck);
                    break;
                case ClientEvent.Received message:
                    _run!.Messages.Writer.TryWrite(message.Packet);
                    break;
                case ClientEvent.Published published:
                    Answer(published.Token, published);
                    break;
                case ClientEvent.Subscribed subscribed:
                    Answer(subscribed.Token, subscribed);
                    break;
                case ClientEvent.Unsubscribed unsubscribed:
                    Answer(unsubscribed.Token, unsubscribed);
                    break;
                case ClientEvent.Abandoned abandoned:
                    Answer(abandoned.Token, abandoned);
                    break;
                case ClientEvent.Restored restored:
                    OnRestored(restored);
                    break;
                case ClientEvent.Disconnected ended:
                    if (!_run!.OnEnded(ended)) AnswerAll(ended);
                    link!.Finish(ended);
                    break;
            }
        }
        link?.Flush();
    }

    private void OnRestored(ClientEvent.Restored restored)
    {
        foreach (var (subscription, reasonCode) in restored.Subscriptions.Zip(restored.ReasonCodes))
        {
            if (reasonCode < ReasonCode.UnspecifiedError) continue;
            _run!.Changes.Writer.TryWrite(new ConnectionChange.SubscriptionLost(subscription, reasonCode));
        }
    }

    /// <summary>Starts a connection of a run. Called with the gate held.</summary>
    private Link Start(Run run, Stream stream)
    {
        var link = _link = new Link(this, run, stream);
        link.Start();
        return link;
    }

    /// <summary>Starts the next connection of a run; null if the run is over.</summary>
    private Link? TryStart(Run run, Stream stream)
    {
        lock (_gate) return run.IsOver ? null : Start(run, stream);
    }

    /// <summary>Ends the attempts to reconnect, and tells whoever waits. Called with the gate held.</summary>
    private void EndRun(ClientEvent.Disconnected ended)
    {
        if (_run is not { IsOver: false }) return;
        _run.End(ended.Cause == DisconnectCause.ByClient ? null : new MqttClientException(ended));
        AnswerAll(ended);
    }

    private void GiveUp(Run run, MqttClientException failure)
    {
        lock (_gate)
        {
            run.End(failure);
            AnswerAll(new ClientEvent.Disconnected(DisconnectCause.TransportLost, null, failure.Message));
        }
    }

    /// <summary>A reader took a message, so there may be room for more.</summary>
    private void OnMessageTaken()
    {
        lock (_gate) _link?.OnMessageTaken();
    }

    private void Answer(long token, ClientEvent happened)
    {
        if (_waiting.Remove(token, out var answer)) answer(happened);
    }

    // A message in flight stays in the session, but whoever waits for it learns now that there is no answer to come.
    private void AnswerAll(ClientEvent.Disconnected ended)
    {
        foreach (var answer in _waiting.OrderBy(entry => entry.Key).Select(entry => entry.Value).ToArray()) answer(ended);
        _waiting.Clear();
    }

    private void Lose(Link link, string detail)
    {
        lock (_gate)
        {
            if (_link != link) return;
            _core.CloseTransport(detail);
            Handle(link);
        }
        link.Abort();
    }

    [SuppressMessage("Design", "CA1001", Justification = "The token source is nothing but memory: nobody asks for its wait handle.")]
    private sealed class Link(MqttClient client, Run run, Stream stream)
    {
        private readonly CancellationTokenSource _aborted = new();

        // It never makes the writer wait: the core writes what it must, and publishers wait in WaitForRoomAsync.
        private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        private long _unsentBytes;
        private TaskCompletionSource? _room;                // set while a publisher waits
        private TaskCompletionSource? _taken;               // set while the read loop waits for a reader of messages
        private ITimer? _timer;
        private bool _isFinished;
        private bool _isCompleted;
        private bool _saidDisconnect;

        public TaskCompletionSource<ConnAckPacket> Accepted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Why it ended; null before.</summary>
        public MqttClientException? Failure { get; private set; }

        /// <summary>Sends CONNECT and starts the loops. Called with the gate held.</summary>
        public void Start()
        {
            client._core.Open(_output.Writer, client.Now);
            _timer = client._time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Arm();
            Flush();
            _ = Task.Run(RunAsync);
        }

        /// <summary>Sets the timer to the core's deadline. Traffic only moves that later, so it is looked at again when the timer fires.</summary>
        public void Arm()
        {
            if (_isFinished || client._core.NextDeadline is not { } deadline) return;
            var due = deadline - client.Now;
            _timer!.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Hands what the core wrote to the write loop. Called with the gate held.</summary>
        public void Flush()
        {
            if (!_isCompleted && _output.Writer.UnflushedBytes > 0)
            {
                _unsentBytes += _output.Writer.UnflushedBytes;
                var flushed = _output.Writer.FlushAsync();
                if (flushed.IsCompleted) _ = flushed.Result;    // it always is: there is no threshold to wait at
            }
            if (_isFinished && !_isCompleted)
            {
                _isCompleted = true;
                _output.Writer.Complete();
            }
        }

        /// <summary>The connection is over: what was written is still sent, then the stream is closed.</summary>
        public void Finish(ClientEvent.Disconnected ended)
        {
            _isFinished = true;
            Failure = new MqttClientException(ended);
            Accepted.TrySetException(Failure);
            _ = Accepted.Task.Exception;                    // looked at: nobody waits for an attempt of the client's own
            _saidDisconnect = ended.Cause == DisconnectCause.ByClient;
            _taken?.TrySetResult();
        }

        /// <summary>Stops the loops, without waiting for the peer.</summary>
        public void Abort() => _ = _aborted.CancelAsync();

        /// <summary>Waits while more bytes are unsent than a publisher should add to.</summary>
        public Task WaitForRoomAsync(CancellationToken cancellation)
        {
            lock (client._gate)
            {
                if (_isFinished || _unsentBytes < UnsentBytesMax) return Task.CompletedTask;
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _room.Task.WaitAsync(cancellation);
            }
        }

        /// <summary>There is room for messages again. Called with the gate held.</summary>
        public void OnMessageTaken() => _taken?.TrySetResult();

        private void OnTimer()
        {
            lock (client._gate)
            {
                if (_isFinished) return;
                if (_taken is not null) client._core.Excuse(client.Now);
                client._core.Tick(client.Now);
                client.Handle(this);
                Arm();
                if (_isFinished) Abort();                   // the server is silent: it may not take bytes either
            }
        }

        private async Task RunAsync()
        {
            var reading = ReadAsync();
            await WriteAsync().ConfigureAwait(false);

            // Closing while input is unread resets the connection, and the server might never see our last packets: so
            // after our own DISCONNECT reads on until the server has closed too.
            if (_saidDisconnect) _aborted.CancelAfter(CloseTimeout);
            else Abort();
            await reading.ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            await _timer!.DisposeAsync().ConfigureAwait(false);
            lock (client._gate)
            {
                client._link = null;
                _room?.TrySetResult();
            }
            Ended.TrySetResult();
        }

        private async Task WriteAsync()
        {
            try
            {
                while (true)
                {
                    var result = await _output.Reader.ReadAsync(_aborted.Token).ConfigureAwait(false);
                    foreach (var segment in result.Buffer)
                    {
                        await stream.WriteAsync(segment, _aborted.Token).ConfigureAwait(false);
                    }
                    OnSent(result.Buffer.Length);
                    _output.Reader.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted) break;
                }
                if (stream is NetworkStream network) network.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception failure) when (IsLoss(failure))
            {
                client.Lose(this, $"the connection was lost: {failure.Message}");
            }
        }

        private void OnSent(long bytes)
        {
            lock (client._gate)
            {
                _unsentBytes -= bytes;
                if (_unsentBytes >= UnsentBytesMax) return;
                _room?.TrySetResult();
                _room = null;
            }
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            var count = 0;
            try
            {
                while (true)
                {
                    if (count == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                    var read = await stream.ReadAsync(buffer.AsMemory(count), _aborted.Token).ConfigureAwait(false);
                    if (read == 0) break;
                    count = Receive(buffer, count + read);
                    await WaitForReaderAsync().ConfigureAwait(false);
                }
                client.Lose(this, "the server closed the connection");
            }
            catch (Exception failure) when (IsLoss(failure))
            {
                client.Lose(this, $"the connection was lost: {failure.Message}");
            }
        }

        /// <summary>Gives the core what arrived; what is left stands at the start of the buffer afterwards.</summary>
        private int Receive(byte[] buffer, int count)
        {
            lock (client._gate)
            {
                if (_isFinished) return 0;
                var input = new ReadOnlySequence<byte>(buffer, 0, count);
                client._core.Receive(ref input, client.Now);
                client.Handle(this);
                input.CopyTo(buffer);
                return (int)input.Length;
            }
        }

        // While the reader of the messages is slow, what the server says lies unread in the socket.
        private async Task WaitForReaderAsync()
        {
            if (run.Messages.Reader.Count < UnreadMessagesMax) return;
            Task taken;
            lock (client._gate)
            {
                if (_isFinished || run.Messages.Reader.Count < UnreadMessagesMax) return;
                _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                taken = _taken.Task;
            }
            await taken.WaitAsync(_aborted.Token).ConfigureAwait(false);
            lock (client._gate)
            {
                _taken = null;
                client._core.Excuse(client.Now);
            }
        }
    }
}
