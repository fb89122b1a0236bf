using Orrery.Broker;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;
using Orrery.Simulation.Processes;

namespace Orrery.Simulation.Measuring;

/// <summary>Brokers and clients for a benchmark: each client on a link of its own, with latency and jitter.</summary>
internal sealed class MeasuredWorld(KernelOptions options)
{
    /// <summary>A second of virtual time.</summary>
    public const long Second = 1_000_000_000;

    private static readonly LinkOptions Links = new() { LatencyNanoseconds = 2_000_000, JitterMeanNanoseconds = 500_000 };

    /// <summary>The world's clock, order, chance and hash.</summary>
    public SimulationKernel Kernel { get; } = new(options);

    /// <summary>Messages that arrived at subscribers.</summary>
    public long Deliveries { get; private set; }

    /// <summary>Publications that the broker acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Of QoS 1, each publication and each delivery is a PUBLISH and a PUBACK.</summary>
    public long Packets => 2 * (Deliveries + Acknowledged);

    /// <summary>Connections that a broker accepted.</summary>
    public int Connected { get; private set; }

    /// <summary>A broker that is up.</summary>
    public BrokerProcess Broker(string name)
    {
        var broker = new BrokerProcess(Kernel, name, new BrokerOptions { SysIntervalSeconds = 0 });
        broker.Start();
        return broker;
    }

    /// <summary>A client that asks for a connection now.</summary>
    /// <param name="broker">To whom.</param>
    /// <param name="name">Its name and client identifier, unique in the world.</param>
    /// <param name="keepAliveSeconds">Its Keep Alive.</param>
    /// <param name="onAcknowledged">Called for each publication that the broker acknowledged.</param>
    public ClientModel Client(BrokerProcess broker, string name, ushort keepAliveSeconds, Action? onAcknowledged = null)
    {
        var link = new Link(Kernel, $"{name}->{broker.Name}", Links, broker);
        var client = new ClientModel(Kernel, name, link, new ClientOptions { ClientId = name, KeepAliveSeconds = keepAliveSeconds })
        {
            Heard = happened =>
            {
                switch (happened)
                {
                    case ClientEvent.Received:
                        Deliveries++;
                        break;
                    case ClientEvent.Published:
                        Acknowledged++;
                        onAcknowledged?.Invoke();
                        break;
                    case ClientEvent.Connected:
                        Connected++;
                        break;
                    case ClientEvent.Disconnected:
                        throw new InvalidOperationException($"{name} lost its connection, so that the figure would mean nothing.");
                }
            },
        };
        client.Connect();
        return client;
    }

    /// <summary>A subscription at QoS 1.</summary>
    public static Subscription To(string filter) => TopicFilter.TryParse(filter, out var parsed, out _)
        ? new Subscription(parsed!, QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe)
        : throw new ArgumentException($"No topic filter: {filter}", nameof(filter));

    /// <summary>A message of 64 bytes at QoS 1.</summary>
    public static ApplicationMessage Message(string topic, byte fill = 0x2A) => TopicName.TryParse(topic, out var name)
        ? new ApplicationMessage { Topic = name!, Payload = Enumerable.Repeat(fill, 64).ToArray(), QoS = QoS.AtLeastOnce }
        : throw new ArgumentException($"No topic name: {topic}", nameof(topic));

    /// <summary>Lets virtual time pass.</summary>
    public void RunFor(long nanoseconds) => Kernel.RunUntil(Kernel.NowNanoseconds + nanoseconds);

    /// <summary>Publishes a message of a client once a second, from some time within the first second on.</summary>
    public sealed class Pulse(SimulationKernel kernel, ClientModel client, ApplicationMessage message) : EventTarget($"{client.Name}/pulse")
    {
        /// <summary>Starts.</summary>
        /// <param name="offset">Nanoseconds into the next second.</param>
        public void Start(long offset) => kernel.Schedule(kernel.NowNanoseconds + offset, EventClass.Client, this, 0);

        /// <inheritdoc/>
        public override string Describe(int kind) => "publishes";

        /// <inheritdoc/>
        public override void OnEvent(int kind, long argument, object? state)
        {
            client.Publish(message);
            kernel.Schedule(kernel.NowNanoseconds + Second, EventClass.Client, this, 0);
        }
    }
}
