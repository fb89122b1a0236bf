using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Tests.Packets;

public sealed class MessagePropertiesTests
{
    [Fact]
    public void What_was_given_is_what_is_found()
    {
        UserProperty[] pairs = [new("b", "1"), new("a", ""), new("b", "2")];
        var properties = new MessageProperties(false, 7, "text/plain", "re/ply", new byte[] { 1, 2 }, pairs);

        Assert.False(properties.PayloadIsUtf8);
        Assert.Equal(7u, properties.MessageExpiryIntervalSeconds);
        Assert.Equal("text/plain", properties.ContentType);
        Assert.Equal("re/ply", properties.ResponseTopic);
        Assert.Equal(new byte[] { 1, 2 }, properties.CorrelationData!.Value.ToArray());
        Assert.Equal(pairs, properties.UserProperties);
    }

    [Fact]
    public void What_was_not_given_is_null_or_empty()
    {
        var properties = new MessageProperties();

        Assert.Null(properties.PayloadIsUtf8);
        Assert.Null(properties.MessageExpiryIntervalSeconds);
        Assert.Null(properties.ContentType);
        Assert.Null(properties.ResponseTopic);
        Assert.Null(properties.CorrelationData);
        Assert.Empty(properties.UserProperties);
        Assert.Equal(0, properties.Forwarded.Length);
    }

    [Fact]
    public void Empty_is_not_absent()
    {
        var properties = new MessageProperties(contentType: "", correlationData: ReadOnlyMemory<byte>.Empty);

        Assert.Equal("", properties.ContentType);
        Assert.Equal(0, properties.CorrelationData!.Value.Length);
    }

    [Fact]
    public void Equality_is_by_value()
    {
        Assert.Equal(new MessageProperties(true, 1, "x"), new MessageProperties(true, 1, "x"));
        Assert.Equal(new MessageProperties(true, 1, "x").GetHashCode(), new MessageProperties(true, 1, "x").GetHashCode());
        Assert.NotEqual(new MessageProperties(true, 1, "x"), new MessageProperties(true, 2, "x"));
        Assert.NotEqual(new MessageProperties(true, 1, "x"), new MessageProperties(true, 1, "y"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/+")]
    [InlineData("#")]
    [Trait("Statement", "MQTT-3.3.2-14")]
    public void A_response_topic_is_a_topic_name(string topic) =>
        Assert.Throws<ArgumentException>(() => new MessageProperties(responseTopic: topic));
}
