using Orrery.Actors.Extensions;
using Orrery.Mqtt;

namespace Orrery.Broker.Sessions;

/// <summary>The messages that wait for one session: in order within a QoS class, bounded in messages and bytes.</summary>
/// <remarks>
/// QoS 0 has a line of its own, since a client that owes acknowledgements holds back QoS 1 and 2 only [MQTT-3.3.4-10]. Of a
/// durable session that is behind, the store has what waits above QoS 0, and only its number is kept here: see
/// SessionQueue.Paging.cs.
/// </remarks>
internal sealed partial class SessionQueue
{
    private readonly Published<BrokerOptions> _options;
    private ShortQueue<QueuedMessage> _acknowledged;
    private ShortQueue<QueuedMessage> _unacknowledged;
    private long _liveBytes;

    public SessionQueue(Published<BrokerOptions> options) => _options = options;

    /// <summary>How many wait, in memory and in the store.</summary>
    public int Count => LiveCount + (int)Math.Clamp(_behindCount, 0, int.MaxValue / 2);

    public long Bytes => _liveBytes + Math.Max(0, _behindBytes);

    /// <summary>How many wait in memory.</summary>
    public int LiveCount => _acknowledged.Count + _unacknowledged.Count;

    /// <summary>Bytes of those.</summary>
    public long LiveBytes => _liveBytes;

    /// <summary>Appends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="lost">Gets the messages that had to give way, the new one perhaps among them.</param>
    public void Enqueue(QueuedMessage message, List<QueuedMessage> lost)
    {
        var options = _options.Value;
        while (Count >= options.QueuedMessagesMax || Bytes + message.Bytes > options.QueuedBytesMax)
        {
            if (options.QueueFullPolicy == QueueFullPolicy.DropNewest || Count == 0)
            {
                lost.Add(message);
                return;
            }

            if (LiveCount == 0)
            {
                break;                                  // the oldest are in the store: IsOverfull until they are read and dropped
            }

            lost.Add(DropOldest());
        }

        if (!message.IsPaged || !TryKeepBehind(message))
        {
            Append(message);
        }
    }

    /// <summary>Takes the message that is due next.</summary>
    /// <param name="quotaLeft">Whether a QoS 1 or 2 message may start now.</param>
    /// <param name="message">The oldest message that may go.</param>
    /// <returns>False when none may.</returns>
    public bool TryDequeue(bool quotaLeft, out QueuedMessage message)
    {
        var hasAcknowledged = _acknowledged.TryPeek(out var acknowledged) && quotaLeft;
        var hasUnacknowledged = _unacknowledged.TryPeek(out var unacknowledged);
        if (!hasAcknowledged && !hasUnacknowledged)
        {
            message = null!;
            return false;
        }

        message = Take(hasAcknowledged && (!hasUnacknowledged || acknowledged!.Sequence < unacknowledged!.Sequence)
            ? QoS.AtLeastOnce
            : QoS.AtMostOnce);
        return true;
    }

    /// <summary>Forgets the messages at QoS 0: they are not kept for a client that is away.</summary>
    /// <param name="lost">Gets them.</param>
    public void DropUnacknowledged(List<QueuedMessage> lost)
    {
        while (_unacknowledged.TryDequeue(out var message))
        {
            _liveBytes -= message.Bytes;
            lost.Add(message);
        }
    }

    /// <summary>Forgets all messages.</summary>
    /// <param name="lost">Gets those in memory.</param>
    /// <returns>How many more waited in the store.</returns>
    public long Clear(List<QueuedMessage> lost)
    {
        while (_acknowledged.TryDequeue(out var message))
        {
            _liveBytes -= message.Bytes;
            lost.Add(message);
        }

        DropUnacknowledged(lost);
        return ForgetBehind();
    }

    /// <summary>Takes out the messages of shared subscriptions, which others may get instead.</summary>
    /// <param name="subscriptionId">Only those of this subscription; null takes all.</param>
    /// <param name="into">Gets them.</param>
    public void TakeShared(long? subscriptionId, List<QueuedMessage> into)
    {
        TakeFrom(ref _acknowledged);
        TakeFrom(ref _unacknowledged);

        void TakeFrom(ref ShortQueue<QueuedMessage> line)
        {
            for (var left = line.Count; left > 0 && line.TryDequeue(out var message); left--)
            {
                if (message.Share is { } share && (subscriptionId is null || share.SubscriptionId == subscriptionId))
                {
                    _liveBytes -= message.Bytes;
                    into.Add(message);
                }
                else
                {
                    line.Enqueue(message);
                }
            }
        }
    }

    private void Append(QueuedMessage message)
    {
        LineOf(message.QoS).Enqueue(message);
        _liveBytes += message.Bytes;
    }

    private QueuedMessage DropOldest()
    {
        var hasUnacknowledged = _unacknowledged.TryPeek(out var unacknowledged);
        return Take(!hasUnacknowledged || (_acknowledged.TryPeek(out var acknowledged) && acknowledged.Sequence < unacknowledged!.Sequence)
            ? QoS.AtLeastOnce
            : QoS.AtMostOnce);
    }

    private QueuedMessage Take(QoS qos)
    {
        var isThere = LineOf(qos).TryDequeue(out var message);
        Invariant.That(isThere);
        _liveBytes -= message!.Bytes;
        return message;
    }

    private ref ShortQueue<QueuedMessage> LineOf(QoS qos) => ref qos == QoS.AtMostOnce ? ref _unacknowledged : ref _acknowledged;
}
