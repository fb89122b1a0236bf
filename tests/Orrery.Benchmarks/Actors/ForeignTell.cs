using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>A thread that is no actor's tells one actor, as the completion of a read does; the actor counts.</summary>
internal static class ForeignTell
{
    private const int Messages = 10_000_000;
    private static readonly object Message = new();

    public static double Run() => Countdown.Measure(Messages, 1, (system, done) =>
    {
        var counter = system.ActorOf(Props.Create(() => new Counter(Messages, done)));
        for (var i = 0; i < Messages; i++)
        {
            counter.Tell(Message, ActorRefs.NoSender);
        }
    });

    internal sealed class Counter(int expected, Countdown done) : UntypedActor
    {
        private int _left = expected;

        protected override void OnReceive(object message)
        {
            if (--_left == 0) done.Signal();
        }
    }
}
