using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>One actor tells a thousand idle ones, which each answer; again and again.</summary>
internal static class FanOut
{
    private const int Width = 1000;
    private const int Rounds = 2000;
    private static readonly object Message = new();

    public static double Run() => Countdown.Measure(2L * Width * Rounds, 1, (system, done) =>
        system.ActorOf(Props.Create(() => new Hub(done))).Tell(Message));

    private sealed class Hub : UntypedActor
    {
        private readonly Countdown _done;
        private readonly IActorRef[] _leaves;
        private int _round;
        private int _answers = Width - 1;

        public Hub(Countdown done)
        {
            _done = done;
            _leaves = [.. Enumerable.Range(0, Width).Select(_ => Context.ActorOf(Props.Create(() => new Leaf())))];
        }

        protected override void OnReceive(object message)
        {
            if (++_answers < Width) return;
            _answers = 0;
            if (_round++ == Rounds)
            {
                _done.Signal();
                return;
            }

            foreach (var leaf in _leaves)
            {
                leaf.Tell(Message, Self);
            }
        }
    }

    private sealed class Leaf : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }
}
