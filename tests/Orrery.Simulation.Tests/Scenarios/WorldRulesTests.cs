namespace Orrery.Simulation.Tests.Scenarios;

/// <summary>What would otherwise do nothing, or something else than it says, is a mistake with its place.</summary>
public sealed class WorldRulesTests
{
    private const string Two = "orrery: 1\nname: t\n";

    [Theory]
    [InlineData("topology: { brokers: { b1: {}, b2: {} }, clients: { c: {} } }", "there are 2 brokers: say which one")]
    [InlineData("topology: { generate: { shape: isolated, count: 3, broker: e }, brokers: { e: {} }, clients: { c: { broker: e } } }", "there are 3 brokers of the kind 'e'")]
    [InlineData("topology: { brokers: { b1: { limits: { queue_bytes: 5B } } } }", "QueuedBytesMax is 5")]
    [InlineData("topology: { brokers: { b1: {} }, links: { slow: { latency: 1s } } }", "'slow' joins nobody")]
    [InlineData("topology: { brokers: { b1: {}, b2: {} }, clients: { c: { broker: b1 } }, links: { c->b2: { latency: 1s } } }", "no client of this file has the path 'c->b2'")]
    [InlineData("topology: { brokers: { b1: {}, b2: {} }, clients: { c: { broker: b1 } } }\nsteps: [ { at: 0s, do: fault, kind: reset, link: c->b2 } ]", "so the fault would do nothing")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: fault, kind: corrupt, link: c->b1, rate: 1% } ]", "add 'profile: { base: hostile, omit_each: 100% }'")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nfaults: [ { at: 0s, do: fault, kind: corrupt, link: c->b1, rate: 1% } ]", "for a hostile world alone")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: fault, kind: starve, node: b1, actor: session(d) } ]", "there is no client 'd'")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: fault, kind: starve, node: b1, actor: sesions/* } ]", "is no path of an actor")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: fault, kind: starve, node: b1, actor: c } ]", "write session(c)")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: set_limit, node: b1, limits: { packet: 1kB } } ]", "'packet' can't change while a broker runs")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: set_limit, node: c, limits: { queue: 1 } } ]", "'c' is a client, and limits are a broker's")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: set_limit, node: b1, limits: { queue_bytes: 5B } } ]", "QueuedBytesMax is 5")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: set_limit, node: b1, limits: {} } ]", "this changes no limit")]
    public void A_world_that_does_not_hang_together_is_a_mistake(string text, string message)
    {
        var file = Documents.Read(Two + text);

        var error = Assert.Single(file.Errors);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Position.Line, 3, 4);
    }

    [Theory]
    [InlineData("topology: { brokers: { b1: {}, b2: {} }, clients: { c: { broker: b2 } }, links: { c->b2: { latency: 1s }, client: {} } }")]
    [InlineData("topology: { generate: { shape: star, count: 3, broker: e }, brokers: { e: {} }, clients: { c: { broker: \"e[2]\" }, d: { per: broker } } }")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { g: { count: 3 } } }\nsteps: [ { at: 0s, do: fault, kind: reset, link: \"b1->g[2]\" } ]")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nprofile: { base: hostile, omit_each: 100% }\nsteps: [ { at: 0s, do: fault, kind: corrupt, link: c->b1, rate: 1% } ]")]
    [InlineData("topology: { brokers: { b1: {} }, clients: { c: {} } }\nsteps: [ { at: 0s, do: fault, kind: starve, node: b1, actor: \"topics/*/b\" } ]")]
    public void A_world_that_does_is_none(string text) => Assert.Empty(Documents.Read(Two + text).Errors);
}
