using Orrery.CrashTests;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Tests.CrashTests;

/// <summary>The judge of crash tests and wills: "m" has one, and "s" is subscribed to it.</summary>
public class CrashJudgeWillTests
{
    private const double Delay = 2;

    [Fact]
    public void The_will_of_a_connection_that_was_alive_is_published_once_its_delay_has_passed()
    {
        Back(Alive().Crash()).Wait(Delay + 0.1).Feed(Publish).Settle().Holds();
        Back(Alive().Crash()).Wait(Delay + 0.1).Settle().Breaks(CrashRule.Will);
        Back(Alive().Crash()).Wait(Delay / 2).Feed(Publish).Breaks(CrashRule.Will);

        // It is not due yet, and looked at again the next time.
        Back(Alive().Crash()).Wait(Delay / 2).Settle().Holds();
        Back(Alive().Crash()).Wait(Delay / 2).Settle().Wait(Delay).Settle().Breaks(CrashRule.Will);
    }

    [Fact]
    public void It_is_published_once()
    {
        var once = Back(Alive().Crash()).Wait(Delay + 0.1).Feed(Publish);

        once.Crash().Feed(story => Publish(Back(story))).Breaks(CrashRule.Duplicate);
    }

    [Fact]
    public void Not_while_its_client_is_connected() => Alive().Feed(Publish).Breaks(CrashRule.Will);

    [Fact]
    public void Not_after_a_DISCONNECT_that_the_broker_has_answered_with_the_end()
    {
        Story Left() => Alive().Sent("m", new DisconnectPacket());

        Back(Left().Close("m").Crash()).Wait(Delay + 0.1).Settle().Holds();
        Back(Left().Close("m").Crash()).Wait(Delay + 0.1).Feed(Publish).Breaks(CrashRule.Will);

        // Whether the broker had heard it before the kill, or before the client cut the connection, nobody knows.
        Back(Left().Abort("m").Crash()).Wait(Delay + 0.1).Feed(Publish).Settle().Holds();
        Back(Left().Abort("m").Crash()).Wait(Delay + 0.1).Settle().Holds();
        Back(Left().Crash()).Wait(Delay + 0.1).Feed(Publish).Settle().Holds();
        Back(Left().Crash()).Wait(Delay + 0.1).Settle().Holds();
    }

    [Fact]
    public void But_after_one_that_asks_for_it_and_after_a_cut()
    {
        Story Asked() => Alive().Sent("m", new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage }).Close("m");

        Back(Asked().Crash()).Wait(Delay + 0.1).Feed(Publish).Settle().Holds();
        Back(Asked().Crash()).Wait(Delay + 0.1).Settle().Breaks(CrashRule.Will);
        Back(Alive().Abort("m").Crash()).Wait(Delay + 0.1).Feed(Publish).Settle().Holds();
        Back(Alive().Abort("m").Crash()).Wait(Delay + 0.1).Settle().Breaks(CrashRule.Will);
    }

    [Fact]
    public void Not_when_its_client_resumed_in_time()
    {
        Back(Alive().Crash()).Wait(Delay / 2).Connect("m", isPresent: true).Wait(Delay).Settle().Holds();
        Back(Alive().Crash()).Wait(Delay / 2).Connect("m", isPresent: true).Wait(Delay).Feed(Publish).Breaks(CrashRule.Will);

        // Too late to be sure of either.
        Back(Alive().Crash()).Wait(Delay * 2).Connect("m", isPresent: true).Feed(Publish).Settle().Holds();
        Back(Alive().Crash()).Wait(Delay * 2).Connect("m", isPresent: true).Settle().Holds();
    }

    [Fact]
    public void Of_a_connection_that_was_not_accepted_nobody_knows()
    {
        Story Begun() => Watched().Begin("m", will: Will());

        Back(Begun().Crash()).Wait(Delay + 0.1).Settle().Holds();
        Back(Begun().Crash()).Wait(Delay + 0.1).Feed(Publish).Settle().Holds();
    }

    private static Story Watched() => new Story().Connect("s").Subscribe("s", "t");

    private static Story Alive() => Watched().Connect("m", will: Will());

    private static Story Back(Story story) => story.Connect("s", isPresent: true);

    private static Will Will() => new(Message(), (uint)Delay);

    private static ApplicationMessage Message() =>
        new() { Topic = Story.Topic, Payload = MessageTag.OfWill("m", 1).ToPayload(30), QoS = QoS.ExactlyOnce };

    private static Story Publish(Story story) => story
        .Received("s", new PublishPacket { Message = Message(), PacketIdentifier = new(1) }, MessageTag.OfWill("m", 1))
        .Answer(1).Released(1).Complete(1);
}

/// <summary>Lets a step stand in its place of a story.</summary>
internal static class StorySteps
{
    public static Story Feed(this Story story, Func<Story, Story> step) => step(story);
}
