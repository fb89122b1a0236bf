using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Tests.Running;

/// <summary>Numbers of the world's state, as steps and expectations ask for them.</summary>
public sealed class StateTests
{
    private const string Clients = """
        pub: { keep_alive: 0s }
        sub: { keep_alive: 0s, clean_start: false, session_expiry: 1h, receive_maximum: 2, auto_subscribe: [ { filter: "a/#", qos: 1 } ] }
        """;

    private const string Story = """
        - { at: 0s, do: connect, client: sub }
        - { at: 0s, do: connect, client: pub }
        - { at: 1s, do: hold_acks, client: sub }
        - { at: 1s, do: publish, client: pub, topic: a/b, qos: 1, count: 5, payload: 0123456789 }
        """;

    [Theory]
    [InlineData("session(sub).connected", 1)]
    [InlineData("session(sub).inflight", 2)]
    [InlineData("session(sub).queued", 3)]
    [InlineData("session(sub).subscriptions", 1)]
    [InlineData("session(pub).inbound", 0)]
    [InlineData("broker(b1).connections", 2)]
    [InlineData("broker(b1).clients", 2)]
    [InlineData("broker(b1).sessions", 2)]
    [InlineData("broker(b1).subscriptions", 1)]
    public void A_number_is_what_it_is_and_nothing_else(string path, int value)
    {
        static RunResult Run(string path, long value) => Runs.Run(Runs.Scenario(Clients, Story + $"\n- {{ at: 2s, do: assert, state: \"{path}\", is: {value} }}"));

        Assert.Equal(Verdict.Pass, Run(path, value).Verdict);
        Assert.Equal(Verdict.Fail, Run(path, value + 1).Verdict);
    }

    [Theory]
    [InlineData("broker(b1).actors"), InlineData("broker(b1).timers"), InlineData("broker(b1).retained"), InlineData("broker(b1).retained_bytes")]
    public void What_a_broker_is_made_of_is_counted(string path) => Assert.Equal(
        Verdict.Pass, Runs.Run(Runs.Scenario(Clients, Story + $"\n- {{ at: 2s, do: assert, state: \"{path}\", is: \"> 0\" }}")).Verdict);

    [Fact]
    public void A_claim_about_the_end_and_one_about_a_time_are_decided()
    {
        var result = Runs.Run(Runs.Scenario(Clients, Story + "\n- { at: 9s, do: ack, client: sub }", """
            expect:
              - { state: "session(sub).queued", is: 0 }
              - { state: "session(sub).queued", is: 3, between: [ 2s, 8s ] }
            """));

        Assert.Equal(Verdict.Pass, result.Verdict);
    }

    [Theory]
    [InlineData("session(sub).inflght", "a session has no 'inflght'; did you mean 'inflight'?")]
    [InlineData("broker(b1).inflight", "a broker has no 'inflight'")]
    [InlineData("session(subb).inflight", "there is no client 'subb'; did you mean 'sub'?")]
    [InlineData("broker(b2).sessions", "there is no broker 'b2'")]
    [InlineData("inflight", "'inflight' is no path of a number")]
    public void A_path_that_means_nothing_is_a_mistake_with_its_place(string path, string message)
    {
        var file = ScenarioFile.Read("t.yaml", Runs.Scenario(Clients, $"- {{ at: 2s, do: assert, state: \"{path}\", is: 0 }}"));

        var error = Assert.Single(file.Errors);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(11, error.Position.Line);
    }
}
