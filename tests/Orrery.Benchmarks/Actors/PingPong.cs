using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>Pairs of actors that throw one message to and fro.</summary>
internal static class PingPong
{
    private const int Messages = 8_000_000;
    private static readonly object Ball = new();

    public static double Run(int pairs) => Countdown.Measure(Messages, pairs, (system, done) =>
    {
        for (var i = 0; i < pairs; i++)
        {
            var left = system.ActorOf(Props.Create(() => new Player(Messages / pairs / 2, done)));
            var right = system.ActorOf(Props.Create(() => new Player(int.MaxValue, done)));
            left.Tell(Ball, right);
        }
    });

    private sealed class Player : ReceiveActor
    {
        private readonly Countdown _done;
        private int _left;

        public Player(int throws, Countdown done)
        {
            _left = throws;
            _done = done;
            Receive<string>(_ => { });
            Receive<object>(OnBall);
        }

        private void OnBall(object ball)
        {
            if (_left-- == 0)
            {
                _done.Signal();
                return;
            }

            Sender.Tell(ball, Self);
        }
    }
}
