using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client.Tests;

public class MqttClientTests
{
    [Fact]
    public async Task A_refusal_is_an_exception_with_the_servers_code()
    {
        var (client, server) = (new MqttClient(new ClientOptions { ClientId = "c" }), new InMemoryServer());
        var connecting = client.ConnectAsync(server.ClientStream);
        await server.ReadAsync();
        await server.WriteAsync(new ConnAckPacket { ReasonCode = ReasonCode.Banned });

        var refusal = await Assert.ThrowsAsync<MqttClientException>(() => connecting);

        Assert.Equal((DisconnectCause.Refused, ReasonCode.Banned), (refusal.Cause, refusal.ReasonCode));
        Assert.False(client.IsConnected);
        Assert.Null(await server.ReadAsync());
    }

    [Fact]
    public async Task A_connection_attempt_can_be_cancelled_and_repeated()
    {
        using var cancellation = new CancellationTokenSource();
        var (client, server) = (new MqttClient(new ClientOptions { ClientId = "c" }), new InMemoryServer());
        var connecting = client.ConnectAsync(server.ClientStream, cancellation.Token);
        await server.ReadAsync();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);

        var second = new InMemoryServer();
        var again = client.ConnectAsync(second.ClientStream);
        await second.ReadAsync();
        await second.WriteAsync(new ConnAckPacket());
        await again;
        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task Publishing_waits_for_the_acknowledgement()
    {
        var (client, server) = await InMemoryServer.ConnectedAsync();
        var publishing = client.PublishAsync(ClientHarness.Message("a", QoS.AtLeastOnce));
        var packet = Assert.IsType<PublishPacket>(await server.ReadAsync());
        Assert.False(publishing.IsCompleted);

        await server.WriteAsync(new PubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCode = ReasonCode.NoMatchingSubscribers });

        Assert.Equal(ReasonCode.NoMatchingSubscribers, await publishing);
    }

    [Fact]
    public async Task Messages_come_in_order_and_end_with_the_disconnect()
    {
        var (client, server) = await InMemoryServer.ConnectedAsync();
        var subscribing = client.SubscribeAsync([new(TopicFilter.Parse("#"), QoS.AtLeastOnce)]);
        var subscribe = Assert.IsType<SubscribePacket>(await server.ReadAsync());
        await server.WriteAsync(
            new SubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [ReasonCode.GrantedQoS1] },
            new PublishPacket { Message = ClientHarness.Message("a", QoS.AtLeastOnce), PacketIdentifier = new(1) },
            new PublishPacket { Message = ClientHarness.Message("b") });
        Assert.Equal([ReasonCode.GrantedQoS1], await subscribing);
        Assert.IsType<PubAckPacket>(await server.ReadAsync());

        var topics = new List<string>();
        await foreach (var packet in client.ReadMessagesAsync())
        {
            topics.Add(packet.Message.Topic.ToString());
            if (topics.Count < 2) continue;
            var disconnecting = client.DisconnectAsync();
            Assert.IsType<DisconnectPacket>(await server.ReadAsync());
            await server.CloseAsync();
            await disconnecting;
        }

        Assert.Equal(["a", "b"], topics);
        Assert.Null(await server.ReadAsync());
    }

    [Fact]
    public async Task What_arrived_before_the_server_left_is_still_read_and_then_the_reason()
    {
        var (client, server) = await InMemoryServer.ConnectedAsync();
        await server.WriteAsync(
            new PublishPacket { Message = ClientHarness.Message("a") },
            new DisconnectPacket { ReasonCode = ReasonCode.ServerShuttingDown });
        await server.CloseAsync();

        var topics = new List<string>();
        var left = await Assert.ThrowsAsync<MqttClientException>(async () =>
        {
            await foreach (var packet in client.ReadMessagesAsync()) topics.Add(packet.Message.Topic.ToString());
        });

        Assert.Equal(["a"], topics);
        Assert.Equal((DisconnectCause.ByServer, ReasonCode.ServerShuttingDown), (left.Cause, left.ReasonCode));
    }

    [Fact]
    public async Task Whoever_waits_learns_that_the_server_is_gone()
    {
        var (client, server) = await InMemoryServer.ConnectedAsync();
        var publishing = client.PublishAsync(ClientHarness.Message("a", QoS.ExactlyOnce));
        var subscribing = client.SubscribeAsync([new(TopicFilter.Parse("#"), QoS.AtMostOnce)]);
        await server.ReadAsync();
        await server.CloseAsync();

        Assert.Equal(DisconnectCause.TransportLost, (await Assert.ThrowsAsync<MqttClientException>(() => publishing)).Cause);
        await Assert.ThrowsAsync<MqttClientException>(() => subscribing);
        await Assert.ThrowsAsync<MqttClientException>(() => client.PublishAsync(ClientHarness.Message("a")));
    }

    [Fact]
    public async Task Another_connection_resumes_the_session()
    {
        var (client, server) = await InMemoryServer.ConnectedAsync(new ClientOptions { ClientId = "c", SessionExpiryIntervalSeconds = 60 });
        var publishing = client.PublishAsync(ClientHarness.Message("a", QoS.AtLeastOnce));
        await server.ReadAsync();
        await server.CloseAsync();
        await Assert.ThrowsAsync<MqttClientException>(() => publishing);
        await client.DisposeAsync();

        var second = new InMemoryServer();
        var connecting = client.ConnectAsync(second.ClientStream);
        Assert.False(Assert.IsType<ConnectPacket>(await second.ReadAsync()).CleanStart);
        await second.WriteAsync(new ConnAckPacket { SessionPresent = true });
        await connecting;

        Assert.True(Assert.IsType<PublishPacket>(await second.ReadAsync()).Duplicate);
    }

    [Fact]
    public async Task Many_threads_may_publish_at_once()
    {
        const int Each = 250;
        var (client, server) = await InMemoryServer.ConnectedAsync();
        var publishing = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var count = 0; count < Each; count++) await client.PublishAsync(ClientHarness.Message($"t/{thread}", payload: $"{count}"));
        })).ToArray();

        var seen = new Dictionary<string, int>();
        for (var count = 0; count < 4 * Each; count++)
        {
            var message = Assert.IsType<PublishPacket>(await server.ReadAsync()).Message;
            var next = seen.GetValueOrDefault(message.Topic.ToString());
            Assert.Equal($"{next}", System.Text.Encoding.UTF8.GetString(message.Payload.Span));
            seen[message.Topic.ToString()] = next + 1;
        }
        await Task.WhenAll(publishing);
    }

    [Fact]
    public async Task While_nobody_reads_messages_the_server_is_slowed_and_nothing_is_lost()
    {
        const int Count = 5_000;
        var (client, server) = await InMemoryServer.ConnectedAsync();
        var writing = Task.Run(async () =>
        {
            for (var number = 0; number < Count; number++)
            {
                await server.WriteAsync(new PublishPacket { Message = ClientHarness.Message("a", payload: $"{number}") });
            }
        });

        var next = 0;
        await foreach (var packet in client.ReadMessagesAsync())
        {
            Assert.Equal($"{next}", System.Text.Encoding.UTF8.GetString(packet.Message.Payload.Span));
            if (++next == Count) break;
        }
        await writing;
    }
}
