using System.Text;
using Orrery.Actors.Extensions;
using Orrery.Broker;
using Orrery.Client;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Clients;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>What a file says, in the terms of the engine and its world.</summary>
internal static class WorldOptions
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>A broker's limits.</summary>
    public static BrokerOptions Of(Limits? limits) => limits is null ? new BrokerOptions() : With(new BrokerOptions(), limits);

    /// <summary>Other limits; those that are absent stay as they are.</summary>
    public static BrokerOptions With(BrokerOptions options, Limits limits)
    {
        return options with
        {
            ConnectionsMax = limits.Connections ?? options.ConnectionsMax,
            SessionsMax = limits.Sessions ?? options.SessionsMax,
            QueuedMessagesMax = limits.Queue ?? options.QueuedMessagesMax,
            QueuedBytesMax = limits.QueueBytes?.Bytes ?? options.QueuedBytesMax,
            InFlightMax = limits.InFlight ?? options.InFlightMax,
            ReceiveMaximum = limits.ReceiveMaximum ?? options.ReceiveMaximum,
            MaximumPacketSize = limits.Packet is { } packet ? (uint)Math.Min(packet.Bytes, uint.MaxValue) : options.MaximumPacketSize,
            RetainedMessagesMax = limits.Retained ?? options.RetainedMessagesMax,
            RetainedBytesMax = limits.RetainedBytes?.Bytes ?? options.RetainedBytesMax,
            SubscriptionsPerSessionMax = limits.Subscriptions ?? options.SubscriptionsPerSessionMax,
            KeepAliveMaxSeconds = limits.KeepAlive is { } keepAlive ? (int)Math.Min(Seconds(keepAlive), int.MaxValue) : options.KeepAliveMaxSeconds,
            SessionExpiryIntervalMaxSeconds = limits.SessionExpiry is { } expiry ? Interval(expiry) : options.SessionExpiryIntervalMaxSeconds,
        };
    }

    /// <summary>Whose turn it is among a broker's actors.</summary>
    public static DispatchOrder Of(TurnOrder order) => order switch
    {
        TurnOrder.Random => DispatchOrder.SeededRandom,
        TurnOrder.Priority => DispatchOrder.PriorityChanges,
        _ => DispatchOrder.Fifo,
    };

    /// <summary>How long operations of a disk take.</summary>
    public static DiskLatency LatencyOf(Disk? disk)
    {
        var latency = new DiskLatency();
        if (disk?.Read is { } read) latency = latency with { ReadNanoseconds = Of(read).MinNanoseconds, ReadMeanNanoseconds = Of(read).MeanNanoseconds };
        if (disk?.Write is { } write) latency = latency with { WriteNanoseconds = Of(write).MinNanoseconds, WriteMeanNanoseconds = Of(write).MeanNanoseconds };
        if (disk?.Sync is { } sync) latency = latency with { SyncNanoseconds = Of(sync).MinNanoseconds, SyncMeanNanoseconds = Of(sync).MeanNanoseconds };
        Delay?[] delays = [disk?.Read, disk?.Write, disk?.Sync];
        return latency with { MaxNanoseconds = delays.Max(delay => delay?.Max?.Nanoseconds) ?? long.MaxValue };
    }

    /// <summary>What a power loss leaves of what was not synced.</summary>
    public static Survival Of(Unsynced unsynced) => unsynced switch
    {
        Unsynced.Prefix => Survival.Prefix,
        Unsynced.None => Survival.None,
        Unsynced.All => Survival.All,
        _ => Survival.AnySubset,
    };

    /// <summary>A share in thousandths, rounded up so that a small one is not none.</summary>
    public static int PermilleOf(Ratio? share) =>
        share is { } ratio ? (int)Math.Min(1_000, ((ratio.Numerator * 1_000) + ratio.Denominator - 1) / ratio.Denominator) : 0;

    /// <summary>How a link behaves.</summary>
    public static LinkOptions Of(Scenarios.Model.Link? link)
    {
        var options = new LinkOptions();
        if (link is null) return options;
        if (link.Latency is { } latency) options = With(options, latency);
        if (link.Bandwidth is { } rate) options = options with { BytesPerSecond = rate.BytesPerSecond };
        if (link.Buffer is { } buffer) options = options with { SendBufferBytes = Whole(buffer.Bytes) };
        if (link.Segment is { } segment) options = With(options, segment);
        return link.GiveUp is { } giveUp ? options with { GiveUpNanoseconds = giveUp.Nanoseconds } : options;
    }

    /// <summary>Another latency.</summary>
    public static LinkOptions With(LinkOptions options, Delay latency)
    {
        var draw = Of(latency);
        return options with
        {
            LatencyNanoseconds = draw.MinNanoseconds,
            JitterMeanNanoseconds = draw.MeanNanoseconds,
            LatencyMaxNanoseconds = draw.MaxNanoseconds,
            TailPerMillion = 0,
        };
    }

    /// <summary>Another size of pieces.</summary>
    public static LinkOptions With(LinkOptions options, ByteSize segment) =>
        options with { SegmentBytesMin = Math.Max(1, Whole(segment.Bytes)), SegmentBytesMax = Math.Max(1, Whole(segment.Bytes)) };

    /// <summary>A time that is fixed or drawn.</summary>
    public static DelayDraw Of(Delay delay) => delay.Fixed is { } fixedTime
        ? new DelayDraw(fixedTime.Nanoseconds)
        : new DelayDraw(delay.Min?.Nanoseconds ?? 0, delay.ExpMean!.Value.Nanoseconds, delay.Max?.Nanoseconds ?? long.MaxValue);

    /// <summary>What a client asks of its broker.</summary>
    /// <param name="client">The client, whose options are not there yet.</param>
    /// <param name="chance">Where a mix of versions and methods is drawn from.</param>
    public static ClientOptions Of(SimulatedClient client, RandomSource chance)
    {
        var node = client.Node;
        var version = VersionOf(node.Protocol, chance);
        var isV5 = version == MqttVersion.V5;
        var methods = node.QoS2Method;
        var method = methods.Count == 0 ? ReceiverMethod.A : methods[methods.Count == 1 ? 0 : (int)chance.Uniform(0, methods.Count - 1)];
        return new ClientOptions
        {
            Version = version,
            ClientId = node.ClientId is null ? client.Name.Replace('[', '-').TrimEnd(']') : client.InGroup ? $"{node.ClientId}-{client.Index}" : node.ClientId,
            CleanStart = node.CleanStart,
            SessionExpiryIntervalSeconds = isV5 && node.SessionExpiry is { } expiry ? Interval(expiry) : null,
            KeepAliveSeconds = node.KeepAlive is { } keepAlive ? (ushort)Math.Min(Seconds(keepAlive), ushort.MaxValue) : (ushort)60,
            UserName = node.User,
            Password = node.Password is { } password ? Encoding.UTF8.GetBytes(password) : (ReadOnlyMemory<byte>?)null,
            Will = node.Will is { } will ? Of(will, client) : null,
            ReceiveMaximum = (ushort)(isV5 ? node.ReceiveMaximum ?? ushort.MaxValue : ushort.MaxValue),
            MaximumPacketSize = isV5 && node.MaximumPacket is { } packet ? (uint)Math.Min(packet.Bytes, uint.MaxValue) : null,
            TopicAliasMaximum = (ushort)(isV5 ? node.TopicAliasMaximum ?? 0 : 0),
            HandsOverAtPubRel = method == ReceiverMethod.A,
        };
    }

    /// <summary>What a client does beside.</summary>
    public static ClientBehaviour BehaviourOf(SimulatedClient client) => new()
    {
        Reconnect = client.Node.Reconnect is { } reconnect ? new DelayDraw(reconnect.Nanoseconds) : null,
        KeepsState = client.Node.KeepState,
        AutoSubscribe = [.. client.Node.AutoSubscribe.Concat(client.WorkloadSubscriptions).Select(request => Of(request, client))],
        AcknowledgeAfter = client.Node.AcknowledgeAfter is { } after ? Of(after) : null,
        ReadBytesPerSecond = client.Node.ReadRate?.BytesPerSecond,
        ClockRate = client.Node.ClockRate is { } rate ? (rate.Numerator, rate.Denominator) : (1, 1),
    };

    /// <summary>One filter of a SUBSCRIBE.</summary>
    public static Subscription Of(SubscriptionRequest request, SimulatedClient client) => new(
        Filter(request.Filter, client), (QoS)request.QoS, request.NoLocal, request.RetainAsPublished, (RetainHandling)request.RetainHandling);

    /// <summary>A filter with its holes filled in.</summary>
    public static TopicFilter Filter(string text, SimulatedClient client) =>
        TopicFilter.TryParse(client.Fill(text), out var filter, out var reason) ? filter! : throw new InvalidOperationException($"'{text}' is no filter: {reason}");

    /// <summary>A topic with its holes filled in.</summary>
    public static TopicName Topic(string text, SimulatedClient client) =>
        TopicName.TryParse(client.Fill(text), out var topic) ? topic! : throw new InvalidOperationException($"'{text}' is no topic.");

    /// <summary>A time in whole seconds, as MQTT has it.</summary>
    public static long Seconds(Duration duration) => duration.Nanoseconds / NanosecondsPerSecond;

    /// <summary>A time in whole seconds of four bytes; the largest is for ever.</summary>
    public static uint Interval(Duration duration) => (uint)Math.Min(Seconds(duration), uint.MaxValue);

    private static Will Of(WillMessage will, SimulatedClient client) => new(
        new ApplicationMessage
        {
            Topic = Topic(will.Topic, client),
            Payload = Encoding.UTF8.GetBytes(client.Fill(will.Payload)),
            QoS = (QoS)will.QoS,
            Retain = will.Retain,
        },
        will.Delay is { } delay ? Interval(delay) : 0);

    private static MqttVersion VersionOf(ProtocolChoice choice, RandomSource chance)
    {
        if (choice.Version is { } version) return (MqttVersion)version;
        var mix = choice.Mix!;
        MqttVersion[] versions = [MqttVersion.V31, MqttVersion.V311, MqttVersion.V5];
        return versions[chance.Pick([Weight(mix.V31), Weight(mix.V311), Weight(mix.V5)])];
    }

    private static int Weight(Ratio? share) => share is { } ratio ? (int)(ratio.Numerator * 1_000_000 / ratio.Denominator) : 0;

    private static int Whole(long bytes) => (int)Math.Min(bytes, int.MaxValue);
}
