using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Server.Configuration;
using Orrery.Server.Hosting;

namespace Orrery.Server.Tests.Hosting;

/// <summary>Two brokers of one process and one configuration file, seen through their sockets.</summary>
/// <remarks>"Nothing arrives" is a ping's answer that comes first. That nothing arrives later either is shown where nothing
/// is left to chance: in the tests of the same name in Orrery.Broker.Tests.</remarks>
public sealed class SeveralBrokersTests : IAsyncLifetime
{
    private const string File = """
        { "Mqtt": { "Brokers": {
            "a": { "Listeners": [ { "Address": "127.0.0.1", "Port": 0 } ], "ReceiveMaximum": 7, "SubscriptionsPerSessionMax": 1 },
            "b": { "Listeners": [ { "Address": "127.0.0.1", "Port": 0 }, { "Address": "127.0.0.1", "Port": 0 } ] } } } }
        """;

    private readonly IHost _host = Build();

    private IPEndPoint A => Assert.Single(Brokers.EndPointsOf("a"));

    private IPEndPoint B => Brokers.EndPointsOf("b")[0];

    private BrokerHost Brokers => _host.Services.GetRequiredService<BrokerHost>();

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public void Each_has_its_own_listeners()
    {
        Assert.Equal(2, Brokers.EndPointsOf("b").Count);
        Assert.Empty(Brokers.EndPoints);                // the unnamed broker is not wanted
        Assert.Equal(3, Brokers.AllEndPoints.Select(endPoint => endPoint.Port).Distinct().Count());
    }

    [Fact]
    public void A_publish_and_a_retained_message_in_one_never_reach_the_other()
    {
        using var inA = Connect(A);
        using var inB = Connect(B);
        Subscribe(inA, "#");
        Subscribe(inB, "#");

        Publish(inA, "t", "of a", retain: true);

        Assert.Equal("of a", TextOf(inA.Expect<PublishPacket>()));
        ExpectNothing(inB);
        using var late = Connect(B, "late");
        Subscribe(late, "#");
        ExpectNothing(late);
    }

    [Fact]
    public void The_same_client_identifier_takes_over_within_its_broker_only_and_its_will_stays_there()
    {
        using var watcherInA = Connect(A, "watcher");
        using var watcherInB = Connect(B, "watcher");
        Subscribe(watcherInA, "will");
        Subscribe(watcherInB, "will");
        using var first = Connect(A, will: true);
        using var stranger = Connect(B, will: true);

        using var second = Connect(A);

        Assert.Equal(ReasonCode.SessionTakenOver, first.Expect<DisconnectPacket>().ReasonCode);
        Assert.Equal("the will", TextOf(watcherInA.Expect<PublishPacket>()));
        ExpectNothing(stranger);
        ExpectNothing(watcherInB);
    }

    [Fact]
    public void Each_has_its_own_sessions_and_limits()
    {
        using (var before = Connect(A, "kept", sessionExpiry: 100))
        {
            before.Send(new DisconnectPacket());
        }

        using var inA = Open(A, "kept", sessionExpiry: 100);
        using var inB = Open(B, "kept", sessionExpiry: 100);

        var (answerOfA, answerOfB) = (inA.Expect<ConnAckPacket>(), inB.Expect<ConnAckPacket>());
        Assert.Equal((true, false), (answerOfA.SessionPresent, answerOfB.SessionPresent));
        Assert.Equal(((ushort)7, (ushort)1_024), (answerOfA.ReceiveMaximum, answerOfB.ReceiveMaximum));
        Subscribe(inA, "one");
        Subscribe(inB, "one");
        Assert.Equal(ReasonCode.QuotaExceeded, Subscribe(inA, "two"));
        Assert.Equal(ReasonCode.GrantedQoS1, Subscribe(inB, "two"));
    }

    [Fact]
    public void Each_has_its_own_figures()
    {
        using var inA = Connect(A);
        Subscribe(inA, "$SYS/broker/version");
        Assert.StartsWith("orrery version", TextOf(inA.Expect<PublishPacket>()), StringComparison.Ordinal);

        using var inB = Connect(B);
        Subscribe(inB, "$SYS/broker/clients/connected");

        // Not 2: the client of the other broker does not count here.
        Assert.Contains(TextOf(inB.Expect<PublishPacket>()), (string[])["0", "1"]);
    }

    private static IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(ConfigurationFile.Parse("f", Encoding.UTF8.GetBytes(File)));
        builder.Services.AddMqttBroker("a").AddMqttBroker("b");
        return builder.Build();
    }

    private static RawClient Connect(IPEndPoint broker, string clientId = "same", bool will = false, uint? sessionExpiry = null)
    {
        var client = Open(broker, clientId, will, sessionExpiry);
        Assert.Equal(ReasonCode.Success, client.Expect<ConnAckPacket>().ReasonCode);
        return client;
    }

    private static RawClient Open(IPEndPoint broker, string clientId, bool will = false, uint? sessionExpiry = null) =>
        RawClient.ConnectTo(broker, new ConnectPacket
        {
            Version = MqttVersion.V5,
            ClientId = clientId,
            CleanStart = false,
            SessionExpiryIntervalSeconds = sessionExpiry,
            Will = will ? new Will(Message("will", "the will", retain: false), 0) : null,
        });

    private static ReasonCode Subscribe(RawClient client, string filter)
    {
        Assert.True(TopicFilter.TryParse(filter, out var parsed, out _));
        client.Send(new SubscribePacket
        {
            PacketIdentifier = new PacketIdentifier(1),
            Subscriptions = [new Subscription(parsed, QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)],
        });
        return Assert.Single(client.Expect<SubAckPacket>().ReasonCodes);
    }

    private static void Publish(RawClient client, string topic, string payload, bool retain) => client.Send(
        new PublishPacket { Message = Message(topic, payload, retain) });

    private static ApplicationMessage Message(string topic, string payload, bool retain)
    {
        Assert.True(TopicName.TryParse(topic, out var name));
        return new ApplicationMessage { Topic = name, Payload = Encoding.UTF8.GetBytes(payload), Retain = retain };
    }

    private static string TextOf(PublishPacket publish) => Encoding.UTF8.GetString(publish.Message.Payload.Span);

    private static void ExpectNothing(RawClient client)
    {
        client.Send(PingReqPacket.Instance);
        client.Expect<PingRespPacket>();
    }
}
