using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.CrashTests;

/// <summary>What a client of a crash test is, for the whole of the run.</summary>
/// <param name="Name">Its client identifier, and the publisher in its messages.</param>
internal sealed record CrashClientOptions(string Name)
{
    /// <summary>Longer than any run.</summary>
    public const uint SessionSeconds = 36_000;

    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Whether its session outlives its connections.</summary>
    public bool OutlivesConnection { get; init; } = true;

    /// <summary>Whether each connection begins a new session, as of a client that lost its state.</summary>
    public bool StartsClean { get; init; }

    public ushort? ReceiveMaximum { get; init; }

    /// <summary>What it is always subscribed to.</summary>
    public Subscription? Subscription { get; init; }

    public uint? SubscriptionIdentifier { get; init; }

    /// <summary>Its CONNECT.</summary>
    public ConnectPacket ToConnect(Will? will) => new()
    {
        Version = Version,
        ClientId = Name,
        CleanStart = StartsClean || (Version != MqttVersion.V5 && !OutlivesConnection),
        SessionExpiryIntervalSeconds = Version == MqttVersion.V5 && OutlivesConnection ? SessionSeconds : null,
        ReceiveMaximum = ReceiveMaximum,
        Will = will,
    };
}

/// <summary>How a client behaves on one connection.</summary>
internal sealed record Conduct
{
    /// <summary>As a good client does.</summary>
    public static Conduct Good { get; } = new();

    /// <summary>How many messages it answers; it leaves the others, all of them, as their order demands.</summary>
    public int AnswersMax { get; init; } = int.MaxValue;

    /// <summary>How many PUBRELs it answers.</summary>
    public int CompletionsMax { get; init; } = int.MaxValue;

    /// <summary>How many PUBRECs it answers.</summary>
    public int ReleasesMax { get; init; } = int.MaxValue;

    /// <summary>How long it waits each time before it reads: what it has not read at the kill was lost on the way.</summary>
    public TimeSpan ReadDelay { get; init; }
}
