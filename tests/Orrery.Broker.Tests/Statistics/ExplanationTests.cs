using Orrery.Actors.Extensions;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Statistics;

/// <summary>The lines of the Explain category, without the fingerprints at their start.</summary>
public sealed class ExplanationTests : IDisposable
{
    private readonly LogLines _log = new("Orrery.Broker.broker.Explain");
    private readonly BrokerWorld _world;

    public ExplanationTests() => _world = new BrokerWorld(new BrokerOptions { SysIntervalSeconds = 0, QueuedMessagesMax = 2 }, loggers: _log);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_message_at_QoS_1_from_its_publisher_to_the_acknowledgement()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("t/#", QoS.AtLeastOnce);
        var publisher = _world.Connect("p");

        publisher.Publish("t/1", "hello", QoS.ExactlyOnce, 7);
        subscriber.Send(PubAck(subscriber.Expect<PublishPacket>()));

        Expect(
            "t/1: received from p (d0, q2, r0, m7, 5 bytes).",
            "t/1: matched 1 subscriptions of 1 subscribers.",
            "t/1: sent to s (d0, q1, r0, m1).",
            "t/1: acknowledged by s with Success.");
    }

    [Fact]
    public void All_lines_of_one_message_start_with_the_same_name()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("t/#");
        _world.Connect("p").Publish("t/1", "one");
        var first = _log.Lines.Select(line => line.Split(' ')[0]).Distinct().ToList();
        Assert.Equal(8, Assert.Single(first).Length);

        subscriber.Publish("t/1", "other");
        Assert.Equal(2, _log.Lines.Select(line => line.Split(' ')[0]).Distinct().Count());
    }

    [Fact]
    public void What_is_passed_on_as_it_came_is_explained_too()
    {
        var subscriber = _world.Connect("s");
        subscriber.Subscribe("t", QoS.AtMostOnce);
        _world.Connect("p").Publish("t", "1");

        Expect(
            "t: received from p (d0, q0, r0, m0, 1 bytes).",
            "t: matched 1 subscriptions of 1 subscribers.",
            "t: sent to s (d0, q0, r0, m0).");
    }

    [Fact]
    public void A_message_that_nobody_wants()
    {
        _world.Connect("p").Publish("t", "1");

        Expect("t: received from p (d0, q0, r0, m0, 1 bytes).", "t: matched 0 subscriptions of 0 subscribers.");
    }

    [Fact]
    public void What_waits_is_queued_and_what_finds_no_room_is_dropped()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 100);
        subscriber.Subscribe("t");
        subscriber.Drop();
        var publisher = _world.Connect("p");
        publisher.Publish("t", "1");
        publisher.Publish("t", "2", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "3", QoS.AtLeastOnce, 2);
        publisher.Publish("t", "4", QoS.AtLeastOnce, 3);
        _world.Advance(100);

        ExpectOf(
            "s",
            "t: dropped for s: nobody is connected to take it, and QoS 0 does not wait.",
            "t: queued for s, where 1 wait.",
            "t: queued for s, where 2 wait.",
            "t: dropped for s: the queue is full.",
            "t: dropped for s: the session has ended.",
            "t: dropped for s: the session has ended.");
    }

    [Fact]
    public void A_resent_message_says_so()
    {
        var subscriber = _world.Connect("s", sessionExpiry: 100);
        subscriber.Subscribe("t");
        _world.Connect("p").Publish("t", "1", QoS.AtLeastOnce, 1);
        subscriber.Drop();
        _world.Connect("s", cleanStart: false, sessionExpiry: 100);

        ExpectOf("s", "t: sent to s (d0, q1, r0, m1).", "t: sent to s (d1, q1, r0, m1).");
    }

    [Fact]
    public void Retained_messages_wills_refusals_and_shared_subscriptions_have_their_lines()
    {
        var publisher = _world.Connect("p", with: c => c with { Will = new Will(Message("will", "w"), 0) });
        publisher.Publish("kept", "1", retain: true);
        publisher.Publish("$SYS/x", "1", QoS.AtLeastOnce, 1);
        _world.Connect("m").Subscribe("$share/g/t");
        publisher.Publish("t", "1");
        publisher.Drop();
        publisher = _world.Connect("q");
        publisher.Send(Disconnect(), Publish("late", "1"));

        var lines = _log.Lines.Select(Unnamed).ToList();
        Assert.Contains("kept: as retained message it was kept.", lines);
        Assert.Contains("$SYS/x: refused to p with NotAuthorized.", lines);
        Assert.Contains("t: given to m as a member of $share/g/t.", lines);
        Assert.Contains("t: sent to m (d0, q0, r0, m0).", lines);
        Assert.Contains("will: the will of p is due.", lines);
        Assert.Contains("late: not taken from q, whose connection had ended.", lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Oracle", "MM-7")]
    public void Explaining_changes_nothing_that_a_client_sees(ulong seed)
    {
        Assert.Equal(History(seed, new LogLines("none")), History(seed, new LogLines("Orrery.Broker.broker.Explain")));
    }

    /// <summary>Everything that five clients get in a run of publications, acknowledgements, drops and returns.</summary>
    private static List<string> History(ulong seed, LogLines log)
    {
        var random = new Random((int)seed);
        var options = new BrokerOptions { QueuedMessagesMax = 20, InTransitBytesMax = 4_096, InFlightMax = 5 };
        var world = new BrokerWorld(options, new DeterministicOptions { Seed = seed, Order = DispatchOrder.SeededRandom }, log);
        var history = new List<string>();
        var clients = new TestClient[5];
        for (var i = 0; i < clients.Length; i++)
        {
            Connect(i);
            clients[i].SendLater(Subscribe(1, null, new Subscription(Filter(i == 0 ? "#" : i == 4 ? "$share/g/t/+" : "t/+"), (QoS)(i % 3))));
            world.Run();
        }

        for (var step = 0; step < 60; step++)
        {
            var i = random.Next(clients.Length);
            clients[i].IsSlow = random.Next(4) == 0;
            clients[i].SendLater([.. Enumerable.Range(0, random.Next(30)).Select(n => Publish(
                $"t/{random.Next(3)}", new string('x', random.Next(400)), QoS.AtMostOnce, retain: random.Next(9) == 0)),
                Publish("t/1", $"{step}", QoS.AtLeastOnce, (ushort)(step + 1))]);
            world.Run();
            for (var other = 0; other < clients.Length; other++)
            {
                foreach (var packet in clients[other].TakeAll())
                {
                    history.Add($"{other} {packet}");
                    if (packet is PublishPacket { Message.QoS: QoS.AtLeastOnce } publish && random.Next(3) > 0)
                    {
                        clients[other].Send(PubAck(publish));
                    }
                }
            }

            if (random.Next(8) == 0)
            {
                clients[i].Drop();
                Connect(i);
            }
            else
            {
                clients[i].Drain();
            }
        }

        Assert.True(history.Count > 1_000);
        return history;

        void Connect(int i) => clients[i] = world.Connect($"c{i}", cleanStart: false, sessionExpiry: 100);
    }

    private static string Unnamed(string line) => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private void Expect(params string[] lines) => Assert.Equal(lines, _log.Lines.Select(Unnamed));

    private void ExpectOf(string clientId, params string[] lines) =>
        Assert.Equal(lines, _log.Lines.Select(Unnamed).Where(line => line.Contains($" {clientId} ") || line.Contains($" {clientId}:") || line.Contains($" {clientId},")));
}
