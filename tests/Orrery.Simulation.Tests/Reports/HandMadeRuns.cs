using System.Globalization;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;

namespace Orrery.Simulation.Tests.Reports;

/// <summary>The runs that the reports are tested with.</summary>
internal static class HandMadeRuns
{
    private const long Millisecond = HandMadeRun.Millisecond;

    /// <summary>A client goes half-open, the broker closes at the deadline of keep-alive, and its will goes to the watcher.</summary>
    public static RunResult HalfOpen()
    {
        var run = new HandMadeRun();
        run.Add(HistoryKind.ProcessStarted, "b1");
        run.Add(HistoryKind.Step, "watcher", "connect");
        var opened = run.Open("watcher");
        var connect = run.Exchange("watcher#1", toBroker: true, new ConnectPacket { ClientId = "watcher", CleanStart = true }, opened);
        var decided = run.Add(HistoryKind.Decision, "b1", "SessionStarted", "a session for watcher begins", "watcher#1", cause: connect);
        run.Exchange("watcher#1", toBroker: false, new ConnAckPacket(), decided);
        var subscribe = run.Exchange("watcher#1", toBroker: true, new SubscribePacket
        {
            PacketIdentifier = new PacketIdentifier(1),
            Subscriptions = [new Subscription(TopicFilter.Parse("status/#"), QoS.AtLeastOnce)],
        });
        run.Exchange("watcher#1", toBroker: false, new SubAckPacket { PacketIdentifier = new PacketIdentifier(1), ReasonCodes = [ReasonCode.GrantedQoS1] }, subscribe);

        run.Now = 100 * Millisecond;
        run.Add(HistoryKind.Step, "sensor", "connect");
        opened = run.Open("sensor");
        var will = Message("status/sensor", "dead") with { QoS = QoS.AtLeastOnce, Retain = true };
        connect = run.Exchange("sensor#1", toBroker: true,
            new ConnectPacket { ClientId = "sensor", KeepAliveSeconds = 10, SessionExpiryIntervalSeconds = 300, Will = new Will(will, 20) }, opened);
        run.Exchange("sensor#1", toBroker: false, new ConnAckPacket(), connect);
        var publish = run.Exchange("sensor#1", toBroker: true, Publish("status/sensor", "21.5", 7));
        run.Send("sensor#1", toBroker: false, new PubAckPacket { PacketIdentifier = new PacketIdentifier(7) }, publish);
        var acknowledged = run.History.Events.Count - 1;
        var forwarded = run.Send("watcher#1", toBroker: false, Publish("status/sensor", "21.5", 1), publish);
        run.Now += 5 * Millisecond;
        run.Receive(acknowledged);
        var got = run.Receive(forwarded);
        run.Add(HistoryKind.Delivered, "watcher", connection: "watcher#1", packet: run.History.Events[got].Packet, cause: got);
        run.Exchange("watcher#1", toBroker: true, new PubAckPacket { PacketIdentifier = new PacketIdentifier(1) }, got);

        run.Now = 1000 * Millisecond;
        run.Add(HistoryKind.FaultStarted, "sensor->b1", "half_open", "gone");
        run.Now = 10_110 * Millisecond;
        run.Send("sensor#1", toBroker: true, PingReqPacket.Instance);
        run.Now = 15_200 * Millisecond;
        var timer = run.Add(HistoryKind.TimerFired, "b1", "keep-alive", connection: "sensor#1", cause: publish);
        var disconnect = run.Send("sensor#1", toBroker: false, new DisconnectPacket { ReasonCode = ReasonCode.KeepAliveTimeout }, timer);
        var closed = run.End("sensor#1", atBroker: true, "closed", "keep_alive_timeout", timer);
        run.Now = 35_200 * Millisecond;
        timer = run.Add(HistoryKind.TimerFired, "b1", "will-delay", cause: closed);
        got = run.Exchange("watcher#1", toBroker: false, new PublishPacket { Message = will with { Retain = false }, PacketIdentifier = new PacketIdentifier(2) }, timer);
        run.Add(HistoryKind.Delivered, "watcher", connection: "watcher#1", packet: run.History.Events[got].Packet, cause: got);
        run.Exchange("watcher#1", toBroker: true, new PubAckPacket { PacketIdentifier = new PacketIdentifier(2) }, got);
        run.Now = 40_000 * Millisecond;
        run.Findings.Add(new Finding("expect", "closed_by: b1, conn: sensor#1, between: [15.115s, 15.190s]",
            "b1 closed sensor#1 at 15.200 s, which is after 15.190 s.", [disconnect, closed]));
        return run.Result("half-open-keepalive-will-delay/stays-away", Verdict.Fail);
    }

    /// <summary>Every kind of event, names and texts that would break a page that trusted them.</summary>
    public static RunResult Hostile()
    {
        const string Evil = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>\u202e\u2028'\"&lt;\0";
        var run = new HandMadeRun("b<1>");
        run.Add(HistoryKind.ProcessStarted, "b<1>", detail: Evil);
        run.Open("<b>me</b>");
        run.Exchange("<b>me</b>#1", toBroker: true, new ConnectPacket { ClientId = "<img src=x onerror=window.broken=1>", UserName = "</script>" });
        run.Exchange("<b>me</b>#1", toBroker: true, Publish("a/</script><script>window.broken=1</script>", Evil, 3));
        run.Exchange("<b>me</b>#1", toBroker: false, Publish("{{script}}", "\ud83d\ude00 \u0416", 3));
        foreach (var kind in Enum.GetValues<HistoryKind>().Where(kind => kind is not (HistoryKind.PacketSent or HistoryKind.PacketReceived)))
        {
            run.Now += 100 * Millisecond;
            run.Add(kind, "b<1>", Evil, Evil, "<b>me</b>#1", "<b>me</b>", cause: run.History.Events.Count - 1);
        }
        run.Add(HistoryKind.Step, "script", "\ud800 alone", Evil);
        run.Findings.Add(new Finding(Evil, Evil, Evil, [3, 99_999], IsUnknown: true));
        return run.Result(Evil, Verdict.Unknown);
    }

    /// <summary>Fifty clients, a link each and a broker: every packet differs, as do most texts.</summary>
    public static RunResult Large(int events, int payloadBytes = 24)
    {
        const int Clients = 50;
        var run = new HandMadeRun();
        for (var client = 0; client < Clients; client++)
        {
            run.Now += Millisecond;
            run.Open(NameOf(client));
            run.Exchange($"{NameOf(client)}#1", toBroker: true, new ConnectPacket { ClientId = NameOf(client), KeepAliveSeconds = 60 });
            run.Exchange($"{NameOf(client)}#1", toBroker: false, new ConnAckPacket());
        }
        for (var n = 0; run.History.Events.Count + 7 <= events; n++)
        {
            run.Now += (n % 97 == 0 ? 4000 : n % 7) * Millisecond;
            var (from, to) = (NameOf(n * 7 % Clients), NameOf(((n * 13) + 1) % Clients));
            var identifier = (ushort)((n % 65_535) + 1);
            var payload = string.Create(CultureInfo.InvariantCulture, $"{from}/{n}").PadRight(payloadBytes);
            if (n % 50 == 3) run.Send($"{from}#1", toBroker: true, Publish($"site/{n % 40}/lost", payload, identifier));
            var got = run.Exchange($"{from}#1", toBroker: true, Publish($"site/{n % 40}/temperature", payload, identifier));
            run.Exchange($"{from}#1", toBroker: false, new PubAckPacket { PacketIdentifier = new PacketIdentifier(identifier) }, got);
            var forwarded = run.Exchange($"{to}#1", toBroker: false, Publish($"site/{n % 40}/temperature", payload, identifier), got);
            run.Add(HistoryKind.Delivered, to, detail: $"number {n}", connection: $"{to}#1", packet: run.History.Events[forwarded].Packet, cause: forwarded);
        }
        while (run.History.Events.Count < events) run.Add(HistoryKind.Decision, "b1", "Rest", "fills the number of events");
        run.Findings.Add(new Finding("Q1-1", "MQTT-4.3.2-1", "Something at the middle.", [events / 2]));
        return run.Result("fifty-clients", Verdict.Fail);
    }

    public static PublishPacket Publish(string topic, string payload, ushort identifier) => new()
    {
        Message = Message(topic, payload) with { QoS = QoS.AtLeastOnce },
        PacketIdentifier = new PacketIdentifier(identifier),
    };

    private static string NameOf(int client) => string.Create(CultureInfo.InvariantCulture, $"dev[{client + 1}]");

    private static ApplicationMessage Message(string topic, string payload) =>
        new() { Topic = TopicName.Parse(topic), Payload = Encoding.UTF8.GetBytes(payload) };
}
