using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Sharing;

/// <summary>A client that shares a subscription and does at random what clients do. Nothing here runs the world.</summary>
internal sealed class SharedMemberClient(BrokerWorld world, Random random, string clientId, QoS granted, bool isSteady)
{
    private const string Filter = "$share/g/t";

    private readonly List<Connection> _connections = [];
    private int _sessions;
    private bool _isSubscribed;
    private bool _hasLeft;                              // the UNSUBACK is here
    private ushort _lastId;

    /// <summary>Every PUBLISH that arrived, in order.</summary>
    public List<Delivery> Deliveries { get; } = [];

    /// <summary>The number of the session that lives, or lived last.</summary>
    public int Session => _sessions;

    public bool IsConnected => _connections.Count > 0 && !_connections[^1].Client.IsClosed;

    public void Connect(bool cleanStart)
    {
        var client = world.OpenLater();
        _connections.Add(new Connection(client));
        client.SendLater(new ConnectPacket
        {
            Version = MqttVersion.V5,
            ClientId = clientId,
            CleanStart = cleanStart,
            KeepAliveSeconds = 0,
            SessionExpiryIntervalSeconds = 1_000,
            ReceiveMaximum = (ushort)(1 + random.Next(4)),
        });
    }

    /// <summary>Does one thing.</summary>
    public void Act()
    {
        if (!IsConnected)
        {
            Connect(cleanStart: !isSteady && random.Next(4) == 0);
            return;
        }

        // A CONNACK that nobody read could hide that a session ended; the steady one's never does.
        if (!isSteady && _connections[^1].Session == 0)
        {
            return;
        }

        var client = _connections[^1].Client;
        switch (random.Next(isSteady ? 4 : 7))
        {
            case 0:
                client.DropLater();
                break;
            case 1:
                Connect(cleanStart: !isSteady && random.Next(2) == 0);  // takes over
                break;
            case 2:
                client.IsSlow = true;
                break;
            case 3:
                client.DrainLater();
                break;
            case 4:
                client.SendLater(Disconnect(sessionExpiry: 0));
                client.DropLater();
                break;
            default:
                ChangeSubscription();
                break;
        }
    }

    private void ChangeSubscription()
    {
        Packet packet = _isSubscribed ? Unsubscribe(++_lastId, Filter) : Subscription();
        _isSubscribed = !_isSubscribed;
        _hasLeft = false;
        _connections[^1].Client.SendLater(packet);
    }

    // With a second filter, so that its SUBACK takes longer than the group's answer.
    private SubscribePacket Subscription() => Packets.Subscribe(
        ++_lastId, null,
        new Subscription(Packets.Filter(Filter), granted),
        new Subscription(Packets.Filter($"other/{clientId}/{_lastId % 3}"), QoS.AtMostOnce));

    /// <summary>Reads what has come and answers some of it, or all.</summary>
    public void Read(bool answerAll)
    {
        foreach (var connection in _connections)
        {
            foreach (var packet in connection.Client.TakeAll())
            {
                Take(connection, packet);
            }

            var count = answerAll ? connection.Unanswered.Count : random.Next(connection.Unanswered.Count + 1);
            for (; count > 0; count--)
            {
                connection.Client.SendLater(connection.Unanswered.Dequeue());
            }
        }
    }

    private void Take(Connection connection, Packet packet)
    {
        switch (packet)
        {
            case ConnAckPacket answer:
                Assert.Equal(ReasonCode.Success, answer.ReasonCode);
                connection.Session = answer.SessionPresent ? _sessions : ++_sessions;
                if (!answer.SessionPresent)
                {
                    _isSubscribed = true;
                    _hasLeft = false;
                    connection.Client.SendLater(Subscription());
                }

                break;
            case UnsubAckPacket answer:
                _hasLeft = !_isSubscribed && answer.PacketIdentifier.Value == _lastId;
                break;
            case PublishPacket publish:
                Assert.False(_hasLeft && !publish.Duplicate, $"{clientId} got {TestClient.Text(publish)} after it had left");
                Deliveries.Add(new Delivery(
                    TestClient.Text(publish).TrimEnd(), publish.Message.QoS, publish.Duplicate, connection.Session));
                if (publish.Message.QoS != QoS.AtMostOnce)
                {
                    connection.Unanswered.Enqueue(publish.Message.QoS == QoS.AtLeastOnce ? PubAck(publish) : PubRec(publish));
                }

                break;
            case PubRelPacket release:
                connection.Unanswered.Enqueue(new PubCompPacket { PacketIdentifier = release.PacketIdentifier });
                break;
            default:
                break;                                  // SUBACK, and DISCONNECT after a takeover
        }
    }

    /// <param name="Text">Which message.</param>
    /// <param name="QoS">At which QoS it came.</param>
    /// <param name="IsDuplicate">The DUP flag.</param>
    /// <param name="Session">To which of the client's sessions, from 1.</param>
    public sealed record Delivery(string Text, QoS QoS, bool IsDuplicate, int Session);

    private sealed class Connection(TestClient client)
    {
        public TestClient Client { get; } = client;

        public int Session { get; set; }

        public Queue<Packet> Unanswered { get; } = new();
    }
}
