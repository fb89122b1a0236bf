using System.Text;
using Orrery.Actors;
using Orrery.Broker.Topics;

namespace Orrery.Broker.Tests.Topics;

public class TopicActorNameTests
{
    [Theory]
    [InlineData("kitchen", 0, "kitchen~0")]
    [InlineData("", 3, "~3")]
    [InlineData("+", 1, "+~1")]
    [InlineData("$SYS", 0, "%24SYS~0")]
    [InlineData("a b", 7, "a%20b~7")]
    [InlineData("ö~%/", 0, "%C3%B6%7E%25%2F~0")]
    [InlineData("012345678901234567890123456789", 0, "012345678901234567890123~0")]
    public void A_level_becomes_a_name_that_actors_may_have(string level, long index, string expected)
    {
        var name = TopicActorName.Of(Encoding.UTF8.GetBytes(level), index);

        Assert.Equal(expected, name);
        Assert.True(ActorPath.IsValidPathElement(name));
    }

    [Fact]
    public void Every_byte_is_allowed_in_a_level()
    {
        for (var value = 0; value < 256; value++)
        {
            Assert.True(ActorPath.IsValidPathElement(TopicActorName.Of([(byte)value], 0)), $"byte {value}");
        }
    }
}
