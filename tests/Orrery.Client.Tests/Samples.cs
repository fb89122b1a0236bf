using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Client.Tests;

// The code of docs/CLIENT.md. It compiles here, and ClientPageTests compares the two.
internal static class Samples
{
    public static async Task PublishAsync()
    {
        await using var client = new MqttClient(new ClientOptions { ClientId = "kitchen" });
        await client.ConnectAsync("localhost", 1883);

        var code = await client.PublishAsync(new ApplicationMessage
        {
            Topic = TopicName.Parse("sensors/kitchen"),
            Payload = "21.5"u8.ToArray(),
            QoS = QoS.AtLeastOnce,
        });
        Console.WriteLine(code);                                // Success, or the server's reason for refusing

        await client.DisconnectAsync();
    }

    public static async Task SubscribeAsync(CancellationToken cancellation)
    {
        await using var client = new MqttClient(new ClientOptions());
        await client.ConnectAsync("localhost", 1883, cancellation);
        await client.SubscribeAsync([new Subscription(TopicFilter.Parse("sensors/#"), QoS.AtLeastOnce)], cancellation);

        await foreach (var packet in client.ReadMessagesAsync(cancellation))
        {
            Console.WriteLine($"{packet.Message.Topic} {Encoding.UTF8.GetString(packet.Message.Payload.Span)}");
        }
    }

    public static async Task ReconnectAsync()
    {
        var options = new ClientOptions
        {
            ClientId = "kitchen",
            SessionExpiryIntervalSeconds = 3600,                // the server keeps the session for an hour
            Reconnect = new ReconnectOptions { DelayMax = TimeSpan.FromSeconds(30) },
        };
        await using var client = new MqttClient(options);
        await client.ConnectAsync("localhost", 1883);

        // Completes with the acknowledgement, however many connections that takes.
        await client.PublishAsync(new ApplicationMessage
        {
            Topic = TopicName.Parse("sensors/kitchen"),
            Payload = "21.5"u8.ToArray(),
            QoS = QoS.AtLeastOnce,
        });
    }

    public static async Task WatchAsync(MqttClient client)
    {
        await foreach (var change in client.ReadConnectionChangesAsync())
        {
            Console.WriteLine(change switch
            {
                ConnectionChange.Lost lost => $"lost: {lost.Reason.Message}; next attempt in {lost.RetryAfter}",
                ConnectionChange.Regained { SessionPresent: true } => "back, nothing was lost",
                ConnectionChange.Regained => "back; the server had lost the session",
                ConnectionChange.SubscriptionLost lost => $"no longer subscribed to {lost.Subscription.Filter}: {lost.ReasonCode}",
                _ => throw new InvalidOperationException($"{change}"),
            });
        }
    }

    public static async Task Mqtt311Async()
    {
        var options = new ClientOptions
        {
            Version = MqttVersion.V311,                         // or V31; V5 is the default
            ClientId = "kitchen",
            CleanStart = false,                                 // a session of MQTT 3 lasts until it is cleaned
            UserName = "kitchen",
            Password = "secret"u8.ToArray(),
            Will = new Will(new ApplicationMessage { Topic = TopicName.Parse("state/kitchen"), Payload = "gone"u8.ToArray(), Retain = true }),
        };
        await using var client = new MqttClient(options);
        await client.ConnectAsync("localhost", 1883);
    }

    public static async Task TlsAsync(MqttClient client)
    {
        await client.ConnectAsync(async cancellation =>
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync("broker.example", 8883, cancellation);
            var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "broker.example" }, cancellation);
            return tls;
        });
    }

    public static async Task FailureAsync(MqttClient client)
    {
        try
        {
            await client.ConnectAsync("localhost", 1883);
        }
        catch (SocketException failure)
        {
            Console.WriteLine($"no server there: {failure.Message}");
        }
        catch (MqttClientException failure) when (failure.Cause == DisconnectCause.Refused)
        {
            Console.WriteLine($"refused: {failure.ReasonCode}");        // in the names of MQTT 5, also from a server of MQTT 3
        }
    }

    public static async Task LeaveAsync(MqttClient client)
    {
        await client.DisconnectAsync(new DisconnectPacket
        {
            ReasonCode = ReasonCode.DisconnectWithWillMessage,
            SessionExpiryIntervalSeconds = 0,
        });
    }
}
