using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Actors.Extensions;
using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Broker.Tests.World;

/// <summary>A broker on a virtual clock, with clients that speak bytes.</summary>
internal sealed class BrokerWorld
{
    private int _connections;

    public BrokerWorld(
        BrokerOptions? options = null, DeterministicOptions? host = null, ILoggerFactory? loggers = null, IMessageStore? store = null)
        : this(DeterministicSystem.Create("world", host ?? new DeterministicOptions()), "broker", options, loggers, store)
    {
    }

    private BrokerWorld(DeterministicSystem host, string name, BrokerOptions? options, ILoggerFactory? loggers, IMessageStore? store = null)
    {
        Host = host;
        Broker = MqttBroker.Start(Host.System, name, options ?? new BrokerOptions(), loggers ?? NullLoggerFactory.Instance, store);
        Run();
    }

    public DeterministicSystem Host { get; }

    public MqttBroker Broker { get; }

    /// <summary>Another broker in the same system, on the same clock.</summary>
    public BrokerWorld Beside(string name, BrokerOptions? options = null) => new(Host, name, options, null);

    /// <summary>Runs until no actor has anything to do.</summary>
    public void Run()
    {
        try
        {
            Host.Run();
        }
        catch (InvalidOperationException)
        {
            Assert.Equal([], Host.Failures.Take(1));    // why it did not come to rest
            throw;
        }

        Assert.Equal([], Host.Failures);
    }

    public void Advance(TimeSpan time)
    {
        Host.Scheduler.Advance(time);
        Assert.Equal([], Host.Failures);
    }

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Opens a connection without a CONNECT.</summary>
    public TestClient Open(MqttVersion version = MqttVersion.V5)
    {
        var client = OpenLater(version);
        Run();
        return client;
    }

    /// <summary>Opens a connection; nothing runs before the test says so.</summary>
    public TestClient OpenLater(MqttVersion version = MqttVersion.V5)
    {
        var client = new TestClient(this, version);
        Broker.Accept(client, new ConnectionInfo($"test:{++_connections}", "test"));
        return client;
    }

    /// <summary>Opens a connection and connects; the CONNACK is taken from the inbox and must be a success.</summary>
    public TestClient Connect(string clientId, MqttVersion version = MqttVersion.V5, bool cleanStart = true, uint? sessionExpiry = null,
        Func<ConnectPacket, ConnectPacket>? with = null)
    {
        var client = Open(version);
        var connect = new ConnectPacket
        {
            Version = version,
            ClientId = clientId,
            CleanStart = cleanStart,
            KeepAliveSeconds = 0,
            SessionExpiryIntervalSeconds = version == MqttVersion.V5 ? sessionExpiry : null,
        };
        client.Send(with is null ? connect : with(connect));
        client.ConnAck = client.Expect<ConnAckPacket>();
        Assert.Equal(ReasonCode.Success, client.ConnAck.ReasonCode);
        return client;
    }

    /// <summary>The broker's counters now.</summary>
    public BrokerStatistics Statistics()
    {
        var probe = new AnswerProbe(Host.System);
        return probe.Ask<BrokerStatistics>(Broker.Actor, MqttBroker.GetStatistics, Run);
    }
}
