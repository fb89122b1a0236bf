using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.CrashTests;

/// <summary>The clients of a crash test, each with another way to use the broker.</summary>
internal sealed class Cast : IDisposable
{
    /// <summary>The subscription identifier of what the toggler subscribes to.</summary>
    public const uint ToggledIdentifier = 9;

    private const uint IdentifierOfAll = 7;

    private static readonly TopicFilter Load = TopicFilter.Parse("load/#");

    private readonly CrashHistory _history;

    public Cast(CrashHistory history)
    {
        _history = history;
        Publishers =
        [
            New(new("publisher-qos1"), QoS.AtLeastOnce),
            New(new("publisher-qos2"), QoS.ExactlyOnce),
            New(new("publisher-v311") { Version = MqttVersion.V311 }, QoS.ExactlyOnce),
            New(new("publisher-both"), QoS.AtLeastOnce, QoS.ExactlyOnce),
            New(new("publisher-forgets") { StartsClean = true }, QoS.AtLeastOnce, QoS.ExactlyOnce),
        ];
        var all = new Subscription(Load, QoS.ExactlyOnce);
        var team = new Subscription(TopicFilter.Parse("$share/team/load/#"), QoS.ExactlyOnce);
        Subscribers =
        [
            Subscriber(new("subscriber-qos2"), all),
            Subscriber(new("subscriber-v311") { Version = MqttVersion.V311 }, all with { MaximumQoS = QoS.AtLeastOnce }),
            Subscriber(new("subscriber-narrow") { ReceiveMaximum = 5 }, all),
            Subscriber(new("subscriber-fresh") { StartsClean = true, OutlivesConnection = false }, all),
            Subscriber(new("member-a"), team),
            Subscriber(new("member-b") { ReceiveMaximum = 10 }, team),
        ];
        Offline = Subscriber(new("subscriber-offline"), all);
        Toggler = new CrashClient(new("toggler"), history);
        Executor = Subscriber(new("executor"), new Subscription(TopicFilter.Parse("will/#"), QoS.ExactlyOnce));
        Keeper = new CrashClient(new("keeper"), history);
        Reader = Subscriber(new("reader") { StartsClean = true, OutlivesConnection = false }, new Subscription(TopicFilter.Parse("keep/#"), QoS.AtLeastOnce));
        Mortals =
        [
            new(new CrashClient(new("mortal-0"), history), 0),
            new(new CrashClient(new("mortal-1"), history), 1),
            new(new CrashClient(new("mortal-2"), history), 2),
            new(new CrashClient(new("mortal-v311") { Version = MqttVersion.V311, OutlivesConnection = false }, history), 0),
        ];
    }

    public IReadOnlyList<Publisher> Publishers { get; }

    /// <summary>Those that are there whenever they can.</summary>
    public IReadOnlyList<CrashClient> Subscribers { get; }

    /// <summary>Comes now and then, to a full queue.</summary>
    public CrashClient Offline { get; }

    /// <summary>Subscribes and unsubscribes.</summary>
    public CrashClient Toggler { get; }

    /// <summary>Gets all wills.</summary>
    public CrashClient Executor { get; }

    /// <summary>The only one that writes retained values.</summary>
    public CrashClient Keeper { get; }

    /// <summary>Subscribes anew each time, to read the retained values.</summary>
    public CrashClient Reader { get; }

    /// <summary>Those with wills.</summary>
    public IReadOnlyList<Mortal> Mortals { get; }

    /// <summary>What the toggler subscribes to.</summary>
    public Subscription Toggled { get; } = new(TopicFilter.Parse("load/publisher-qos1/#"), QoS.AtLeastOnce);

    /// <summary>Everyone but those with wills and the reader.</summary>
    public IEnumerable<CrashClient> Lasting => [Executor, .. Subscribers, Offline, Toggler, Keeper, .. Publishers.Select(publisher => publisher.Client)];

    /// <summary>Everyone.</summary>
    public IEnumerable<CrashClient> All => [.. Lasting, Reader, .. Mortals.Select(mortal => mortal.Client)];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in All) client.Dispose();
    }

    private Publisher New(CrashClientOptions options, params QoS[] levels) =>
        new(new CrashClient(options, _history), [.. levels.Select(qos => (TopicName.Parse($"load/{options.Name}/qos{(int)qos}"), qos))]);

    private CrashClient Subscriber(CrashClientOptions options, Subscription subscription) =>
        new(options with { Subscription = subscription, SubscriptionIdentifier = IdentifierOfAll }, _history);
}

/// <summary>A client that publishes, and where.</summary>
/// <param name="Client">It.</param>
/// <param name="Topics">One topic a QoS, so that the order of each can be judged.</param>
internal sealed record Publisher(CrashClient Client, IReadOnlyList<(TopicName Topic, QoS QoS)> Topics);

/// <summary>A client with a will.</summary>
/// <param name="Client">It.</param>
/// <param name="DelaySeconds">How long the will waits.</param>
internal sealed record Mortal(CrashClient Client, uint DelaySeconds)
{
    private const int WillBytes = 40;

    /// <summary>The will of one connection.</summary>
    public Will WillOf(int connection) => new(
        new ApplicationMessage
        {
            Topic = TopicName.Parse($"will/{Client.Options.Name}"),
            QoS = QoS.ExactlyOnce,
            Payload = MessageTag.OfWill(Client.Options.Name, connection).ToPayload(WillBytes),
        },
        DelaySeconds);
}
