using Orrery.Actors;
using Orrery.Actors.Extensions;

namespace Orrery.Benchmarks.Actors;

/// <summary>A thread lends itself for one message at a time, which passes through two actors: a read, seen by the runtime.</summary>
internal static class HostTurns
{
    private const int Reads = 2_000_000;
    private static readonly object Message = new();

    public static double Run() => Countdown.Measure(2L * Reads, 1, (system, done) =>
    {
        var session = system.ActorOf(Props.Create(() => new ForeignTell.Counter(Reads, done)));
        var connection = system.ActorOf(Props.Create(() => new Relay(session)));
        for (var i = 0; i < Reads; i++)
        {
            using var turn = system.BeginHostTurn();
            connection.Tell(Message, ActorRefs.NoSender);
        }
    });

    private sealed class Relay(IActorRef next) : UntypedActor
    {
        protected override void OnReceive(object message) => next.Tell(message, Self);
    }
}
