using Orrery.Actors;

namespace Orrery.Broker.Topics;

/// <summary>The writer's side of one filter: its entries and its shared groups.</summary>
internal sealed class FilterTable
{
    private readonly OrderedTable<IActorRef, SubscriberEntry> _entries = new();
    private Shared? _shared;                                // most filters have no shared group

    public bool IsEmpty => _entries.Count == 0 && _shared is null or { MemberCount: 0 };

    /// <summary>Adds the entry, or puts it in the place of the session's earlier one.</summary>
    /// <returns>True if there was an earlier one.</returns>
    public bool Put(SubscriberEntry entry)
    {
        if (entry.ShareName is null) return _entries.Put(entry) is not null;
        _shared ??= new Shared();
        return _shared.Put(entry, entry.ShareName);
    }

    public bool Contains(IActorRef session, string? shareName) => shareName is null
        ? _entries.Find(session) is not null
        : _shared is not null && _shared.Contains(session, shareName);

    /// <returns>True if there was an entry.</returns>
    public bool Remove(IActorRef session, string? shareName) => shareName is null
        ? _entries.Remove(session) is not null
        : _shared is not null && _shared.Remove(session, shareName);

    /// <summary>What readers see from the next publication on; null if there is nobody.</summary>
    public FilterSubscribers? ToView()
    {
        if (IsEmpty) return null;
        return new FilterSubscribers(_entries.ToList(), _shared is null ? default : _shared.ToList());
    }

    private sealed class Shared
    {
        private readonly OrderedTable<string, SharedGroup> _groups = new();
        private readonly Dictionary<string, Members> _members = new(StringComparer.Ordinal);
        private readonly List<Members> _changed = [];       // in the order in which they changed

        public int MemberCount { get; private set; }

        public bool Put(SubscriberEntry entry, string shareName)
        {
            if (!_members.TryGetValue(shareName, out var members))
            {
                members = new Members(shareName);
                _members.Add(shareName, members);
            }

            var existed = members.Table.Put(entry) is not null;
            if (!existed) MemberCount++;
            Changed(members);
            return existed;
        }

        public bool Contains(IActorRef session, string shareName) =>
            _members.TryGetValue(shareName, out var members) && members.Table.Find(session) is not null;

        public bool Remove(IActorRef session, string shareName)
        {
            if (!_members.TryGetValue(shareName, out var members)) return false;
            if (members.Table.Remove(session) is null) return false;
            MemberCount--;
            Changed(members);
            return true;
        }

        public OrderedList<SharedGroup> ToList()
        {
            foreach (var members in _changed)
            {
                members.IsChanged = false;
                if (members.Table.Count > 0)
                {
                    _groups.Put(new SharedGroup(members.Table.ToList().ToArray()));
                    continue;
                }

                _groups.Remove(members.ShareName);
                _members.Remove(members.ShareName);
            }

            _changed.Clear();
            return _groups.ToList();
        }

        private void Changed(Members members)
        {
            if (members.IsChanged) return;
            members.IsChanged = true;
            _changed.Add(members);
        }
    }

    private sealed class Members(string shareName)
    {
        public string ShareName { get; } = shareName;

        public OrderedTable<IActorRef, SubscriberEntry> Table { get; } = new();

        /// <summary>True while it waits in the list of those that changed since the last publication.</summary>
        public bool IsChanged { get; set; }
    }
}
