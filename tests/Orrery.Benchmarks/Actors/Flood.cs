using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>One-way messages from actors to one actor, which counts them.</summary>
internal static class Flood
{
    private const int Messages = 10_000_000;
    private static readonly object Message = new();
    private static readonly object Go = new();

    public static double Run() => Run(senders: 1);

    public static double Run(int senders) => Countdown.Measure(Messages, 1, (system, done) =>
    {
        var counter = system.ActorOf(Props.Create(() => new Counter(Messages, done)));
        for (var i = 0; i < senders; i++)
        {
            system.ActorOf(Props.Create(() => new Sender(counter, Messages / senders))).Tell(Go);
        }
    });

    private sealed class Counter(int expected, Countdown done) : UntypedActor
    {
        private int _left = expected;

        protected override void OnReceive(object message)
        {
            if (--_left == 0) done.Signal();
        }
    }

    /// <summary>Sends in batches of a thousand, so that it takes turns as real actors do.</summary>
    private sealed class Sender(IActorRef target, int count) : UntypedActor
    {
        private const int Batch = 1000;
        private int _left = count;

        protected override void OnReceive(object message)
        {
            for (var i = 0; i < Batch; i++)
            {
                target.Tell(Message, Self);
            }

            _left -= Batch;
            if (_left > 0) Self.Tell(Go);
        }
    }
}
