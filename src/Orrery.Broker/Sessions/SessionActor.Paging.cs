using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;

namespace Orrery.Broker.Sessions;

/// <summary>Reading the queue of a durable session back from the store, page by page.</summary>
internal sealed partial class SessionActor
{
    private const int PageMessagesMax = 1_024;
    private const long PageBytesMax = 256 * 1024;

    // The next page is asked for while the rest of the last one is sent.
    private const int PageLowWater = PageMessagesMax / 2;
    private const long PageBytesLowWater = PageBytesMax / 2;

    private long _pageNumber;                           // of the last page that was asked for: others are of no use
    private bool _isReading;

    /// <summary>Asks for the next page where there is something to read and somebody to send it to.</summary>
    private void ReadAhead()
    {
        if (_isReading || !_queue.IsBehind || DurableQueue is not { } queue)
        {
            return;
        }

        if (!_queue.IsOverfull && (_attached is null || IsCongested || _queue.LiveCount >= PageLowWater || _queue.LiveBytes >= PageBytesLowWater))
        {
            return;
        }

        TellStore();                                    // what this session has started or dropped is not to be read again
        _isReading = true;
        _queue.BeginRead();
        _store!.Actor.Tell(new StoreProtocol.ReadPage(queue, _queue.ReadAfter, PageMessagesMax, PageBytesMax, ++_pageNumber), Self);
    }

    private void AbandonRead()
    {
        _isReading = false;
        _pageNumber++;
        _queue.AbandonRead();
    }

    private void OnPage(StoreProtocol.Page page)
    {
        if (!_isReading || page.Number != _pageNumber)
        {
            return;                                     // of an earlier connection or session
        }

        _isReading = false;
        var entries = _queue.WithoutGivenUp(page.Entries);
        var dropped = DropOverfull(page.Queue, entries);
        if (_attached is null)
        {
            if (page.Entries.Count == 0)
            {
                _queue.NothingBehind();
            }

            _queue.AbandonRead();
            return;
        }

        var messages = new List<QueuedMessage>(entries.Count);
        foreach (var entry in entries.Skip(dropped))
        {
            messages.Add(new QueuedMessage(entry.Message.Message, entry.QoS, entry.Retain, entry.Identifiers, ++_sequence)
            {
                Stored = entry.Message,
                Holder = page.Queue,
            });
        }

        if (messages.Count > 0 || page.Entries.Count == 0)
        {
            _queue.EndRead(messages, page.IsLast);
        }
        else
        {
            _queue.AbandonRead();
        }

        Pump();
    }

    /// <summary>The oldest of a queue that is too full give way.</summary>
    private int DropOverfull(StoredQueue queue, IReadOnlyList<StoredEntry> entries)
    {
        var dropped = 0;
        while (_queue.IsOverfull && dropped < entries.Count)
        {
            var oldest = entries[dropped++].Message;
            _queue.DropRead(oldest);
            Keep(new StoreMutation.RemoveMessage(queue, oldest));
            Drop(Counter.QueueFull, oldest.Message);
        }

        if (_lost.Add(dropped))
        {
            SessionLog.QueueFull(_broker.Logger, _clientId, _lost.Total, _queue.Count, _queue.Bytes);
        }

        return dropped;
    }
}
