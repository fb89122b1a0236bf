using System.Collections.Concurrent;
using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>A thread for one actor, which may therefore block in its handlers.</summary>
/// <remarks>The thread starts with the actor and ends when the actor has stopped.</remarks>
internal sealed class PinnedDispatcher : Dispatcher
{
    private readonly BlockingCollection<ActorCell> _ready = [];
    private readonly int _throughput;

    public PinnedDispatcher(ActorSystem system, int throughput)
        : base(system)
    {
        _throughput = throughput;
        // A background thread: a process may end without waiting for its actors.
        new Thread(Work) { IsBackground = true, Name = $"{system.Name}-pinned" }.Start();
    }

    public override void Schedule(ActorCell cell) => _ready.Add(cell);

    private void Work()
    {
        foreach (var cell in _ready.GetConsumingEnumerable())
        {
            if (cell.Run(ActorThread.Current, _throughput)) _ready.Add(cell);
            if (cell.IsTerminated) return;
        }
    }
}
