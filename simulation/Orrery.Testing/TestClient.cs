using System.Text;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Testing;

/// <summary>A client in the world: the library's own client, sending real bytes. What is asked of it happens as virtual time goes on.</summary>
public sealed class TestClient
{
    private readonly TestWorld _world;
    private readonly SimulatedClient _client;

    internal TestClient(TestWorld world, SimulatedClient client) => (_world, _client) = (world, client);

    /// <summary>Its name in the world.</summary>
    public string Name => _client.Name;

    /// <summary>Whether it has a connection that the broker accepted.</summary>
    public bool IsConnected => _client.Model.Core.State == ClientState.Connected;

    /// <summary>The last CONNACK of the present connection; null without one.</summary>
    public ConnAckPacket? ConnAck => _client.Model.Core.ConnAck;

    /// <summary>Messages that were published and are not settled, in flight or waiting.</summary>
    public int UnfinishedCount => _client.Model.Core.UnfinishedCount;

    /// <summary>Everything its application got, in order.</summary>
    public IReadOnlyList<ReceivedMessage> Received =>
    [
        .. _world.History.Events
            .Where(happened => happened.Kind == HistoryKind.Delivered && happened.Node == Name && happened.Packet is not null)
            .Select(happened => new ReceivedMessage(TestWorld.Span(happened.Nanoseconds), (PublishPacket)happened.Packet!.Packet)),
    ];

    /// <summary>Every packet that it read, in order, those of earlier connections included.</summary>
    public IReadOnlyList<Packet> Packets =>
        [.. _world.History.Events.Where(happened => happened.Kind == HistoryKind.PacketReceived && happened.Node == Name).Select(happened => happened.Packet!.Packet)];

    /// <summary>Asks for a connection. An older one is left behind without a word.</summary>
    /// <param name="cleanStart">Clean Start; null as the options say.</param>
    public TestClient Connect(bool? cleanStart = null) => Do(() => _client.Model.Connect(cleanStart ?? _client.Node.CleanStart, _client.Home.Link));

    /// <summary>Says DISCONNECT.</summary>
    /// <param name="reasonCode">Success, or DisconnectWithWillMessage for a will that is to be published.</param>
    public TestClient Disconnect(ReasonCode reasonCode = ReasonCode.Success) => Do(() => _client.Model.Disconnect(reasonCode));

    /// <summary>Subscribes, now or as soon as it is connected.</summary>
    /// <exception cref="ArgumentException">The text is no topic filter.</exception>
    public TestClient Subscribe(string filter, QoS maximumQoS = QoS.AtLeastOnce)
    {
        if (!TopicFilter.TryParse(filter, out var parsed, out var reason)) throw new ArgumentException($"'{filter}' is no topic filter: {reason}", nameof(filter));
        return DoConnected(() => _client.Model.Core.Subscribe([new Subscription(parsed!, maximumQoS)], _client.Model.Now));
    }

    /// <summary>Unsubscribes, now or as soon as it is connected.</summary>
    /// <exception cref="ArgumentException">The text is no topic filter.</exception>
    public TestClient Unsubscribe(string filter)
    {
        if (!TopicFilter.TryParse(filter, out var parsed, out var reason)) throw new ArgumentException($"'{filter}' is no topic filter: {reason}", nameof(filter));
        return DoConnected(() => _client.Model.Core.Unsubscribe([parsed!], _client.Model.Now));
    }

    /// <summary>Publishes a text.</summary>
    public TestClient Publish(string topic, string text, QoS qos = QoS.AtLeastOnce, bool retain = false) =>
        Publish(topic, Encoding.UTF8.GetBytes(text), qos, retain);

    /// <summary>Publishes bytes.</summary>
    /// <exception cref="ArgumentException">The text is no topic name.</exception>
    public TestClient Publish(string topic, ReadOnlyMemory<byte> payload, QoS qos = QoS.AtLeastOnce, bool retain = false)
    {
        if (!TopicName.TryParse(topic, out var name)) throw new ArgumentException($"'{topic}' is no topic name.", nameof(topic));
        return Do(() => _client.Model.Publish(new ApplicationMessage { Topic = name!, Payload = payload, QoS = qos, Retain = retain }));
    }

    /// <summary>Acknowledges nothing from now on, as an application that hangs.</summary>
    public TestClient HoldAcknowledgements() => Do(() => _client.Model.Hold(StepExecutor.Acknowledgements, null));

    /// <summary>Sends the acknowledgements that were held, and holds none from now on.</summary>
    public TestClient ReleaseAcknowledgements() => Do(() => _client.Model.Acknowledge(StepExecutor.Acknowledgements));

    /// <summary>Its machine vanishes without a word. Whether it remembers its session is an option.</summary>
    public TestClient Crash()
    {
        _client.Model.Crash(_client.Node.KeepState);
        return this;
    }

    internal string LinkName => $"{_client.Name}<->{_client.Broker.Name}";

    private TestClient Do(Action action)
    {
        _client.Model.Do(() =>
        {
            action();
            _client.Model.Flush();
        });
        return this;
    }

    private TestClient DoConnected(Action action)
    {
        _client.Model.Do(() =>
        {
            _client.Model.WhenConnected(action);
            _client.Model.Flush();
        });
        return this;
    }
}
