using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Storage.Tests;

/// <summary>The parts of small stores.</summary>
internal static class Build
{
    public static StoredQueue Session(long id, string name) => new(StoredQueueKind.Session, name) { Id = id };

    public static StoredMessage Message(long id, int payloadBytes = 5, string topic = "t") =>
        new(new ApplicationMessage { Topic = TopicName.Parse(topic), Payload = new byte[payloadBytes], QoS = QoS.AtLeastOnce }) { Id = id };

    public static StoreMutation.AddMessage Add(StoredMessage message, params StoredQueue[] queues) =>
        new(message, [.. queues.Select(queue => new QueueTarget(queue, QoS.AtLeastOnce, Retain: false, Identifiers: null))]);
}
