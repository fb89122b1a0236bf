using Orrery.Broker.Topics;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.Topics;

public class RetainedLedgerTests
{
    private static ApplicationMessage Message(string topic, int payloadBytes) =>
        new() { Topic = TopicName.Parse(topic), Payload = new byte[payloadBytes], Retain = true };

    [Fact]
    public void A_replacement_counts_its_difference_alone()
    {
        var ledger = new RetainedLedger(new TopicTreeOptions { RetainedMessagesMax = 1, RetainedBytesMax = 11 });
        var first = Message("t", 10);
        var smaller = Message("t", 4);
        var asLargeAsMayBe = Message("t", 10);
        var tooLarge = Message("t", 11);

        Assert.True(ledger.TryAdmit(first.Topic, null, first, out var delta));
        Assert.Equal((1, 1, 11L), (delta, ledger.Count, ledger.Bytes));
        Assert.True(ledger.TryAdmit(first.Topic, first, smaller, out delta));
        Assert.Equal((0, 1, 5L), (delta, ledger.Count, ledger.Bytes));
        Assert.True(ledger.TryAdmit(first.Topic, smaller, asLargeAsMayBe, out delta));
        Assert.Equal((0, 1, 11L), (delta, ledger.Count, ledger.Bytes));
        Assert.False(ledger.TryAdmit(first.Topic, asLargeAsMayBe, tooLarge, out _));
        Assert.True(ledger.TryAdmit(first.Topic, asLargeAsMayBe, null, out delta));
        Assert.Equal((-1, 0, 0L), (delta, ledger.Count, ledger.Bytes));
    }

    [Fact]
    public void What_is_on_its_way_goes_before_what_is_published_until_all_of_it_has_settled()
    {
        var ledger = new RetainedLedger(new TopicTreeOptions());
        var (published, next, last) = (Message("t", 1), Message("t", 2), Message("t", 3));
        ledger.TryAdmit(next.Topic, published, next, out _);
        ledger.TryAdmit(next.Topic, next, last, out _);

        Assert.Same(last, ledger.Current(next.Topic, published));
        ledger.Settle(next.Topic, 1);
        Assert.Same(last, ledger.Current(next.Topic, next));
        Assert.True(ledger.IsTravelling(next.Topic));
        ledger.Settle(next.Topic, 1);
        Assert.Same(published, ledger.Current(next.Topic, published));
        Assert.False(ledger.IsTravelling(next.Topic));
        Assert.Equal(0, ledger.TravellingCount);
    }

    [Fact]
    public void Properties_count_too()
    {
        var properties = new MessageProperties(contentType: "1234", userProperties: [new UserProperty("1", "12")]);

        // An identifier and a length of two bytes before each text.
        Assert.Equal(2 + 3 + (1 + 2 + 4) + (1 + 2 + 1 + 2 + 2), RetainedLedger.SizeOf(Message("ab", 3) with { Properties = properties }));
    }

    [Fact]
    public void A_small_payload_does_not_keep_the_large_buffer_it_was_read_into()
    {
        var buffer = new byte[65_536];
        buffer[100] = 7;
        var small = Message("t", 0) with
        {
            Payload = buffer.AsMemory(100, 10),
            Properties = new MessageProperties(contentType: "text"),
        };
        var large = Message("t", 0) with { Payload = buffer.AsMemory(0, 60_000) };

        var compacted = RetainedLedger.Compact(small);

        Assert.Equal(small, compacted);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(compacted.Payload, out var segment));
        Assert.Equal(10, segment.Array!.Length);
        Assert.Same(large, RetainedLedger.Compact(large));
    }
}
