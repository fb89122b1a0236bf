using Orrery.Broker.Persistence;

namespace Orrery.Broker.Sessions;

/// <summary>What of the queue is in the store alone.</summary>
/// <remarks>
/// A session that is behind keeps numbers. It reads its messages in the order of their ids, and a read that finds the
/// end ends that, for all that was written before the read has been read. What arrives while a page is read is held meanwhile, and
/// so is not missed: see <see cref="EndRead"/>. Each message is told to the session once, but it may read a message
/// before it is told: what is told and has an id up to the largest read is known already (<see cref="WasRead"/>).
/// </remarks>
internal sealed partial class SessionQueue
{
    /// <summary>Messages that a session keeps in memory before it leaves them to the store: a burst costs no read.</summary>
    public const int LiveMessagesMax = 4_000;

    /// <summary>Bytes of them.</summary>
    public const long LiveBytesMax = 1024 * 1024;

    private List<QueuedMessage>? _arrived;              // while a page is read
    private long _arrivedBytes;
    private bool _hasMissed;                            // more arrived while it is read than is held
    private List<StoredMessage>? _givenUp;              // told and dropped while it is read, which may have them
    private bool _hasBehind;                            // something was left to the store since this last kept up
    private long _behindCount;                          // told or forgotten, minus read: below 0 for what is read before it is told
    private long _behindBytes;
    private long _largestRead;                          // of all ids that were read

    /// <summary>True while new messages above QoS 0 are left to the store.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>The next page begins behind this id.</summary>
    public long ReadAfter { get; private set; }

    /// <summary>True while the limits are exceeded, since the oldest, which are to give way, must be read first.</summary>
    public bool IsOverfull => IsBehind && _options.Value is { QueueFullPolicy: QueueFullPolicy.DropOldest } options
        && (Count > options.QueuedMessagesMax || Bytes > options.QueuedBytesMax);

    /// <summary>Takes over what the store kept of an earlier life.</summary>
    public void Restore(long count, long bytes)
    {
        FallBehind();
        _behindCount = count;
        _behindBytes = bytes + (count * QueuedMessage.OverheadBytes);
        _hasBehind = count > 0;
    }

    /// <summary>Forgets what the store has, but for its number.</summary>
    public void FallBehind()
    {
        IsBehind = true;
        AbandonRead();
        ReadAfter = 0;
        for (var left = _acknowledged.Count; left > 0 && _acknowledged.TryDequeue(out var message); left--)
        {
            if (!message.IsPaged)
            {
                _acknowledged.Enqueue(message);
                continue;
            }

            _liveBytes -= message.Bytes;
            CountBehind(message);
        }
    }

    /// <summary>A client is there: what comes from now on is kept in memory, unless something before it has to be read first.</summary>
    public void Rise()
    {
        if (!_hasBehind)
        {
            IsBehind = false;
        }
    }

    /// <summary>A page is asked for.</summary>
    public void BeginRead()
    {
        _arrived = [];
        _arrivedBytes = 0;
        _hasMissed = false;
        _givenUp = null;
    }

    /// <summary>The page that was asked for is of no use any more.</summary>
    public void AbandonRead()
    {
        _arrived = null;
        _givenUp = null;
    }

    /// <summary>Notes that a message which the session was told of, and which no page has had, is not for its client. The store is told
    /// so too, but perhaps after it has read the page that is on its way: then the message is in there.</summary>
    /// <remarks>No more than what arrives while one page is read; publishers wait for the same disk.</remarks>
    public void GiveUp(StoredMessage message)
    {
        if (_arrived is not null)
        {
            (_givenUp ??= []).Add(message);
        }
    }

    /// <summary>What of a page is still for the client: each message is delivered, or counted as lost, and never both.</summary>
    public IReadOnlyList<StoredEntry> WithoutGivenUp(IReadOnlyList<StoredEntry> page)
    {
        if (_givenUp is null)
        {
            return page;
        }

        // By now the store has given each of them that is in the page its number.
        var ids = new HashSet<long>();
        foreach (var message in _givenUp)
        {
            ids.Add(message.Id);
        }

        return [.. page.Where(entry => !ids.Contains(entry.Message.Id))];
    }

    /// <summary>Takes in a page.</summary>
    /// <param name="page">In the order of ids.</param>
    /// <param name="isLast">Whether the store had no more, so that the rest is what arrived meanwhile.</param>
    public void EndRead(List<QueuedMessage> page, bool isLast)
    {
        Invariant.That(_arrived is not null);
        var arrived = _arrived;
        _arrived = null;
        foreach (var message in page)
        {
            CountRead(message.Stored!, message.Bytes);
            Append(message);
        }

        if (!isLast || _hasMissed)
        {
            return;                                     // what arrived is read with the next page
        }

        foreach (var message in arrived)
        {
            if (message.Stored!.Id != 0 && message.Stored.Id <= _largestRead)
            {
                continue;                               // in this page or an earlier one
            }

            _behindCount--;
            _behindBytes -= message.Bytes;
            Append(message);
        }

        IsBehind = _hasBehind = false;
    }

    /// <summary>A read found nothing to drop: what was counted is not there.</summary>
    public void NothingBehind()
    {
        AbandonRead();
        _behindCount = _behindBytes = 0;
    }

    /// <summary>Takes in a message of a page that is dropped at once: it was the oldest of a queue that is too full.</summary>
    public void DropRead(StoredMessage message) => CountRead(message, QueuedMessage.SizeOf(message.Message));

    /// <summary>True if a message that the session is told of came in a page before.</summary>
    public bool WasRead(StoredMessage message)
    {
        // An id that is not yet visible here was given after every page that was read.
        if (message.Id == 0 || message.Id > _largestRead)
        {
            return false;
        }

        _behindCount++;
        _behindBytes += QueuedMessage.SizeOf(message.Message);
        return true;
    }

    private bool TryKeepBehind(QueuedMessage message)
    {
        if (!IsBehind)
        {
            if (_acknowledged.Count < LiveMessagesMax && _liveBytes < LiveBytesMax)
            {
                return false;
            }

            FallBehind();
        }

        CountBehind(message);
        if (_arrived is null)
        {
            return true;
        }

        if (_arrived.Count < LiveMessagesMax && _arrivedBytes < LiveBytesMax)
        {
            _arrived.Add(message);
            _arrivedBytes += message.Bytes;
        }
        else
        {
            _hasMissed = true;
        }

        return true;
    }

    private void CountBehind(QueuedMessage message)
    {
        _hasBehind = true;
        _behindCount++;
        _behindBytes += message.Bytes;
    }

    private void CountRead(StoredMessage message, long bytes)
    {
        Invariant.That(message.Id > ReadAfter);
        ReadAfter = message.Id;
        _largestRead = Math.Max(_largestRead, message.Id);
        _behindCount--;
        _behindBytes -= bytes;
    }

    private long ForgetBehind()
    {
        var count = Math.Max(0, _behindCount);
        AbandonRead();
        IsBehind = _hasBehind = false;
        _behindCount = _behindBytes = 0;
        ReadAfter = 0;
        return count;
    }
}
