using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>The crash points K1 to K9 by hand: the broker ends there, starts on what was durable, and the client resumes.</summary>
public class CrashPointTests
{
    private readonly DurableWorld _world = new();

    public CrashPointTests() => _world.Durable("s").Subscribe("t");

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Oracle", "Q2-8")]
    public void K1_Nothing_is_durable_and_nothing_was_acknowledged_so_the_publishers_repetition_is_new(QoS qos)
    {
        var publisher = _world.Durable("p");
        _world.Hold();
        publisher.Publish("t", "a", qos, 7);
        publisher.ExpectNothing();

        _world.Crash();
        publisher = Resume("p");
        publisher.Publish("t", "a", qos, 7, duplicate: true);
        Finish(publisher, qos);

        Assert.Equal(["a"], Drain(Resume("s")));
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, 2)]                    // at least once
    [InlineData(QoS.ExactlyOnce, 1)]
    [Trait("Oracle", "Q2-8")]
    public void K2_K3_Durable_and_not_acknowledged(QoS qos, int copies)
    {
        var publisher = _world.Durable("p");
        _world.Hold();
        publisher.Publish("t", "a", qos, 7);
        publisher.ExpectNothing();

        _world.Crash(keepsPending: true);
        publisher = Resume("p");
        publisher.Publish("t", "a", qos, 7, duplicate: true);
        Finish(publisher, qos);

        Assert.Equal(Enumerable.Repeat("a", copies), Drain(Resume("s")));
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, 2)]
    [InlineData(QoS.ExactlyOnce, 1)]
    [Trait("Oracle", "Q2-8")]
    public void K4_Acknowledged_and_the_acknowledgement_lost(QoS qos, int copies)
    {
        _world.Durable("p").Publish("t", "a", qos, 7);

        _world.Crash();
        var publisher = Resume("p");
        publisher.Publish("t", "a", qos, 7, duplicate: true);
        Finish(publisher, qos);

        Assert.Equal(Enumerable.Repeat("a", copies), Drain(Resume("s")));
    }

    [Theory]
    [InlineData(false, ReasonCode.Success)]             // K5: PUBREL came, its release is not durable
    [InlineData(true, ReasonCode.PacketIdentifierNotFound)] // K6: it is, PUBCOMP did not leave
    [Trait("Oracle", "Q2-3")]
    public void K5_K6_A_repeated_PUBREL_is_answered_and_its_identifier_is_free(bool isDurable, ReasonCode code)
    {
        var publisher = _world.Durable("p");
        publisher.Publish("t", "a", QoS.ExactlyOnce, 7);
        publisher.Expect<PubRecPacket>();
        _world.Hold();
        publisher.Send(PubRel(7));
        publisher.ExpectNothing();

        _world.Crash(isDurable);
        publisher = Resume("p");
        publisher.Send(PubRel(7));
        Assert.Equal(code, publisher.Expect<PubCompPacket>().ReasonCode);
        publisher.Publish("t", "b", QoS.ExactlyOnce, 7);
        Finish(publisher, QoS.ExactlyOnce);

        Assert.Equal(["a", "b"], Drain(Resume("s")));
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Oracle", "Q2-5")]
    public void K7_A_PUBLISH_that_left_is_repeated_with_its_identifier_and_DUP(QoS qos)
    {
        var subscriber = Resume("s");
        _world.Plain("p").Publish("t", "a", qos, 1);
        var first = subscriber.ExpectPublish("t", "a");

        _world.Crash();
        subscriber = Resume("s");

        var again = subscriber.ExpectPublish("t", "a");
        Assert.Equal((first.PacketIdentifier, true, qos), (again.PacketIdentifier, again.Duplicate, again.Message.QoS));
        subscriber.ExpectNothing();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Oracle", "Q2-4")]
    [Trait("Oracle", "Q2-5")]
    public void K8_K9_PUBREC_came_and_PUBREL_did_not_leave(bool isDurable)
    {
        var subscriber = Resume("s");
        _world.Plain("p").Publish("t", "a", QoS.ExactlyOnce, 1);
        var publish = subscriber.Expect<PublishPacket>();
        _world.Hold();
        subscriber.Send(PubRec(publish));
        subscriber.ExpectNothing();

        _world.Crash(isDurable);
        subscriber = Resume("s");

        if (isDurable)
        {
            Assert.Equal(publish.PacketIdentifier, subscriber.Expect<PubRelPacket>().PacketIdentifier);
        }
        else
        {
            Assert.Equal((publish.PacketIdentifier, true), (subscriber.Expect<PublishPacket>() is var p ? p.PacketIdentifier : default, true));
            subscriber.Send(PubRec(publish));
            subscriber.Expect<PubRelPacket>();
        }

        subscriber.Send(PubComp(publish));
        _world.Crash();
        Resume("s").ExpectNothing();                    // over, for good
    }

    [Fact]
    [Trait("Oracle", "O-2")]
    public void Exchanges_are_resumed_in_their_order_and_before_anything_new()
    {
        var subscriber = Resume("s");
        var publisher = _world.Plain("p");
        for (ushort i = 1; i <= 5; i++)
        {
            publisher.Publish("t", $"{i}", (QoS)(1 + (i % 2)), i);
        }

        var sent = subscriber.TakeAll().Cast<PublishPacket>().ToArray();
        subscriber.Send(PubRec(sent[0]));               // "1" at QoS 2
        subscriber.Expect<PubRelPacket>();
        subscriber.Send(PubAck(sent[1]));               // "2" is done
        subscriber.Drop();
        publisher.Publish("t", "6", QoS.AtLeastOnce, 6);

        _world.Crash();
        var all = Resume("s").TakeAll();

        Assert.Equal(sent[0].PacketIdentifier, Assert.IsType<PubRelPacket>(all[0]).PacketIdentifier);
        Assert.Equal(["3", "4", "5", "6"], all.Skip(1).Cast<PublishPacket>().Select(TestClient.Text));
        Assert.Equal([true, true, true, false], all.Skip(1).Cast<PublishPacket>().Select(p => p.Duplicate));
    }

    [Fact]
    [Trait("Oracle", "O-3")]
    public void What_waits_comes_once_and_in_order_over_any_number_of_crashes()
    {
        var publisher = _world.Plain("p");
        for (ushort i = 1; i <= 9; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce, i);
        }

        var got = new List<string>();
        for (var life = 0; life < 9; life++)
        {
            _world.Crash();
            var subscriber = _world.Durable("s", with: c => c with { ReceiveMaximum = 1 });
            var publish = subscriber.Expect<PublishPacket>();
            got.Add(TestClient.Text(publish));
            subscriber.SendLater(PubAck(publish));
            _world.World.Run();
        }

        Assert.Equal(Enumerable.Range(1, 9).Select(i => $"{i}"), got.Distinct());
        Assert.Equal(got.Order(), got);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_during_the_group_of_a_SUBSCRIBE_leaves_all_of_it_or_nothing(bool isDurable)
    {
        var client = _world.Durable("c");
        _world.Hold();
        client.Send(Subscribe(1, null, new Subscription(Filter("u"), QoS.AtLeastOnce), new Subscription(Filter("v"), QoS.AtLeastOnce)));
        client.ExpectNothing();

        _world.Crash(isDurable);
        var publisher = _world.Plain("p");
        publisher.Publish("u", "1", QoS.AtLeastOnce, 1);
        publisher.Publish("v", "2", QoS.AtLeastOnce, 2);

        Assert.Equal(isDurable ? ["1", "2"] : [], Drain(Resume("c")));
    }

    private TestClient Resume(string clientId)
    {
        var client = _world.Durable(clientId);
        Assert.True(client.ConnAck!.SessionPresent);
        return client;
    }

    private static void Finish(TestClient publisher, QoS qos)
    {
        if (qos == QoS.AtLeastOnce)
        {
            publisher.Expect<PubAckPacket>();
            return;
        }

        publisher.Expect<PubRecPacket>();
        publisher.Send(PubRel(7));
        publisher.Expect<PubCompPacket>();
    }

    /// <summary>What a subscriber that acknowledges gets, at QoS 2 each once.</summary>
    internal static List<string> Drain(TestClient subscriber)
    {
        var got = new List<string>();
        while (subscriber.InboxCount > 0)
        {
            var answers = new List<Packet>();
            foreach (var packet in subscriber.TakeAll())
            {
                switch (packet)
                {
                    case PublishPacket publish:
                        got.Add(TestClient.Text(publish));
                        answers.Add(publish.Message.QoS == QoS.AtLeastOnce ? PubAck(publish) : PubRec(publish));
                        break;
                    case PubRelPacket release:
                        answers.Add(new PubCompPacket { PacketIdentifier = release.PacketIdentifier });
                        break;
                }
            }

            subscriber.Send([.. answers]);
        }

        return got;
    }
}
