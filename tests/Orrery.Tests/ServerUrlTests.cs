using Orrery.Arguments;

namespace Orrery.Tests;

public class ServerUrlTests
{
    [Theory]
    [InlineData("mqtt://host", null, null, "host", null, null)]
    [InlineData("mqtt://host/", null, null, "host", null, null)]
    [InlineData("mqtt://host/a/b:c@d", null, null, "host", null, "a/b:c@d")]
    [InlineData("mqtt://host:99/#", null, null, "host", 99, "#")]
    [InlineData("mqtt://user@host/a", "user", null, "host", null, "a")]
    [InlineData("MQTT://user:p:w@d@host:1/a%20b", "user", "p:w@d", "host", 1, "a%20b")]
    [InlineData("mqtt://[::1]:99/a", null, null, "::1", 99, "a")]
    [InlineData("mqtt://[::1]/a", null, null, "::1", null, "a")]
    public void Every_part_is_taken_as_it_is(string text, string? userName, string? password, string host, int? port, string? topic) =>
        Assert.Equal(new ServerUrl(userName, password, host, port, topic), ServerUrl.Parse(text, out _));
}
