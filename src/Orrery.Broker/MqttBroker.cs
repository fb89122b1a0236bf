using Microsoft.Extensions.Logging;
using Orrery.Actors;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;
using Orrery.Mqtt.Codec;

namespace Orrery.Broker;

/// <summary>One isolated broker: its own topics, sessions, limits and counters. Hosts give it connections.</summary>
/// <remarks>Several may live in one <see cref="ActorSystem"/>; they share nothing but code.
/// Members may be called from any thread.</remarks>
public sealed class MqttBroker
{
    private MqttBroker(IActorRef actor, string name, BrokerOptions options)
    {
        Actor = actor;
        Name = name;
        Options = options;
        ReaderOptions = new PacketReaderOptions
        {
            Sender = PeerRole.Client,
            MaximumPacketSize = options.MaximumPacketSize,
            TopicAliasMaximum = (ushort)options.TopicAliasMaximum,
            TopicLevelsMax = options.TopicLevelsMax,
        };
    }

    /// <summary>The name it was started with.</summary>
    public string Name { get; }

    /// <summary>The limits it was started with.</summary>
    public BrokerOptions Options { get; }

    /// <summary>How a host must set up the <see cref="PacketReader"/> of each connection.</summary>
    public PacketReaderOptions ReaderOptions { get; }

    /// <summary>The root actor, for watching. It understands no message of a host's own.</summary>
    /// <remarks>It ends when it was told to (<see cref="Stop"/>), or when the broker gives up, which has failed more often than
    /// <see cref="BrokerOptions.RestartsMax"/> says: then its host has to end or to start another one.</remarks>
    public IActorRef Actor { get; }

    /// <summary>The message that asks <see cref="Actor"/> for <see cref="BrokerStatistics"/>.</summary>
    public static object GetStatistics => StatisticsActor.GetStatistics.Instance;

    /// <summary>The message that asks <see cref="Actor"/> what a session holds; the answer is a <see cref="SessionSnapshot"/>.</summary>
    /// <param name="clientId">Whose it is. A session that is not there holds nothing.</param>
    public static object GetSession(string clientId)
    {
        ArgumentNullException.ThrowIfNull(clientId);
        return new SessionProtocol.Describe(clientId);
    }

    /// <summary>The message that gives <see cref="Actor"/> other limits and policies; the answer is <see cref="BrokerOptionsSet"/>.</summary>
    /// <param name="options">All of them.</param>
    /// <remarks>They hold from then on: a queue that is longer takes nothing until it is shorter, connections and sessions beyond a
    /// limit stay and no more come, and what clients were told at their CONNECT (keep-alive, Receive Maximum, how much may be in
    /// flight to them) counts for them until they connect again.</remarks>
    public static object SetOptions(BrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BrokerActor.SetOptions(options);
    }

    /// <summary>The message that asks <see cref="Actor"/> to close all connections and stop; it answers once that is done.</summary>
    /// <remarks>Version 5 clients get DISCONNECT 0x8B; wills are published as after a network failure.</remarks>
    public static object Stop => BrokerActor.Stop.Instance;

    /// <summary>The message that asks <see cref="Actor"/> for <see cref="BrokerReady"/>: answered once connections can be served, or never can.</summary>
    public static object GetReady => BrokerActor.GetReady.Instance;

    /// <summary>Starts a broker.</summary>
    /// <param name="system">Where its actors live.</param>
    /// <param name="name">Its name, unique in the system; letters, digits, '-' and '_'.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="loggers">Makes the logger, of category "Orrery.Broker.{name}". Where the trace of "Orrery.Broker.{name}.Explain"
    /// is enabled now, the broker says of each message what became of it.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists each.</exception>
    /// <param name="store">What the broker keeps beyond its process; it opens and closes it. Null keeps nothing.</param>
    /// <remarks>With a store, connections are aborted until the broker has recovered what it kept: wait for
    /// <see cref="BrokerReady"/> (<see cref="GetReady"/>) before listening.</remarks>
    public static MqttBroker Start(
        ActorSystem system, string name, BrokerOptions options, ILoggerFactory loggers, IMessageStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        var faults = options.Validate();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        var logger = loggers.CreateLogger($"Orrery.Broker.{name}");
        var explain = Explanation.For(loggers.CreateLogger($"Orrery.Broker.{name}.Explain"));
        var life = new BrokerLife(options);
        return new MqttBroker(system.ActorOf(Props.Create(() => new BrokerActor(life, logger, explain, store)), name), name, options);
    }

    /// <summary>Hands over a connection that a listener accepted. The transport's <see cref="IConnectionTransport.Start"/>
    /// follows, or its <see cref="IConnectionTransport.Abort"/> when there is no room.</summary>
    public void Accept(IConnectionTransport transport, ConnectionInfo info)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(info);
        Actor.Tell(new ConnectionsActor.Accept(transport, info));
    }
}
