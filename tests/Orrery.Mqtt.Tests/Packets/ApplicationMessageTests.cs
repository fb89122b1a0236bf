using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Tests.Packets;

public sealed class ApplicationMessageTests
{
    private static ApplicationMessage New() => new()
    {
        Topic = TopicName.Parse("a/b"),
        Payload = "hi"u8.ToArray(),
        QoS = QoS.AtLeastOnce,
        Retain = true,
        Properties = new MessageProperties(true),
    };

    [Fact]
    public void Two_messages_are_equal_if_everything_that_they_say_is()
    {
        Assert.Equal(New(), New());
        Assert.Equal(New().GetHashCode(), New().GetHashCode());
        Assert.NotEqual(New(), New() with { Topic = TopicName.Parse("a/c") });
        Assert.NotEqual(New(), New() with { Payload = "ho"u8.ToArray() });
        Assert.NotEqual(New(), New() with { QoS = QoS.ExactlyOnce });
        Assert.NotEqual(New(), New() with { Retain = false });
        Assert.NotEqual(New(), New() with { Properties = null });
        Assert.NotEqual(New(), New() with { ExpiresAtTicks = 1 });
    }

    [Fact]
    public void A_message_is_small_since_there_may_be_millions()
    {
        var template = New();
        var copies = new ApplicationMessage[1_000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < copies.Length; index++) copies[index] = template with { Retain = false };
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / copies.Length, 1, 64);
        GC.KeepAlive(copies);
    }
}
