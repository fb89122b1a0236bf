namespace Orrery.Actors.Tests.Production;

public sealed class PoolSystemTests
{
    [Fact]
    public async Task A_system_answers_questions_and_ends()
    {
        var system = ActorSystem.Create("pool");
        var actor = system.ActorOf(Scripted.Props((self, message) => self.From.Tell((int)message + 1)), "adder");

        Assert.Equal(42, await actor.Ask<int>(41));

        await system.Terminate();
    }
}
