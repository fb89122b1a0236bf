using System.Diagnostics.CodeAnalysis;
using Orrery.Broker.Topics;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Sessions;

/// <summary>The retained messages that a session owes its client after SUBSCRIBE, one subscription after the other.</summary>
/// <remarks>Topics are kept, not messages: what is sent is the value of the moment. The topics of one subscription are listed
/// at a time, so a client that subscribes widely, again and again, and reads nothing holds one list and a number a subscription.</remarks>
internal sealed class RetainedBacklog
{
    private readonly Queue<long> _waiting = new();      // numbers of subscriptions, each once
    private readonly HashSet<long> _isWaiting = [];
    private readonly Queue<TopicName> _topics = new();  // of the subscription that has begun
    private long _begun;

    /// <summary>How many topics are listed and not sent.</summary>
    public int Count => _topics.Count;

    /// <summary>Owes what is retained for a subscription, unless that waits already: to send it once then answers both.</summary>
    public void Owe(long subscriptionId)
    {
        if (_isWaiting.Add(subscriptionId))
        {
            _waiting.Enqueue(subscriptionId);
        }
    }

    /// <summary>Finds what is due next.</summary>
    /// <param name="tree">Where the messages are.</param>
    /// <param name="subscriptions">Those that the session has now: to one that has ended, nothing is owed [MQTT-3.10.4-2].</param>
    /// <param name="topic">A topic that had a retained message when the subscription's turn came.</param>
    /// <param name="entry">The subscription.</param>
    /// <returns>False when nothing is owed any more.</returns>
    public bool TryPeek(
        TopicTree tree, SubscriptionTable subscriptions,
        [NotNullWhen(true)] out TopicName? topic, [NotNullWhen(true)] out SubscriberEntry? entry)
    {
        while (!_topics.TryPeek(out topic) || !subscriptions.TryGet(_begun, out entry))
        {
            _topics.Clear();
            if (!_waiting.TryDequeue(out _begun))
            {
                entry = null;
                return false;
            }

            _isWaiting.Remove(_begun);
            if (subscriptions.TryGet(_begun, out entry))
            {
                List(tree, entry.Subscription.Filter);
            }
        }

        return true;
    }

    /// <summary>Takes off the first of the topics that are listed, which <see cref="TryPeek"/> found.</summary>
    public TopicName Dequeue() => _topics.Dequeue();

    private void List(TopicTree tree, TopicFilter filter)
    {
        var matched = new List<ApplicationMessage>();
        tree.MatchRetained(filter, matched);
        foreach (var message in matched)
        {
            _topics.Enqueue(message.Topic);
        }
    }
}
