using System.Diagnostics;
using System.Globalization;
using Orrery.Actors;

namespace Orrery.Benchmarks.Actors;

/// <summary>Makes many children of one parent; each has handled a message before it is weighed.</summary>
internal static class Spawn
{
    private const int Actors = 500_000;
    private static readonly object Message = new();

    public static (double ActorsPerSecond, double BytesPerActor) Run()
    {
        using var system = ActorSystem.Create("bench");
        using var done = new Countdown(Actors);
        var heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        var before = Stopwatch.GetTimestamp();
        var parent = system.ActorOf(Props.Create(() => new Parent(done)));
        parent.Tell(Message);
        done.Wait();
        var elapsed = Stopwatch.GetElapsedTime(before);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        GC.KeepAlive(parent);
        system.Terminate().Wait();
        return (Actors / elapsed.TotalSeconds, (double)bytes / Actors);
    }

    private sealed class Parent(Countdown done) : UntypedActor
    {
        // In batches: all at once would be weighed with the thread pool's queue, which never shrinks.
        private const int Batch = 1000;
        private readonly Props _child = Props.Create(() => new Child(done));
        private int _made;

        protected override void OnReceive(object message)
        {
            for (var i = 0; i < Batch; i++)
            {
                Context.ActorOf(_child, "c" + _made++.ToString(CultureInfo.InvariantCulture)).Tell(message);
            }

            if (_made < Actors) Self.Tell(message);
        }
    }

    private sealed class Child : ReceiveActor
    {
        private readonly Countdown _done;

        public Child(Countdown done)
        {
            _done = done;
            Receive<string>(OnText);
            Receive<object>(OnOther);
        }

        private void OnText(string text) => _done.Signal();

        private void OnOther(object message) => _done.Signal();
    }
}
