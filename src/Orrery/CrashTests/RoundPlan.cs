using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>Where a kill is aimed at.</summary>
internal enum KillMoment
{
    /// <summary>At any time.</summary>
    AnyTime,

    /// <summary>While the broker starts.</summary>
    Recovery,

    /// <summary>As a PUBACK or PUBREC came.</summary>
    Acknowledged,

    /// <summary>As a publisher sent PUBREL, or a receiver PUBREC.</summary>
    Advancing,

    /// <summary>As a message came to a subscriber.</summary>
    Delivered,

    /// <summary>As a connection was accepted.</summary>
    Accepted,

    /// <summary>As SUBACK or UNSUBACK came.</summary>
    Subscribed,

    /// <summary>As the broker closed a connection that had said DISCONNECT.</summary>
    Closed,
}

/// <summary>What the chance decides of one life of the broker. Equal for equal seeds; what the broker and the machine make of it is not.</summary>
internal sealed class RoundPlan
{
    private const double AimedEveryMilliseconds = 1.5;  // of the time after what a kill is aimed at, at most

    private static readonly KillMoment[] Moments =
    [
        KillMoment.AnyTime, KillMoment.AnyTime, KillMoment.AnyTime, KillMoment.Recovery, KillMoment.Acknowledged, KillMoment.Acknowledged,
        KillMoment.Acknowledged, KillMoment.Advancing, KillMoment.Advancing, KillMoment.Delivered, KillMoment.Delivered, KillMoment.Accepted,
        KillMoment.Subscribed, KillMoment.Closed,
    ];

    private RoundPlan(Random chance) => Chance = chance;

    /// <summary>For all that is not decided beforehand: which client goes when.</summary>
    public Random Chance { get; }

    public required KillMoment Moment { get; init; }

    /// <summary>The how manieth event of that kind.</summary>
    public required int Nth { get; init; }

    /// <summary>How long after it.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>When the broker is killed at the latest, from when it listens.</summary>
    public required TimeSpan Latest { get; init; }

    /// <summary>Whether publishers come back before subscribers: then sessions must take messages while their clients are away.</summary>
    public required bool PublishersFirst { get; init; }

    public required bool ReadsRetained { get; init; }

    /// <summary>Whether the client that is hardly ever there comes.</summary>
    public required bool OfflineComes { get; init; }

    public required int BurstMax { get; init; }

    public required int PauseMillisecondsMax { get; init; }

    /// <summary>Decides on one round.</summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="round">The how manieth, from 0.</param>
    /// <param name="startUp">How long the broker takes to start.</param>
    public static RoundPlan Draw(int seed, int round, TimeSpan startUp)
    {
        var chance = new Random(unchecked((seed * 1_000_003) + round));
        var moment = Moments[chance.Next(Moments.Length)];
        return new RoundPlan(chance)
        {
            Moment = moment,
            Nth = 1 + chance.Next(moment is KillMoment.Accepted or KillMoment.Subscribed or KillMoment.Closed ? 3 : 150),
            Delay = moment == KillMoment.Recovery ? startUp * (1.2 * chance.NextDouble()) : TimeSpan.FromMilliseconds(chance.Next(2) * AimedEveryMilliseconds * chance.NextDouble()),
            Latest = TimeSpan.FromMilliseconds(moment == KillMoment.AnyTime ? chance.Next(10, 450) : 450),
            PublishersFirst = chance.Next(2) == 0,
            ReadsRetained = chance.Next(3) == 0,
            OfflineComes = chance.Next(10) == 0,
            BurstMax = 1 + chance.Next(16),
            PauseMillisecondsMax = 1 + chance.Next(10),
        };
    }

    /// <summary>How a client behaves: well, in half of the cases.</summary>
    public Conduct DrawConduct() => Chance.Next(8) switch
    {
        0 => new Conduct { AnswersMax = Chance.Next(60) },
        1 => new Conduct { CompletionsMax = Chance.Next(40) },
        2 => new Conduct { ReleasesMax = Chance.Next(30) },
        3 => new Conduct { ReadDelay = TimeSpan.FromMilliseconds(Chance.Next(1, 30)) },
        _ => Conduct.Good,
    };

    /// <summary>Whether an event is of the kind that the kill is aimed at.</summary>
    public bool IsAimedAt(CrashEvent one) => (Moment, one.Kind) switch
    {
        (KillMoment.Acknowledged, CrashEventKind.Received) => one.Packet is PubAckPacket or PubRecPacket,
        (KillMoment.Advancing, CrashEventKind.Sent) => one.Packet is PubRelPacket or PubRecPacket,
        (KillMoment.Delivered, CrashEventKind.Received) => one.Packet is PublishPacket,
        (KillMoment.Accepted, CrashEventKind.Received) => one.Packet is ConnAckPacket,
        (KillMoment.Subscribed, CrashEventKind.Received) => one.Packet is SubAckPacket or UnsubAckPacket,
        (KillMoment.Closed, CrashEventKind.Closed) => true,
        _ => false,
    };
}
