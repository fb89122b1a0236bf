using Orrery.CrashTests;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Tests.CrashTests;

/// <summary>The judge of crash tests, with histories made by hand: each rule is kept once, and broken.</summary>
public class CrashJudgeTests
{
    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void What_was_acknowledged_must_come(QoS qos)
    {
        Story.Subscribed().Published(1, qos).Delivered(1, 1, qos).Settle().Holds();
        Story.Subscribed().Published(1, qos).Crash().Connect("s", isPresent: true).Delivered(1, 1, qos).Settle().Holds();
        Story.Subscribed().Published(1, qos).Crash().Connect("s", isPresent: true).Settle().Breaks(CrashRule.Loss);
    }

    [Fact]
    public void What_was_not_acknowledged_may_be_lost()
    {
        Story.Subscribed().Publish(1, QoS.AtLeastOnce).Crash().Connect("p", cleanStart: true).Settle().Holds();
    }

    [Fact]
    public void Only_a_subscription_that_was_granted_before_and_not_ended_must_get_it()
    {
        new Story().Connect("p").Connect("s").Subscribe("s", "t", isGranted: false).Published(1).Settle().Holds();
        new Story().Connect("p").Connect("s").Published(1).Subscribe("s", "t").Settle().Holds();
        Story.Subscribed().Unsubscribe("s", "t", isAnswered: false).Published(1).Settle().Holds();
        Story.Subscribed("other").Published(1).Settle().Holds();
        Story.Subscribed().Published(1).Unsubscribe("s", "t").Settle().Breaks(CrashRule.Loss);
    }

    [Fact]
    public void A_subscription_that_has_ended_gets_nothing_also_after_a_crash()
    {
        Story.Subscribed().Unsubscribe("s", "t").Crash().Connect("p", isPresent: true).Connect("s", isPresent: true)
            .Published(1).Delivered(1, 1).Settle().Breaks(CrashRule.Session);
    }

    [Fact]
    public void A_message_at_QoS_2_comes_once()
    {
        Story.Subscribed().Published(1).Delivered(1, 1).Crash().Connect("s", isPresent: true).Delivered(1, 2).Settle().Breaks(CrashRule.Duplicate);
    }

    [Fact]
    public void A_receiver_that_hands_over_at_PUBREL_gets_it_once_too()
    {
        // PUBREL comes again for want of PUBCOMP: that is no second message.
        Story.Subscribed().Published(1).Deliver(1, 1).Answer(1).Released(1).Crash().Connect("s", isPresent: true).Released(1).Complete(1).Settle().Holds();
        Story.Subscribed().Published(1).Delivered(1, 1).Crash().Connect("s", isPresent: true).Released(1).Complete(1).Settle().Holds();
    }

    [Fact]
    public void A_message_at_QoS_1_comes_again_with_DUP_and_its_identifier_on_a_later_connection()
    {
        Story.Subscribed().Published(1, QoS.AtLeastOnce).Delivered(1, 1, QoS.AtLeastOnce)
            .Crash().Connect("s", isPresent: true).Deliver(1, 1, QoS.AtLeastOnce, duplicate: true).Answer(1, QoS.AtLeastOnce).Settle().Holds();
        Story.Subscribed().Published(1, QoS.AtLeastOnce).Delivered(1, 1, QoS.AtLeastOnce)
            .Crash().Connect("s", isPresent: true).Deliver(1, 2, QoS.AtLeastOnce, duplicate: true).Answer(2, QoS.AtLeastOnce).Settle().Breaks(CrashRule.Duplicate);
        Story.Subscribed().Published(1, QoS.AtLeastOnce).Delivered(1, 1, QoS.AtLeastOnce)
            .Crash().Connect("s", isPresent: true).Delivered(1, 1, QoS.AtLeastOnce).Settle().Breaks(CrashRule.Duplicate);
    }

    [Fact]
    public void Or_because_its_publisher_sent_it_again()
    {
        Story.Subscribed().Publish(1, QoS.AtLeastOnce).Delivered(1, 1, QoS.AtLeastOnce).Crash().Connect("s", isPresent: true)
            .Connect("p", isPresent: true).Publish(1, QoS.AtLeastOnce, duplicate: true).Accept(1, QoS.AtLeastOnce)
            .Delivered(1, 2, QoS.AtLeastOnce).Settle().Holds();

        // The second copy left before a crash and never came: it comes with DUP 1 and an identifier that is new to the client.
        Story.Subscribed().Publish(1, QoS.AtLeastOnce).Delivered(1, 1, QoS.AtLeastOnce).Crash().Connect("s", isPresent: true)
            .Connect("p", isPresent: true).Publish(1, QoS.AtLeastOnce, duplicate: true).Accept(1, QoS.AtLeastOnce)
            .Crash().Connect("s", isPresent: true).Deliver(1, 2, QoS.AtLeastOnce, duplicate: true).Answer(2, QoS.AtLeastOnce).Settle().Holds();
    }

    [Fact]
    public void A_publishers_messages_come_in_their_order()
    {
        Story.Subscribed().Published(1).Published(2).Delivered(1, 1).Delivered(2, 2).Settle().Holds();
        Story.Subscribed().Published(1).Published(2).Delivered(2, 1).Delivered(1, 2).Settle().Breaks(CrashRule.Order);
    }

    [Fact]
    public void What_is_repeated_comes_in_its_order_and_before_what_is_new()
    {
        Story Begun() => Story.Subscribed().Published(1).Published(2).Published(3).Deliver(1, 1).Deliver(2, 2).Crash().Connect("s", isPresent: true);

        Begun().Deliver(1, 1, duplicate: true).Deliver(2, 2, duplicate: true).Deliver(3, 3).Holds();
        Begun().Deliver(2, 2, duplicate: true).Deliver(1, 1, duplicate: true).Breaks(CrashRule.Order);
        Begun().Deliver(1, 1, duplicate: true).Deliver(3, 3).Deliver(2, 2, duplicate: true).Breaks(CrashRule.Order);
    }

    [Fact]
    public void The_place_of_a_message_is_that_of_its_first_PUBLISH()
    {
        // 1 was answered and comes again, since the answer was lost; 2 was not. At the third time both keep their places.
        var both = Story.Subscribed().Published(1, QoS.AtLeastOnce).Published(2).Deliver(1, 1, QoS.AtLeastOnce).Answer(1, QoS.AtLeastOnce).Deliver(2, 2)
            .Crash().Connect("s", isPresent: true).Deliver(1, 1, QoS.AtLeastOnce, duplicate: true).Deliver(2, 2, duplicate: true)
            .Crash().Connect("s", isPresent: true).Deliver(1, 1, QoS.AtLeastOnce, duplicate: true).Deliver(2, 2, duplicate: true);

        both.Holds();
    }

    [Fact]
    public void Each_copy_of_a_message_that_its_publisher_repeated_has_a_place_of_its_own()
    {
        // The second copy left for the connection that the crash ended, and is first seen with DUP 1.
        var begun = () => Story.Subscribed().Publish(1, QoS.AtLeastOnce).Publish(1, QoS.AtLeastOnce, duplicate: true).Accept(1, QoS.AtLeastOnce).Published(2)
            .Deliver(1, 1, QoS.AtLeastOnce).Deliver(2, 2).Crash().Connect("s", isPresent: true)
            .Deliver(1, 1, QoS.AtLeastOnce, duplicate: true).Deliver(2, 2, duplicate: true).Deliver(1, 3, QoS.AtLeastOnce, duplicate: true)
            .Answer(1, QoS.AtLeastOnce).Crash().Connect("s", isPresent: true);

        begun().Deliver(2, 2, duplicate: true).Deliver(1, 3, QoS.AtLeastOnce, duplicate: true).Holds();
        begun().Deliver(1, 3, QoS.AtLeastOnce, duplicate: true).Deliver(2, 2, duplicate: true).Breaks(CrashRule.Order);
    }

    [Fact]
    public void DUP_is_set_where_something_is_repeated_and_only_there()
    {
        Story.Subscribed().Published(1).Deliver(1, 1).Crash().Connect("s", isPresent: true).Deliver(1, 1).Breaks(CrashRule.Dup);
        Story.Subscribed().Published(1).Deliver(1, 1, duplicate: true).Breaks(CrashRule.Dup);

        // It may have left before the crash, and never have arrived.
        Story.Subscribed().Published(1).Crash().Connect("s", isPresent: true).Deliver(1, 1, duplicate: true).Holds();

        // But nobody was there for it before.
        Story.Subscribed().Close("s").Published(1).Crash().Connect("s", isPresent: true).Deliver(1, 1, duplicate: true).Breaks(CrashRule.Dup);
    }

    [Fact]
    public void Nothing_is_repeated_on_one_connection()
    {
        Story.Subscribed().Published(1).Deliver(1, 1).Deliver(1, 1, duplicate: true).Breaks(CrashRule.Exchange);
        Story.Subscribed().Published(1, QoS.AtLeastOnce).Delivered(1, 1, QoS.AtLeastOnce).Deliver(1, 1, QoS.AtLeastOnce, duplicate: true).Breaks(CrashRule.Duplicate);
        Story.Subscribed().Published(1).Deliver(1, 1).Answer(1).Released(1).Released(1).Breaks(CrashRule.Exchange);
    }

    [Fact]
    public void PUBLISH_does_not_come_again_after_its_PUBREL()
    {
        Story.Subscribed().Published(1).Deliver(1, 1).Answer(1).Released(1).Crash().Connect("s", isPresent: true)
            .Deliver(1, 1, duplicate: true).Breaks(CrashRule.Exchange);
    }

    [Fact]
    public void A_PUBREL_that_is_owed_comes_again()
    {
        Story.Subscribed().Published(1).Deliver(1, 1).Answer(1).Released(1).Crash().Connect("s", isPresent: true).Settle().Breaks(CrashRule.Exchange);
        Story.Subscribed().Released(5).Breaks(CrashRule.Exchange);
    }

    [Fact]
    public void An_identifier_in_use_is_not_given_to_another_message()
    {
        Story.Subscribed().Published(1).Published(2).Deliver(1, 1).Crash().Connect("s", isPresent: true).Deliver(2, 1).Breaks(CrashRule.Exchange);
    }

    [Fact]
    public void Acknowledgements_answer_what_was_sent_on_the_connection()
    {
        Story.Subscribed().Accept(1).Breaks(CrashRule.Exchange);
        Story.Subscribed().Publish(1).Crash().Connect("p", isPresent: true).Accept(1).Breaks(CrashRule.Exchange);
        Story.Subscribed().Published(1, QoS.AtLeastOnce).Accept(1, QoS.AtLeastOnce).Breaks(CrashRule.Exchange);
    }

    [Fact]
    public void The_broker_knows_an_identifier_until_it_was_released()
    {
        var forgotten = new PubCompPacket { PacketIdentifier = new(1), ReasonCode = ReasonCode.PacketIdentifierNotFound };

        Story.Subscribed().Publish(1).Accept(1).Crash().Connect("p", isPresent: true).Release(1).Received("p", forgotten).Breaks(CrashRule.Exchange);
        Story.Subscribed().Publish(1).Accept(1).Release(1).Crash().Connect("p", isPresent: true).Release(1).Received("p", forgotten).Holds();
    }

    [Fact]
    public void A_session_outlives_the_process()
    {
        Story.Subscribed().Crash().Connect("s", isPresent: true).Holds();
        Story.Subscribed().Crash().Connect("s").Breaks(CrashRule.Session);
        new Story().Connect("s", isPresent: true).Breaks(CrashRule.Session);
        Story.Subscribed().Connect("s", isPresent: true, cleanStart: true).Breaks(CrashRule.Session);

        // Of a CONNECT that was not answered nobody knows.
        new Story().Begin("s").Crash().Connect("s", isPresent: true).Holds();
        new Story().Begin("s").Crash().Connect("s").Holds();
    }

    [Fact]
    public void What_is_lost_with_a_session_is_counted()
    {
        var story = Story.Subscribed().Published(1).Published(2).Crash().Connect("s");

        Assert.Equal([CrashRule.Session, CrashRule.Loss], story.Judge.Findings.Select(finding => finding.Rule));
        Assert.Equal(2, story.Judge.Findings[1].Count);
    }

    [Fact]
    public void A_message_comes_as_it_was_published_at_the_QoS_that_was_granted()
    {
        Story.Subscribed(qos: QoS.AtLeastOnce).Published(1).Deliver(1, 1, QoS.AtLeastOnce).Holds();
        Story.Subscribed(qos: QoS.AtLeastOnce).Published(1).Deliver(1, 1).Breaks(CrashRule.Session);
        Story.Subscribed("#").Published(1).Deliver(1, 1, topic: "another").Breaks(CrashRule.Content);
        Story.Subscribed().Deliver(1, 1).Breaks(CrashRule.Content);
    }

    [Fact]
    public void Receive_Maximum_holds_after_a_crash_too()
    {
        var story = Story.Subscribed(receiveMaximum: 1).Published(1).Published(2).Deliver(1, 1).Crash().Connect("s", isPresent: true, receiveMaximum: 1);

        story.Deliver(1, 1, duplicate: true).Holds();
        story.Deliver(2, 2).Breaks(CrashRule.Exchange);
    }

    [Fact]
    public void A_shared_subscription_gives_a_message_to_one_member()
    {
        Story Group() => new Story().Connect("p").Connect("a").Subscribe("a", "$share/g/t").Connect("b").Subscribe("b", "$share/g/t");

        Group().Published(1).Deliver(1, 1, to: "a").Answer(1, by: "a").Released(1, to: "a").Complete(1, by: "a").Settle().Holds();
        Group().Published(1).Settle().Breaks(CrashRule.Loss);
        Group().Published(1).Deliver(1, 1, to: "a").Deliver(1, 1, to: "b").Breaks(CrashRule.Duplicate);
    }

    [Fact]
    public void A_retained_value_is_the_last_acknowledged_one_or_a_later_one()
    {
        // 1 and 2 were acknowledged, 3 was not.
        Story Kept() => new Story().Connect("p").Publish(1, QoS.AtLeastOnce, retain: true).Accept(1, QoS.AtLeastOnce)
            .Publish(2, QoS.AtLeastOnce, retain: true).Accept(2, QoS.AtLeastOnce).Publish(3, QoS.AtLeastOnce, retain: true)
            .Crash().Connect("r").Subscribe("r", "t");

        Kept().Deliver(2, 1, QoS.AtLeastOnce, to: "r", retain: true).Read("r").Holds();
        Kept().Deliver(3, 1, QoS.AtLeastOnce, to: "r", retain: true).Read("r").Holds();
        Kept().Deliver(1, 1, QoS.AtLeastOnce, to: "r", retain: true).Breaks(CrashRule.Retained);
        Kept().Read("r").Breaks(CrashRule.Retained);

        // What was read once stays so while nobody writes.
        Kept().Deliver(3, 1, QoS.AtLeastOnce, to: "r", retain: true).Read("r").Crash().Connect("r", isPresent: true).Subscribe("r", "t")
            .Deliver(2, 1, QoS.AtLeastOnce, to: "r", retain: true).Breaks(CrashRule.Retained);
    }

    [Fact]
    public void A_retained_value_that_was_taken_away_stays_away()
    {
        Story Emptied() => new Story().Connect("p").Publish(1, QoS.AtLeastOnce, retain: true).Accept(1, QoS.AtLeastOnce)
            .Sent("p", new PublishPacket { Message = new ApplicationMessage { Topic = Story.Topic, QoS = QoS.AtLeastOnce, Retain = true }, PacketIdentifier = new(2) })
            .Accept(2, QoS.AtLeastOnce).Crash().Connect("r").Subscribe("r", "t");

        Emptied().Read("r").Holds();
        Emptied().Deliver(1, 1, QoS.AtLeastOnce, to: "r", retain: true).Breaks(CrashRule.Retained);
    }
}
