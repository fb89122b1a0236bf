using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>What waits for a shared subscription outlives the process while one of its members does.</summary>
public class SharedQueueTests
{
    private readonly DurableWorld _world = new();

    [Fact]
    [Trait("Oracle", "P-1")]
    public void A_message_for_a_group_with_a_durable_member_is_acknowledged_once_the_group_has_it()
    {
        _world.Durable("m").Subscribe("$share/g/t");
        var publisher = _world.Plain("p");
        _world.Hold();
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);

        publisher.ExpectNothing();
        _world.FinishAll();

        publisher.Expect<PubAckPacket>();
    }

    [Fact]
    public void What_waited_for_members_that_were_away_is_given_to_one_after_a_crash()
    {
        Away("m", "n");
        var publisher = _world.Plain("p");
        for (ushort i = 1; i <= 600; i++)
        {
            publisher.Publish("t", $"{i}", (QoS)(1 + (i % 2)), i);
        }

        _world.Crash();
        Assert.Equal(600, _world.Ready().QueuedMessages);
        var (one, two) = (_world.Durable("m"), _world.Durable("n"));
        var got = new List<string>();
        while (one.InboxCount + two.InboxCount > 0)
        {
            got.AddRange(CrashPointTests.Drain(one));
            got.AddRange(CrashPointTests.Drain(two));
        }

        Assert.Equal(Enumerable.Range(1, 600), got.Select(int.Parse).Order());
        Assert.Empty(_world.Store.Model["$share/g/t"].Entries);
        Assert.Empty(_world.Store.Model["m"].Entries);
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    [Trait("Oracle", "H-2")]
    public void What_a_durable_member_has_begun_stays_its_own(QoS qos)
    {
        Away("n");
        var member = _world.Durable("m");
        member.Subscribe("$share/g/t");
        _world.Plain("p").Publish("t", "a", qos, 1);
        var publish = member.ExpectPublish("t", "a");

        _world.Crash();
        _world.Durable("n").ExpectNothing();
        var again = _world.Durable("m").ExpectPublish("t", "a");

        Assert.Equal((publish.PacketIdentifier, true), (again.PacketIdentifier, again.Duplicate));
    }

    [Fact]
    [Trait("Oracle", "P-2")]
    public void A_message_that_comes_to_a_session_by_two_subscriptions_is_kept_for_each()
    {
        var member = _world.Durable("m");
        member.Subscribe("$share/g/t");
        member.Subscribe("t");
        _world.Plain("p").Publish("t", "a", QoS.AtLeastOnce, 1);
        var first = member.ExpectPublish("t", "a");
        var second = member.ExpectPublish("t", "a");
        member.Send(PubAck(first));

        _world.Crash();
        var again = _world.Durable("m").ExpectPublish("t", "a");

        Assert.Equal((second.PacketIdentifier, true), (again.PacketIdentifier, again.Duplicate));
    }

    [Fact]
    [Trait("Oracle", "H-2")]
    public void QoS_2_that_a_member_without_a_lasting_session_has_begun_is_given_to_nobody_else()
    {
        Away("n");
        var member = _world.Plain("m");
        member.Subscribe("$share/g/t");
        _world.Plain("p").Publish("t", "a", QoS.ExactlyOnce, 1);
        member.ExpectPublish("t", "a");

        _world.Crash();

        _world.Durable("n").ExpectNothing();
    }

    [Fact]
    public void QoS_1_that_a_member_without_a_lasting_session_has_not_acknowledged_is_given_to_another()
    {
        Away("n");
        var member = _world.Plain("m");
        member.Subscribe("$share/g/t");
        var publisher = _world.Plain("p");
        publisher.Publish("t", "a", QoS.AtLeastOnce, 1);
        publisher.Publish("t", "b", QoS.AtLeastOnce, 2);
        member.Send(PubAck(member.ExpectPublish("t", "a")));

        _world.Crash();

        _world.Durable("n").ExpectPublish("t", "b");
    }

    [Fact]
    public void A_durable_member_that_comes_later_makes_the_group_durable_and_the_last_one_that_goes_ends_that()
    {
        var plain = _world.Plain("plain");
        plain.Subscribe("$share/g/t");
        Assert.Empty(_world.Store.Model.QueueNames);
        var member = _world.Durable("m");
        member.Subscribe("$share/g/t");
        Assert.Contains("$share/g/t", _world.Store.Model.QueueNames);
        member.Send(Unsubscribe(2, "$share/g/t"));

        Assert.Equal(["m"], _world.Store.Model.QueueNames);
        _world.Plain("p").Publish("t", "a", QoS.AtLeastOnce, 1);
        plain.ExpectPublish("t", "a");
        Assert.Empty(_world.Store.Model["m"].Entries);
    }

    [Fact]
    public void A_session_that_ends_gives_what_it_had_begun_back_to_the_group()
    {
        Away("n");
        var member = _world.Durable("m", expiry: 10);
        member.Subscribe("$share/g/t");
        _world.Plain("p").Publish("t", "a", QoS.AtLeastOnce, 1);
        member.ExpectPublish("t", "a");
        member.Drop();
        _world.Advance(10);

        Assert.DoesNotContain("m", _world.Store.Model.QueueNames);
        Assert.Single(_world.Store.Model["$share/g/t"].Entries);
        _world.Crash();

        _world.Durable("n").ExpectPublish("t", "a");
    }

    [Fact]
    public void A_group_whose_members_have_all_expired_meanwhile_ends()
    {
        Away("m");
        _world.Plain("p").Publish("t", "a", QoS.AtLeastOnce, 1);

        _world.Crash(downSeconds: 10_000);

        Assert.Empty(_world.Store.Model.QueueNames);
        Assert.Equal(0, _world.World.Statistics()[Counter.StoredMessages]);
    }

    private void Away(params string[] members)
    {
        foreach (var name in members)
        {
            var member = _world.Durable(name);
            member.Subscribe("$share/g/t");
            member.Drop();
        }
    }
}
