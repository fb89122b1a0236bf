using Orrery.Broker.Persistence;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>A store under the test's control: a commit is durable when the test says so, and what is durable can be started again.</summary>
internal sealed class FakeStore(StoreModel? model = null) : IMessageStore
{
    private IMessageStoreListener? _listener;
    private IReadOnlyList<StoreMutation>? _pending;
    private Action? _read;

    /// <summary>What is durable.</summary>
    public StoreModel Model { get; } = model ?? new StoreModel();

    /// <summary>True, the default, answers every call within it.</summary>
    public bool IsPrompt { get; set; } = true;

    /// <summary>What calls answer instead of their work, until it is null again.</summary>
    public StoreFailure? Failure { get; set; }

    /// <summary>So many times opening throws, which no store may: a bug.</summary>
    public int OpenBugs { get; set; }

    /// <summary>So many commits throw: a bug.</summary>
    public int CommitBugs { get; set; }

    /// <summary>What the commit under way would keep; null for none.</summary>
    public IReadOnlyList<StoreMutation>? Pending => _pending;

    /// <summary>True asks for a commit of each write alone.</summary>
    public bool CommitsEachWrite { get; set; }

    public bool IsReading => _read is not null;

    public bool IsClosed { get; private set; }

    public int Opens { get; private set; }

    public int Commits { get; private set; }

    public int Reads { get; private set; }

    /// <summary>Everything that was ever committed, in order.</summary>
    public List<StoreMutation> Journal { get; } = [];

    void IMessageStore.Open(IMessageStoreListener listener)
    {
        Opens++;
        _listener = listener;
        if (OpenBugs-- > 0) throw new InvalidOperationException("planted");
        if (Failure is { } failure)
        {
            listener.OnFailed(failure);
            return;
        }

        foreach (var queue in Model.Recovered)
        {
            listener.OnQueue(queue);
        }

        foreach (var message in Model.Retained)
        {
            listener.OnRetained(message);
        }

        listener.OnOpened(Model.LargestQueueId, Model.LargestMessageId);
    }

    void IMessageStore.Commit(IReadOnlyList<StoreMutation> mutations)
    {
        Assert.Null(_pending);
        Assert.Null(_read);
        Assert.NotEmpty(mutations);
        if (CommitBugs-- > 0) throw new InvalidOperationException("planted");
        _pending = mutations;
        if (IsPrompt) Answer();
    }

    void IMessageStore.ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax)
    {
        Assert.Null(_pending);
        Assert.Null(_read);
        Reads++;
        _read = () =>
        {
            var page = Model.Read(queue, afterMessageId, countMax, bytesMax);
            var isLast = page.Count == 0 || Model.Read(queue, page[^1].Message.Id, 1, 1).Count == 0;
            _listener!.OnPage(queue, page, isLast);
        };
        if (IsPrompt) Answer();
    }

    void IMessageStore.Close()
    {
        IsClosed = true;
        _listener!.OnClosed();
    }

    /// <summary>Finishes the call under way, if there is one.</summary>
    public void Answer()
    {
        if (_pending is null && _read is null) return;
        if (Failure is { } failure)
        {
            (_pending, _read) = (null, null);
            _listener!.OnFailed(failure);
        }
        else if (_read is { } read)
        {
            _read = null;
            read();
        }
        else
        {
            Keep();
            _listener!.OnCommitted();
        }
    }

    /// <summary>The process is gone. What was durable is what the next one finds.</summary>
    /// <param name="keepsPending">True if the commit under way had come far enough to be there, though nobody was told.</param>
    public FakeStore Crash(bool keepsPending = false)
    {
        if (keepsPending && _pending is not null) Keep();
        _pending = null;
        return new FakeStore(Model);
    }

    private void Keep()
    {
        Commits++;
        Journal.AddRange(_pending!);
        Model.Apply(_pending!);
        _pending = null;
    }
}
