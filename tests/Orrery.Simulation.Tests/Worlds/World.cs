using Orrery.Broker;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;
using Orrery.Simulation.Processes;

namespace Orrery.Simulation.Tests.Worlds;

/// <summary>One broker that is up, and clients each on a link of its own.</summary>
internal sealed class World
{
    public World(KernelOptions? options = null, LinkOptions? links = null, BrokerOptions? broker = null)
    {
        Kernel = new SimulationKernel(options ?? new KernelOptions());
        Links = links ?? new LinkOptions();
        Broker = new BrokerProcess(Kernel, "b1", broker ?? new BrokerOptions());
        Broker.Start();
    }

    public SimulationKernel Kernel { get; }

    public LinkOptions Links { get; }

    public BrokerProcess Broker { get; }

    public static long Seconds(double seconds) => (long)Math.Round(seconds * 1_000_000_000);

    public Link Link(string client, LinkOptions? options = null) => new(Kernel, $"{client}->b1", options ?? Links, Broker);

    public RawClient Raw(string name, LinkOptions? options = null) => new RawClient(Kernel, Link(name, options)).Open();

    /// <summary>A raw client that sent CONNECT and got its CONNACK.</summary>
    public RawClient Connected(string name, LinkOptions? options = null, ushort keepAlive = 0)
    {
        var client = Raw(name, options);
        client.Send(new ConnectPacket { Version = MqttVersion.V5, ClientId = name, CleanStart = true, KeepAliveSeconds = keepAlive });
        RunFor(1);
        Assert.IsType<ConnAckPacket>(client.Received.Single().Packet);
        client.Received.Clear();
        client.ReceivedBytes.Clear();
        return client;
    }

    public ClientModel Model(string name, ClientOptions? options = null, LinkOptions? link = null) =>
        new(Kernel, name, Link(name, link), (options ?? new ClientOptions()) with { ClientId = name });

    public void RunTo(double seconds) => Kernel.RunUntil(Seconds(seconds));

    public void RunFor(double seconds) => Kernel.RunUntil(Kernel.NowNanoseconds + Seconds(seconds));

    public static ApplicationMessage Message(string topic, string payload, QoS qos = QoS.AtMostOnce, bool retain = false)
    {
        Assert.True(TopicName.TryParse(topic, out var name));
        return new ApplicationMessage { Topic = name!, Payload = System.Text.Encoding.UTF8.GetBytes(payload), QoS = qos, Retain = retain };
    }

    public static Subscription Subscription(string filter, QoS qos = QoS.ExactlyOnce)
    {
        Assert.True(TopicFilter.TryParse(filter, out var parsed, out _));
        return new Subscription(parsed!, qos, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe);
    }

    public static IReadOnlyList<(long Nanoseconds, string Text)> Deliveries(ClientModel client) =>
    [
        .. client.Seen.Where(seen => seen.Event is ClientEvent.Received).Select(seen => (seen.Nanoseconds, Text(((ClientEvent.Received)seen.Event).Packet))),
    ];

    private static string Text(PublishPacket packet) => $"{packet.Message.Topic}={System.Text.Encoding.UTF8.GetString(packet.Message.Payload.Span)}";
}
