using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

// What clients do.
internal sealed partial class StepExecutor
{
    /// <summary>The packets that acknowledge.</summary>
    public static readonly IReadOnlyList<ControlPacketType> Acknowledgements =
        [ControlPacketType.PubAck, ControlPacketType.PubRec, ControlPacketType.PubRel, ControlPacketType.PubComp];

    private void CarryOut(ClientStep step, int number, SimulatedClient client)
    {
        if (step is ConnectStep connect)
        {
            var note = Note(step, number, client.Name, $"{client.Name}#{client.Model.ConnectionCount + 1}");
            var link = connect.Address is { } address ? client.LinkFrom(address) : client.Home.Link;
            Do(client, note, () => client.Model.Connect(connect.CleanStart ?? client.Node.CleanStart, link, connect.Silent));
            return;
        }

        var isConnected = client.Model.Core.State == Client.ClientState.Connected;
        var made = Note(step, number, client.Name, isConnected ? client.Model.ConnectionName : null, isConnected ? null : "not connected");
        switch (step)
        {
            case DisconnectStep disconnect:
                Do(client, made, () => Disconnect(client, disconnect));
                break;
            case SubscribeStep subscribe:
                DoConnected(client, made, () => Subscribe(client, subscribe));
                break;
            case UnsubscribeStep unsubscribe:
                DoConnected(client, made, () => client.Model.Core.Unsubscribe([.. unsubscribe.Filter.Select(filter => WorldOptions.Filter(filter, client))], client.Model.Now));
                break;
            case PublishStep publish:
                PublishRow(client, publish, made, publish.Count);
                break;
            case AckStep ack:
                Do(client, made, () => Acknowledge(client, ack));
                break;
            case HoldAcksStep hold:
                Do(client, made, () => client.Model.Hold(TypesOf(hold.Packet), hold.For?.Nanoseconds));
                break;
            case SendRawStep raw:
                Do(client, made, () => client.Model.SendBytes(Convert.FromHexString(raw.Hex.Replace(" ", "", StringComparison.Ordinal))));
                break;
            case PingStep:
                Do(client, made, () => client.Model.SendAsIs(PingReqPacket.Instance));
                break;
            default:
                throw new InvalidOperationException($"no rule for {step}");
        }
    }

    /// <summary>Publishes one message of a client.</summary>
    /// <param name="client">Who.</param>
    /// <param name="publish">What.</param>
    /// <param name="made">The step as an event of the history.</param>
    public void Publish(SimulatedClient client, PublishStep publish, int made) => Do(client, made, () =>
    {
        var message = MessageOf(client, publish);
        client.OnPublishing(message, made);
        if (publish.PacketIdentifier is null && !publish.Duplicate)
        {
            client.Model.Publish(message, (ushort)(publish.TopicAlias ?? 0));
            return;
        }

        // Past the client's own book-keeping, so that one identifier can be used again and again (C3).
        client.Model.SendAsIs(new PublishPacket
        {
            Message = message,
            PacketIdentifier = new PacketIdentifier((ushort)(message.QoS == QoS.AtMostOnce ? 0 : publish.PacketIdentifier ?? 1)),
            Duplicate = publish.Duplicate,
            TopicAlias = (ushort)(publish.TopicAlias ?? 0),
        });
    });

    private static IReadOnlyList<ControlPacketType> TypesOf(IReadOnlyList<PacketName> names) =>
        names.Count == 0 ? Acknowledgements : names.Select(name => (ControlPacketType)(int)name).ToArray();

    /// <summary>Does something as a step of a client, now or when it has its processor again.</summary>
    private static void Do(SimulatedClient client, int note, Action action) => client.Model.Do(() => As(client, note, action));

    /// <summary>The same, now or as soon as the client is connected.</summary>
    private static void DoConnected(SimulatedClient client, int note, Action action) => client.Model.Do(() =>
    {
        client.Model.WhenConnected(() => As(client, note, action));
        client.Model.Flush();
    });

    private static void As(SimulatedClient client, int note, Action action)
    {
        var before = client.CurrentStep;
        client.CurrentStep = note;
        action();
        client.Model.Flush();
        client.CurrentStep = before;
    }

    private static void Disconnect(SimulatedClient client, DisconnectStep disconnect)
    {
        if (disconnect.Kind == DisconnectKind.Packet)
        {
            client.Model.Disconnect((ReasonCode)disconnect.Code, disconnect.SessionExpiry is { } expiry ? WorldOptions.Interval(expiry) : null);
        }
        else
        {
            client.Model.Drop(hard: disconnect.Kind == DisconnectKind.Reset);
        }
    }

    private static void Subscribe(SimulatedClient client, SubscribeStep subscribe)
    {
        var requests = subscribe.Filter is { } filter ? [new SubscriptionRequest { Filter = filter, QoS = subscribe.QoS }] : subscribe.Filters;
        client.Model.Core.Subscribe([.. requests.Select(request => WorldOptions.Of(request, client))], client.Model.Now, (uint?)subscribe.Identifier);
    }

    private static void Acknowledge(SimulatedClient client, AckStep ack)
    {
        var types = TypesOf(ack.Packet);
        var identifier = ack.PacketIdentifier is { } number ? new PacketIdentifier((ushort)number) : (PacketIdentifier?)null;
        var code = ack.Code == 0 ? (ReasonCode?)null : (ReasonCode)ack.Code;
        var sent = client.Model.Acknowledge(types, ack.Count, identifier, code);
        if (sent > 0 || identifier is not { } one || types.Count != 1) return;

        // Nothing of the kind was held: an acknowledgement of nothing is sent all the same.
        var reasonCode = code ?? ReasonCode.Success;
        client.Model.SendAsIs(types[0] switch
        {
            ControlPacketType.PubAck => new PubAckPacket { PacketIdentifier = one, ReasonCode = reasonCode },
            ControlPacketType.PubRec => new PubRecPacket { PacketIdentifier = one, ReasonCode = reasonCode },
            ControlPacketType.PubRel => new PubRelPacket { PacketIdentifier = one, ReasonCode = reasonCode },
            _ => new PubCompPacket { PacketIdentifier = one, ReasonCode = reasonCode },
        });
    }

    private void PublishRow(SimulatedClient client, PublishStep publish, int made, int left)
    {
        do
        {
            Publish(client, publish, made);
        }
        while (--left > 0 && publish.Every is null or { Nanoseconds: 0 });

        if (left > 0) world.Script.Later(publish.Every!.Value.Nanoseconds, () => PublishRow(client, publish, made, left));
    }

    private ApplicationMessage MessageOf(SimulatedClient client, PublishStep publish)
    {
        var isV5 = client.Model.Options.Version == MqttVersion.V5;
        client.PublishedCount++;
        var text = publish.Payload is { } payload ? client.Fill(payload) : $"{client.Name}/{client.PublishedCount}";
        if (publish.Size is { } size)
        {
            var length = size.Min == size.Max ? size.Min.Bytes : world.Kernel.Stream($"{client.Name}/size").Uniform(size.Min.Bytes, size.Max.Bytes);
            text = text.PadRight((int)length);
        }

        var hasProperties = publish.Expiry is not null || publish.ContentType is not null || publish.ResponseTopic is not null
            || publish.Correlation is not null || publish.User.Count > 0;
        return new ApplicationMessage
        {
            Topic = WorldOptions.Topic(publish.Topic, client),
            Payload = Encoding.UTF8.GetBytes(text),
            QoS = (QoS)publish.QoS,
            Retain = publish.Retain,
            Properties = !isV5 || !hasProperties ? null : new MessageProperties(
                messageExpiryIntervalSeconds: publish.Expiry is { } expiry ? WorldOptions.Interval(expiry) : null,
                contentType: publish.ContentType,
                responseTopic: publish.ResponseTopic,
                correlationData: publish.Correlation is { } correlation ? Encoding.UTF8.GetBytes(correlation) : (ReadOnlyMemory<byte>?)null,
                userProperties: [.. publish.User.Select(pair => new UserProperty(pair.Key, pair.Value))]),
        };
    }
}
