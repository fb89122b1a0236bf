using System.Net.Sockets;
using System.Threading.Channels;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client.Tests;

public sealed class MqttClientReconnectTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly Channel<InMemoryServer> _accepted = Channel.CreateUnbounded<InMemoryServer>();
    private readonly Queue<Exception> _failures = new();
    private readonly MqttClient _client = new(new ClientOptions
    {
        ClientId = "c",
        SessionExpiryIntervalSeconds = 60,
        Reconnect = new ReconnectOptions { DelayMin = TimeSpan.Zero, DelayMax = TimeSpan.Zero },
    });

    public Task InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task A_publish_that_waits_is_answered_on_the_next_connection()
    {
        var first = await ConnectAsync();
        var publishing = _client.PublishAsync(ClientHarness.Message("a", QoS.AtLeastOnce));
        await first.ReadAsync();
        await first.CloseAsync();

        var second = await AcceptAsync(new ConnAckPacket { SessionPresent = true });
        var again = Assert.IsType<PublishPacket>(await second.ReadAsync());
        Assert.True(again.Duplicate);
        await second.WriteAsync(new PubAckPacket { PacketIdentifier = again.PacketIdentifier });

        Assert.Equal(ReasonCode.Success, await publishing);
    }

    [Fact]
    public async Task Attempts_that_fail_are_followed_by_others_and_each_is_told()
    {
        _failures.Enqueue(new SocketException((int)SocketError.ConnectionRefused));
        _failures.Enqueue(new IOException("no route"));
        var first = await ConnectAsync();
        await first.CloseAsync();
        await AcceptAsync(new ConnAckPacket { SessionPresent = true });

        var changes = new List<ConnectionChange>();
        await foreach (var change in _client.ReadConnectionChangesAsync())
        {
            changes.Add(change);
            if (change is ConnectionChange.Regained) break;
        }

        Assert.Equal(
            [typeof(MqttClientException), typeof(SocketException), typeof(IOException)],
            changes.OfType<ConnectionChange.Lost>().Select(lost => lost.Reason.GetType()));
        Assert.True(Assert.IsType<ConnectionChange.Regained>(changes[^1]).SessionPresent);
    }

    [Fact]
    public async Task What_is_published_and_subscribed_without_a_connection_waits_for_it()
    {
        var first = await ConnectAsync();
        await first.CloseAsync();
        var second = await _accepted.Reader.ReadAsync();        // the client is not connected until the server answers
        var publishing = _client.PublishAsync(ClientHarness.Message("a", QoS.AtLeastOnce));
        var subscribing = _client.SubscribeAsync([new(TopicFilter.Parse("b"), QoS.AtMostOnce)]);
        await AnswerAsync(second, new ConnAckPacket { SessionPresent = true });

        for (var count = 0; count < 2; count++)
        {
            switch (await second.ReadAsync())
            {
                case PublishPacket publish: await second.WriteAsync(new PubAckPacket { PacketIdentifier = publish.PacketIdentifier }); break;
                case SubscribePacket subscribe: await second.WriteAsync(new SubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [ReasonCode.Success] }); break;
                case var other: Assert.Fail($"{other}"); break;
            }
        }

        Assert.Equal(ReasonCode.Success, await publishing);
        Assert.Equal([ReasonCode.Success], await subscribing);
    }

    [Fact]
    public async Task A_subscription_that_waits_is_asked_for_again()
    {
        var first = await ConnectAsync();
        var subscribing = _client.SubscribeAsync([new(TopicFilter.Parse("a"), QoS.AtMostOnce)]);
        Assert.IsType<SubscribePacket>(await first.ReadAsync());
        await first.CloseAsync();

        var second = await AcceptAsync(new ConnAckPacket());
        var subscribe = Assert.IsType<SubscribePacket>(await second.ReadAsync());
        await second.WriteAsync(new SubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [ReasonCode.Success] });

        Assert.Equal([ReasonCode.Success], await subscribing);
    }

    [Fact]
    public async Task The_messages_of_every_connection_are_one_stream()
    {
        var first = await ConnectAsync();
        await first.WriteAsync(new PublishPacket { Message = ClientHarness.Message("a") });
        await first.CloseAsync();
        var second = await AcceptAsync(new ConnAckPacket { SessionPresent = true });
        await second.WriteAsync(new PublishPacket { Message = ClientHarness.Message("b") });

        var topics = new List<string>();
        await foreach (var packet in _client.ReadMessagesAsync())
        {
            topics.Add(packet.Message.Topic.ToString());
            if (topics.Count == 2) break;
        }

        Assert.Equal(["a", "b"], topics);
    }

    [Fact]
    public async Task A_refusal_that_lasts_ends_it_and_tells_whoever_waits()
    {
        var first = await ConnectAsync();
        var publishing = _client.PublishAsync(ClientHarness.Message("a", QoS.AtLeastOnce));
        await first.ReadAsync();
        await first.CloseAsync();

        await AnswerAsync(await _accepted.Reader.ReadAsync(), new ConnAckPacket { ReasonCode = ReasonCode.NotAuthorized });

        Assert.Equal(ReasonCode.NotAuthorized, (await Assert.ThrowsAsync<MqttClientException>(() => publishing)).ReasonCode);
        await Assert.ThrowsAsync<MqttClientException>(async () =>
        {
            await foreach (var _ in _client.ReadMessagesAsync()) Assert.Fail("a message");
        });
        await Assert.ThrowsAsync<MqttClientException>(() => _client.PublishAsync(ClientHarness.Message("a")));
    }

    [Fact]
    public async Task Disconnecting_between_two_connections_ends_the_attempts()
    {
        var first = await ConnectAsync();
        await first.CloseAsync();
        var second = await _accepted.Reader.ReadAsync();
        var publishing = _client.PublishAsync(ClientHarness.Message("a", QoS.AtLeastOnce));
        var disconnecting = _client.DisconnectAsync();
        await second.CloseAsync();
        await disconnecting;

        Assert.Equal(DisconnectCause.ByClient, (await Assert.ThrowsAsync<MqttClientException>(() => publishing)).Cause);
        await foreach (var _ in _client.ReadMessagesAsync()) Assert.Fail("a message");
        Assert.False(_accepted.Reader.TryRead(out _));
    }

    [Fact]
    public async Task The_first_attempt_is_the_callers_and_is_not_repeated()
    {
        _failures.Enqueue(new SocketException((int)SocketError.ConnectionRefused));

        await Assert.ThrowsAsync<SocketException>(() => _client.ConnectAsync(OpenAsync));

        Assert.False(_accepted.Reader.TryRead(out _));
        await ConnectAsync();
    }

    [Fact]
    public async Task A_connector_that_is_broken_ends_it()
    {
        var first = await ConnectAsync();
        _failures.Enqueue(new FormatException("a bug of the caller's"));
        await first.CloseAsync();

        var failure = await Assert.ThrowsAsync<MqttClientException>(async () =>
        {
            await foreach (var _ in _client.ReadMessagesAsync()) Assert.Fail("a message");
        });
        Assert.IsType<FormatException>(failure.InnerException);
    }

    [Fact]
    public async Task The_words_of_DISCONNECT_are_the_callers()
    {
        var server = await ConnectAsync();
        var disconnecting = _client.DisconnectAsync(new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage, SessionExpiryIntervalSeconds = 5 });

        var packet = Assert.IsType<DisconnectPacket>(await server.ReadAsync());
        Assert.Equal((ReasonCode.DisconnectWithWillMessage, 5u), (packet.ReasonCode, packet.SessionExpiryIntervalSeconds));
        await server.CloseAsync();
        await disconnecting;
    }

    private Task<Stream> OpenAsync(CancellationToken cancellation)
    {
        if (_failures.TryDequeue(out var failure)) return Task.FromException<Stream>(failure);
        var server = new InMemoryServer();
        _accepted.Writer.TryWrite(server);
        return Task.FromResult(server.ClientStream);
    }

    private async Task<InMemoryServer> ConnectAsync()
    {
        var failures = _failures.ToArray();
        _failures.Clear();
        var connecting = _client.ConnectAsync(OpenAsync);
        var server = await AcceptAsync(new ConnAckPacket());
        await connecting;
        foreach (var failure in failures) _failures.Enqueue(failure);
        return server;
    }

    private async Task<InMemoryServer> AcceptAsync(ConnAckPacket connAck)
    {
        var server = await _accepted.Reader.ReadAsync();
        await AnswerAsync(server, connAck);
        return server;
    }

    private static async Task AnswerAsync(InMemoryServer server, ConnAckPacket connAck)
    {
        Assert.IsType<ConnectPacket>(await server.ReadAsync());
        await server.WriteAsync(connAck);
    }
}
