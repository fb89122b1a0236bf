using System.Globalization;
using System.Reflection;
using System.Text;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Statistics;

/// <summary>The topics below "$SYS/broker/" and what each says, under the names that mosquitto gives them.</summary>
/// <remarks>Gives what changed since the last reading only. What a host alone can know, as the heap's size, is not here.</remarks>
internal sealed class SystemTree
{
    private static ReadOnlySpan<ControlPacketType> ReceivedTypes =>
    [
        ControlPacketType.Connect, ControlPacketType.Publish, ControlPacketType.PubAck, ControlPacketType.PubRec,
        ControlPacketType.PubRel, ControlPacketType.PubComp, ControlPacketType.Subscribe, ControlPacketType.Unsubscribe,
        ControlPacketType.PingReq, ControlPacketType.Disconnect, ControlPacketType.Auth,
    ];

    private static ReadOnlySpan<ControlPacketType> SentTypes =>
    [
        ControlPacketType.ConnAck, ControlPacketType.Publish, ControlPacketType.PubAck, ControlPacketType.PubRec,
        ControlPacketType.PubRel, ControlPacketType.PubComp, ControlPacketType.SubAck, ControlPacketType.UnsubAck,
        ControlPacketType.PingResp, ControlPacketType.Disconnect, ControlPacketType.Auth,
    ];

    private static readonly string Version =
        typeof(SystemTree).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);   // looked up, never enumerated
    private readonly Load[] _loads =
    [
        new("messages/received", s => s.PacketsReceived),
        new("messages/sent", s => s.PacketsSent),
        new("publish/received", s => s.Received(ControlPacketType.Publish)),
        new("publish/sent", s => s.Sent(ControlPacketType.Publish)),
        new("publish/dropped", s => s.MessagesDropped),
        new("bytes/received", s => s[Counter.BytesReceived]),
        new("bytes/sent", s => s[Counter.BytesSent]),
        new("sockets", s => s[Counter.ConnectionsOpened]),
        new("connections", s => s.Received(ControlPacketType.Connect)),
    ];

    private List<ApplicationMessage> _changed = [];
    private TimeSpan _readAt;
    private long _clientsMaximum;

    /// <summary>What to publish now: the topics whose value is new, in a fixed order.</summary>
    /// <param name="statistics">The counters.</param>
    /// <param name="uptime">How long the broker has run.</param>
    public IReadOnlyList<ApplicationMessage> Read(BrokerStatistics statistics, TimeSpan uptime)
    {
        _changed = [];
        Say("version", $"orrery version {Version}");
        Say("uptime", string.Create(CultureInfo.InvariantCulture, $"{(long)uptime.TotalSeconds} seconds"));
        ReadClients(statistics);
        ReadTraffic(statistics);
        ReadStore(statistics);
        ReadLoads(statistics, uptime);
        ReadPackets(statistics);
        return _changed;
    }

    private void ReadClients(BrokerStatistics statistics)
    {
        // The two are collected at different moments, so a client may just be missing from the sessions.
        var connected = statistics.ClientsConnected;
        var total = Math.Max(statistics.Sessions, connected);
        _clientsMaximum = Math.Max(_clientsMaximum, total);
        Say("clients/total", total);
        Say("clients/maximum", _clientsMaximum);
        Say("clients/connected", connected);
        Say("clients/active", connected);
        Say("clients/disconnected", total - connected);
        Say("clients/inactive", total - connected);
        Say("clients/expired", statistics[Counter.SessionsExpired]);
        Say("connections/socket/count", statistics.ConnectionsOpen);
    }

    private void ReadTraffic(BrokerStatistics statistics)
    {
        Say("bytes/received", statistics[Counter.BytesReceived]);
        Say("bytes/sent", statistics[Counter.BytesSent]);
        Say("messages/received", statistics.PacketsReceived);
        Say("messages/sent", statistics.PacketsSent);
        Say("publish/messages/received", statistics.Received(ControlPacketType.Publish));
        Say("publish/messages/sent", statistics.Sent(ControlPacketType.Publish));
        Say("publish/messages/dropped", statistics.MessagesDropped);
        Say("publish/bytes/received", statistics[Counter.PublishBytesReceived]);
        Say("publish/bytes/sent", statistics[Counter.PublishBytesSent]);
    }

    private void ReadStore(BrokerStatistics statistics)
    {
        var stored = statistics[Counter.StoredMessages] + statistics.Topics.RetainedMessages;
        Say("messages/stored", stored);
        Say("store/messages/count", stored);
        Say("store/messages/bytes", statistics[Counter.StoredBytes] + statistics.Topics.RetainedBytes);
        Say("retained messages/count", statistics.Topics.RetainedMessages);
        if (StateName(statistics.Store.State) is { } state)
        {
            Say("store/state", state);
        }

        Say("subscriptions/count", statistics[Counter.Subscriptions]);
        Say("shared_subscriptions/count", statistics[Counter.SharedSubscriptions]);
    }

    private void ReadLoads(BrokerStatistics statistics, TimeSpan uptime)
    {
        var elapsed = (long)(uptime - _readAt).TotalMilliseconds;
        _readAt = elapsed > 0 ? uptime : _readAt;
        foreach (var load in _loads)
        {
            if (elapsed > 0)
            {
                load.Read(statistics, elapsed);
            }

            Say($"load/{load.Name}/1min", load.OneMinute.ToString());
            Say($"load/{load.Name}/5min", load.FiveMinutes.ToString());
            Say($"load/{load.Name}/15min", load.FifteenMinutes.ToString());
        }
    }

    /// <summary>Packets by type, each from its first one on.</summary>
    private void ReadPackets(BrokerStatistics statistics)
    {
        foreach (var type in ReceivedTypes)
        {
            SayUnlessNone($"mqtt/{Name(type)}/received", statistics.Received(type));
        }

        foreach (var type in SentTypes)
        {
            SayUnlessNone($"mqtt/{Name(type)}/sent", statistics.Sent(type));
        }
    }

    private static string? StateName(StoreState state) => state switch
    {
        StoreState.None => null,
        StoreState.Opening => "opening",
        StoreState.Working => "working",
        StoreState.Full => "full",
        StoreState.Failed => "failed",
        _ => throw new InvariantViolationException($"no name for {state}"),
    };

    private static string Name(ControlPacketType type) => type switch
    {
        ControlPacketType.Connect => "connect",
        ControlPacketType.ConnAck => "connack",
        ControlPacketType.Publish => "publish",
        ControlPacketType.PubAck => "puback",
        ControlPacketType.PubRec => "pubrec",
        ControlPacketType.PubRel => "pubrel",
        ControlPacketType.PubComp => "pubcomp",
        ControlPacketType.Subscribe => "subscribe",
        ControlPacketType.SubAck => "suback",
        ControlPacketType.Unsubscribe => "unsubscribe",
        ControlPacketType.UnsubAck => "unsuback",
        ControlPacketType.PingReq => "pingreq",
        ControlPacketType.PingResp => "pingresp",
        ControlPacketType.Disconnect => "disconnect",
        ControlPacketType.Auth => "auth",
        _ => throw new InvariantViolationException($"no name for {type}"),
    };

    private void SayUnlessNone(string name, long value)
    {
        if (value > 0)
        {
            Say(name, value);
        }
    }

    private void Say(string name, long value) => Say(name, value.ToString(CultureInfo.InvariantCulture));

    private void Say(string name, string text)
    {
        if (!_values.TryGetValue(name, out var value))
        {
            value = new Value(TopicName.Parse($"$SYS/broker/{name}"));
            _values.Add(name, value);
        }

        if (value.Text == text)
        {
            return;
        }

        value.Text = text;
        _changed.Add(new ApplicationMessage
        {
            Topic = value.Topic,
            Payload = Encoding.UTF8.GetBytes(text),
            // A figure that got lost is replaced by the next one: nothing of this should fill a queue.
            QoS = QoS.AtMostOnce,
            Retain = true,
        });
    }

    private sealed class Value(TopicName topic)
    {
        public TopicName Topic { get; } = topic;

        public string? Text { get; set; }
    }

    private sealed class Load(string name, Func<BrokerStatistics, long> figure)
    {
        private long _last;

        public string Name { get; } = name;

        public LoadAverage OneMinute { get; } = LoadAverage.OverOneMinute();

        public LoadAverage FiveMinutes { get; } = LoadAverage.OverFiveMinutes();

        public LoadAverage FifteenMinutes { get; } = LoadAverage.OverFifteenMinutes();

        public void Read(BrokerStatistics statistics, long elapsedMilliseconds)
        {
            var total = figure(statistics);
            OneMinute.Add(total - _last, elapsedMilliseconds);
            FiveMinutes.Add(total - _last, elapsedMilliseconds);
            FifteenMinutes.Add(total - _last, elapsedMilliseconds);
            _last = total;
        }
    }
}
