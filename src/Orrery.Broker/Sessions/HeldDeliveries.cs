using System.Diagnostics.CodeAnalysis;
using Orrery.Broker.Publishing;

namespace Orrery.Broker.Sessions;

/// <summary>The deliveries that reach a session between a SUBSCRIBE and its SUBACK, which comes first: bounded as a queue is.</summary>
/// <remarks>A delivery is what one publisher's turn has for the session, and is kept or lost whole. One alone is always kept: it
/// is no larger than what a connection reads at once.</remarks>
internal sealed class HeldDeliveries(int messagesMax, long bytesMax, QueueFullPolicy policy)
{
    private readonly Queue<DeliveryRun[]> _deliveries = new();

    /// <summary>How many messages are held.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of their topics and payloads.</summary>
    public long Bytes { get; private set; }

    public static int MessagesOf(DeliveryRun[] delivery) => delivery.Sum(run => run.Count);

    /// <summary>Tells what is lost for this delivery, if there is no room for it.</summary>
    /// <param name="delivery">The one that came.</param>
    /// <param name="lost">By the policy, this one, or the oldest one, which is held no more.</param>
    /// <returns>False when there is room.</returns>
    public bool MustGiveWay(DeliveryRun[] delivery, [NotNullWhen(true)] out DeliveryRun[]? lost)
    {
        lost = null;
        if (_deliveries.Count == 0 || (Messages + MessagesOf(delivery) <= messagesMax && Bytes + BytesOf(delivery) <= bytesMax))
        {
            return false;
        }

        lost = delivery;
        return policy == QueueFullPolicy.DropNewest || TryTake(out lost);
    }

    public void Add(DeliveryRun[] delivery)
    {
        Messages += MessagesOf(delivery);
        Bytes += BytesOf(delivery);
        _deliveries.Enqueue(delivery);
    }

    /// <summary>Takes the oldest delivery; false when none is left.</summary>
    public bool TryTake([NotNullWhen(true)] out DeliveryRun[]? delivery)
    {
        if (!_deliveries.TryDequeue(out delivery))
        {
            return false;
        }

        Messages -= MessagesOf(delivery);
        Bytes -= BytesOf(delivery);
        return true;
    }

    private static long BytesOf(DeliveryRun[] delivery) => delivery.Sum(run => (long)run.Bytes);
}
