using Orrery.Actors.Extensions;
using Orrery.Broker.Statistics;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>A message that a session is told of and loses, while the page that it had asked for, which holds the message, is on its way.</summary>
public class PageRaceTests
{
    private const int Waiting = 1_100;                   // more than a page
    private const int InFlight = 10;
    private const string Session = "/user/broker/sessions/s1";

    private readonly DurableWorld _world;
    private readonly TestClient _client;

    public PageRaceTests()
    {
        _world = new DurableWorld(new BrokerOptions { QueuedMessagesMax = 1_200, QueuedBytesMax = 65_536 });
        _world.Durable("s").Subscribe("t", QoS.AtLeastOnce);
        _world.World.Connect("s", cleanStart: false, sessionExpiry: 3_600).Drop();
        var publisher = _world.Plain("p");
        foreach (var batch in Enumerable.Range(0, Waiting).Chunk(100))
        {
            publisher.Send([.. batch.Select(n => Publish("t", $"{n}", QoS.AtLeastOnce, (ushort)(n + 1)))]);
        }

        _client = _world.Durable("s", with: c => c with { ReceiveMaximum = InFlight });
    }

    private DeterministicSystem Host => _world.World.Host;

    [Fact]
    public void What_is_lost_while_a_SUBSCRIBE_waits_does_not_come_with_the_page()
    {
        var got = AskForAPage();
        using var tree = Starve("/user/broker/topics");
        _client.Send(Subscribe(1, null, new Subscription(Filter("u"), QoS.AtLeastOnce)));
        using (Starve(Session))
        {
            PublishFrom("q", Large("held"));
            PublishFrom("r", Large("lost"));            // and there is no room for a second one
            FinishPage();
        }

        tree.Dispose();

        Assert.Equal(1, _world.World.Statistics()[Counter.QueueFull]);
        AssertRest(got, Large("held"));
    }

    [Fact]
    public void What_a_full_queue_loses_does_not_come_with_the_page()
    {
        var got = AskForAPage();
        using (Starve(Session))
        {
            PublishFrom("q", Large("kept"));
            PublishFrom("r", Large("lost"));
            FinishPage();
        }

        Assert.Equal(1, _world.World.Statistics()[Counter.QueueFull]);
        AssertRest(got, Large("kept"));
    }

    /// <summary>Acknowledges until so little is in memory that the session asks for the rest, which waits for a commit.</summary>
    private List<string> AskForAPage()
    {
        var got = new List<string>();
        while (got.Count < 494)
        {
            var publish = _client.Expect<PublishPacket>();
            got.Add(TestClient.Text(publish));
            _client.Send(PubAck(publish));
        }

        _world.Hold();
        PublishFrom("x", "x");                          // a commit that does not end
        PublishPacket[] inFlight = [.. _client.TakeAll().Cast<PublishPacket>()];
        got.AddRange(inFlight.Select(TestClient.Text));
        _client.Send([.. inFlight.Select(PubAck)]);
        return got;
    }

    private void PublishFrom(string clientId, string payload) => _world.Plain(clientId).Publish("t", payload, QoS.AtLeastOnce, 1);

    /// <summary>The commits that it waits for, and then the page itself.</summary>
    private void FinishPage()
    {
        for (var calls = 0; !_world.Store.IsReading; calls++)
        {
            Assert.InRange(calls, 0, 5);
            _world.Finish();
        }

        _world.FinishAll();
    }

    private void AssertRest(List<string> got, params string[] more)
    {
        got.AddRange(CrashPointTests.Drain(_client));
        Assert.Equal([.. Enumerable.Range(0, Waiting).Select(n => $"{n}"), "x", .. more], got);
        Assert.Empty(_world.Store.Model["s"].Entries);
        Assert.Equal(0, _world.World.Statistics()[Counter.StoredMessages]);

        // What is counted later is right, too.
        _client.Drop();
        PublishFrom("y", "1");
        PublishFrom("z", "2");
        Assert.Equal(2, _world.World.Statistics()[Counter.StoredMessages]);
    }

    private static string Large(string name) => name.PadRight(40_000, '.');

    private Hunger Starve(string path)
    {
        var starvation = Host.Starve(actor => actor.Path.ToStringWithoutAddress() == path, long.MaxValue, evenAlone: true);
        return new Hunger(() =>
        {
            Host.End(starvation);
            _world.World.Run();
        });
    }

    private sealed class Hunger(Action end) : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            if (_isOver) return;
            _isOver = true;
            end();
        }
    }
}
