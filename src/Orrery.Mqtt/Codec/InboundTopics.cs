using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Codec;

/// <summary>The topic names that one connection has sent: by alias, and the recent ones by their bytes.</summary>
/// <remarks>
/// A publisher repeats few topics, so a name is looked for before it is validated and made: bytes that equal those of a
/// valid name need no check. A bucket of the table has four places, and a fifth name takes another's place, so no
/// choice of topics makes it slow, and it holds <see cref="SlotsMax"/> names of <see cref="KeptBytesMax"/> bytes at most.
/// </remarks>
internal sealed class InboundTopics(int aliasMaximum, int levelsMax)
{
    private const int BucketSlots = 4;                       // so that a clash rarely costs a name its place
    private const int SlotsMin = BucketSlots;
    private const int SlotsMax = 64;
    private const int KeptBytesMax = 256;

    private TopicName? _last;
    private TopicName?[] _slots = [];
    private TopicName?[] _aliases = [];

    /// <summary>Finds or makes the name of these bytes.</summary>
    /// <param name="utf8">One byte or more, not checked yet.</param>
    /// <param name="failure">The rule that the bytes break; null if they are a topic name.</param>
    public TopicName? Intern(ReadOnlySpan<byte> utf8, out Rule? failure)
    {
        failure = null;
        if (_last is not null && utf8.SequenceEqual(_last.Utf8)) return _last;
        return InternOther(utf8, out failure);
    }

    /// <summary>Looks up what an alias stands for; null if nothing yet.</summary>
    public TopicName? Resolve(ushort alias) => alias < _aliases.Length ? _aliases[alias] : null;

    /// <summary>True if the receiver agreed to aliases as high as this.</summary>
    public bool Allows(ushort alias) => alias <= aliasMaximum;

    /// <summary>Makes an alias stand for a name from now on. The alias is 1 to the maximum.</summary>
    public void Assign(ushort alias, TopicName topic)
    {
        if (alias >= _aliases.Length)
        {
            Array.Resize(ref _aliases, Math.Min(Math.Max(alias + 1, 2 * _aliases.Length), aliasMaximum + 1));
        }
        _aliases[alias] = topic;
    }

    private TopicName? InternOther(ReadOnlySpan<byte> utf8, out Rule? failure)
    {
        failure = null;
        var hash = Hashing.Hash(utf8);
        foreach (var known in BucketOf(hash))
        {
            if (known is not null && known.Hash == hash && utf8.SequenceEqual(known.Utf8)) return _last = known;
        }
        if (!TopicName.TryParse(utf8, out var topic))
        {
            failure = TopicRules.WhyNoName(utf8);
            return null;
        }
        if (topic.LevelCount > levelsMax)
        {
            failure = TopicRules.TooManyLevels;
            return null;
        }
        if (utf8.Length <= KeptBytesMax) Keep(topic);
        return topic;
    }

    private void Keep(TopicName topic)
    {
        // The first topic needs no table: most publishers have one.
        if (_last is not null)
        {
            if (_slots.Length == 0)
            {
                _slots = new TopicName?[SlotsMin];
                _slots[0] = _last;
            }
            while (!TryPlace(topic) && _slots.Length < SlotsMax) Grow();
            BucketOf(topic.Hash)[0] = topic;                // where it is already, or in place of the one put in last
        }
        _last = topic;
    }

    /// <summary>Puts a name in front of its bucket if there is room behind it.</summary>
    private bool TryPlace(TopicName topic)
    {
        var bucket = BucketOf(topic.Hash);
        for (var free = 0; free < bucket.Length; free++)
        {
            if (bucket[free] is not null) continue;
            bucket[free] = bucket[0];
            bucket[0] = topic;
            return true;
        }
        return false;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new TopicName?[2 * old.Length];
        foreach (var topic in old)
        {
            if (topic is not null) TryPlace(topic);         // a bucket is split in two, so there is room
        }
    }

    private Span<TopicName?> BucketOf(ulong hash)
    {
        var slots = _slots;
        return slots.Length == 0 ? default : slots.AsSpan((int)hash & (slots.Length - 1) & ~(BucketSlots - 1), BucketSlots);
    }
}
