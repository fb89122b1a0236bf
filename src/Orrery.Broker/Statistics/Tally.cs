using Orrery.Actors;
using Orrery.Mqtt;

namespace Orrery.Broker.Statistics;

/// <summary>What one actor has counted and not yet told. A field of its actor, never shared.</summary>
/// <remarks>
/// Counting costs an addition. At the end of a turn in which it counted, an actor announces once that it has something;
/// the <see cref="StatisticsActor"/> then collects from those that announced, whenever it wants figures. So a message
/// costs no message to the statistics, an actor that does nothing is asked nothing, and its tally takes no memory.
/// </remarks>
internal struct Tally
{
    private long[]? _amounts;
    private long[]? _packets;
    private List<ReasonCount>? _reasons;
    private bool _isAnnounced;

    public void Add(Counter counter, long amount = 1)
    {
        if (amount != 0)
        {
            (_amounts ??= new long[CounterCount])[(int)counter] += amount;
        }
    }

    public void Add(ReasonCounter counter, ReasonCode reasonCode) => (_reasons ??= []).Add(new ReasonCount(counter, reasonCode));

    public void AddReceived(ControlPacketType type) => (_packets ??= new long[PacketTally.Length])[PacketTally.Received + (int)type]++;

    public void AddSent(ControlPacketType type, long packets = 1) =>
        (_packets ??= new long[PacketTally.Length])[PacketTally.Sent + (int)type] += packets;

    /// <summary>Ends a turn: says once that there is something to collect.</summary>
    public void Announce(IActorRef statistics, IActorRef self)
    {
        if (!_isAnnounced && (_amounts is not null || _packets is not null || _reasons is not null))
        {
            _isAnnounced = true;
            statistics.Tell(StatisticsActor.Uncollected.Instance, self);
        }
    }

    /// <summary>Tells all that was counted, and starts anew. Also the last words of an actor that stops.</summary>
    public void Report(IActorRef statistics, IActorRef self)
    {
        if (_isAnnounced || _amounts is not null || _packets is not null || _reasons is not null)
        {
            statistics.Tell(new StatisticsActor.Counted(_amounts, _packets, _reasons), self);
            this = default;
        }
    }

    /// <summary>How many counters there are.</summary>
    internal const int CounterCount = (int)Counter.SubscriptionsRefused + 1;
}

/// <summary>Where packets by type and direction are in a row of numbers.</summary>
internal static class PacketTally
{
    public const int Types = (int)ControlPacketType.Auth + 1;
    public const int Received = 0;
    public const int Sent = Types;
    public const int Length = 2 * Types;
}

/// <summary>One thing that happened for a reason.</summary>
internal readonly record struct ReasonCount(ReasonCounter Counter, ReasonCode ReasonCode)
{
    public const int Length = 3 * 256;

    public int Place => PlaceOf(Counter, ReasonCode);

    public static int PlaceOf(ReasonCounter counter, ReasonCode reasonCode) => ((int)counter * 256) + (byte)reasonCode;
}
