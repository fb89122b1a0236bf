using System.Text;
using Orrery.Server.Configuration;

namespace Orrery.Server.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Keys_in_any_case_become_the_keys_of_the_section()
    {
        var values = Parse("""
            {
              // what a person writes
              "listeners": [ { "address": "0.0.0.0", "PORT": 1884 }, { "Port": 0 } ],
              "queuedMessagesMax": 5,
              "RetainAvailable": false,
              "shutdownTimeoutSeconds": 1,
            }
            """);

        Assert.Equal("0.0.0.0", values["Mqtt:Listeners:0:Address"]);
        Assert.Equal("1884", values["Mqtt:Listeners:0:Port"]);
        Assert.Equal("0", values["Mqtt:Listeners:1:Port"]);
        Assert.Equal("5", values["Mqtt:QueuedMessagesMax"]);
        Assert.Equal("false", values["Mqtt:RetainAvailable"]);
        Assert.Equal("1", values["Mqtt:ShutdownTimeoutSeconds"]);
    }

    [Fact]
    public void The_section_may_stand_around_the_keys()
    {
        Assert.Equal("5", Parse("""{ "Mqtt": { "QueuedMessagesMax": 5 } }""")["Mqtt:QueuedMessagesMax"]);
    }

    [Fact]
    public void Named_brokers_have_the_same_keys()
    {
        var values = Parse("""{ "brokers": { "plant-1": { "listeners": [ { "port": 1 } ], "queuedMessagesMax": 7 } } }""");

        Assert.Equal("1", values["Mqtt:Brokers:plant-1:Listeners:0:Port"]);
        Assert.Equal("7", values["Mqtt:Brokers:plant-1:QueuedMessagesMax"]);
    }

    [Fact]
    public void A_broker_is_named_even_where_nothing_is_said_of_it()
    {
        Assert.Contains("Mqtt:Brokers:a", Parse("""{ "Brokers": { "a": {} } }""").Keys);
    }

    [Theory]
    [InlineData("{\n \"listeners\": [\n  { \"prot\": 1 } ] }", "f:3: unknown key \"prot\" in Mqtt:listeners:0; did you mean \"Port\"?")]
    [InlineData("{ \"queuedMesagesMax\": 1 }", "f:1: unknown key \"queuedMesagesMax\" in Mqtt; did you mean \"QueuedMessagesMax\"?")]
    [InlineData("{ \"mqtt\": {\n \"brokers\": {\n \"x\": {\n \"lisseners\": [] } } } }", "f:4: unknown key \"lisseners\" in Mqtt:brokers:x; did you mean \"Listeners\"?")]
    [InlineData("{ \"listeners\": [ { \"zzzzzzzz\": 1 } ] }", "f:1: unknown key \"zzzzzzzz\" in Mqtt:listeners:0; known are Address, Port")]
    [InlineData("{\n\n \"queuedMessagesMax\": \"5\" }", "f:3: Mqtt:queuedMessagesMax is \"5\"; it must be a whole number, without quotes")]
    [InlineData("{ \"queuedMessagesMax\": 1.5 }", "f:1: Mqtt:queuedMessagesMax is 1.5; it must be a whole number, without quotes")]
    [InlineData("{ \"queuedMessagesMax\": 99999999999 }", "f:1: Mqtt:queuedMessagesMax is 99999999999; it must be a whole number, without quotes")]
    [InlineData("{ \"retainAvailable\": 1 }", "f:1: Mqtt:retainAvailable is 1; it must be true or false")]
    [InlineData("{ \"maximumQoS\": \"thrice\" }", "f:1: Mqtt:maximumQoS is \"thrice\"; it must be one of \"AtMostOnce\", \"AtLeastOnce\", \"ExactlyOnce\"")]
    [InlineData("{ \"listeners\": 1883 }", "f:1: Mqtt:listeners must be a list: [ … ]")]
    [InlineData("{ \"listeners\": [ 1883 ] }", "f:1: Mqtt:listeners:0 must be an object: { … }")]
    [InlineData("{ \"queuedMessagesMax\": null }", "f:1: Mqtt:queuedMessagesMax must be a whole number, without quotes")]
    [InlineData("{ \"queuedMessagesMax\": 1,\n \"QueuedMessagesMax\": 2 }", "f:2: Mqtt:QueuedMessagesMax is given twice")]
    [InlineData("{ \"brokers\": {\n \"a/b\": {} } }", "f:2: \"a/b\" in Mqtt:brokers can't name a broker: letters, digits, '-' and '_' can")]
    [InlineData("{ \"brokers\": { \"broker\": {} } }", "f:1: \"broker\" in Mqtt:brokers can't name a broker: it is what the unnamed one is called")]
    [InlineData("{ \"brokers\": { \"a\": {},\n \"A\": {} } }", "f:2: Mqtt:brokers:A is given twice")]
    [InlineData("[]", "f:1: the file must hold an object: { … }")]
    public void A_fault_is_said_with_its_line_and_how_to_mend_it(string json, string message)
    {
        var failure = Assert.Throws<ConfigurationFileException>(() => Parse(json));

        Assert.Equal(message, failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{ \"listeners\": [ { ")]
    [InlineData("{ \"listeners\" ")]
    [InlineData("{ \"queuedMessagesMax\": ")]
    [InlineData("{ } x")]
    [InlineData("port=1883")]
    public void What_is_not_JSON_is_said_to_be_none(string text)
    {
        var failure = Assert.Throws<ConfigurationFileException>(() => Parse(text));

        Assert.StartsWith("f:1: is not valid JSON: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_to_be_missing()
    {
        var failure = Assert.Throws<ConfigurationFileException>(() => ConfigurationFile.Read("/no/such/file.json"));

        Assert.StartsWith("/no/such/file.json: can't be read: ", failure.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, string?> Parse(string json) => ConfigurationFile.Parse("f", Encoding.UTF8.GetBytes(json));
}
