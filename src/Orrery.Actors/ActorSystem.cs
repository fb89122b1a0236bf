using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;
using Orrery.Actors.Production;

namespace Orrery.Actors;

/// <summary>A tree of actors with the threads, the clock and the chance that they live by.</summary>
/// <remarks>Systems share nothing but code. All members are callable from any thread.</remarks>
public sealed class ActorSystem : IActorRefFactory, IDisposable
{
    private readonly SystemHost _host;
    private readonly TerminationSignal _terminated = new();
    private readonly ActorCell _user;
    private readonly Dispatcher _dispatcher;
    private SharedCounter _uids;

    internal ActorSystem(string name, SystemHost host)
    {
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new ArgumentException($"Invalid name of an actor system: \"{name}\".", nameof(name));
        }

        Name = name;
        _host = host;
        EventStream = new EventStream();
        RootPath = new ActorPath(null, name, 0);
        DeadLetterRef = new DeadLetterActorRef(this, new ActorPath(RootPath, "deadLetters", 0));
        _dispatcher = host.Attach(this);
        _user = new ActorCell(_dispatcher, Props.Create(() => new Guardian()), new RootRef(this), "user");
        _user.PrepareForForeignChildren();
        _user.Start();
    }

    /// <summary>The name that all paths of the system start with.</summary>
    public string Name { get; }

    /// <summary>The clock and the timers.</summary>
    public IScheduler Scheduler => Timers;

    /// <summary>Dead letters, unhandled messages, failures, and what the application publishes.</summary>
    public EventStream EventStream { get; }

    /// <summary>A reference that publishes what it is told as <see cref="DeadLetter"/>.</summary>
    public IActorRef DeadLetters => DeadLetterRef;

    /// <summary>Completes when all actors have stopped after <see cref="Terminate"/>.</summary>
    public Task WhenTerminated => _terminated.Task;

    /// <summary>Time since the start.</summary>
    public TimeSpan Uptime => Timers.MonotonicClock;

    internal ActorPath RootPath { get; }

    internal DeadLetterActorRef DeadLetterRef { get; }

    internal TimerService Timers => _host.Timers;

    internal ulong Seed => _host.Seed;

    /// <summary>Starts a system on the thread pool.</summary>
    /// <param name="name">As for an actor's name.</param>
    /// <returns>The running system.</returns>
    public static ActorSystem Create(string name) => Create(name, new ActorSystemOptions());

    /// <summary>Starts a system on the thread pool.</summary>
    /// <param name="name">As for an actor's name.</param>
    /// <param name="options">How to set it up.</param>
    /// <returns>The running system.</returns>
    public static ActorSystem Create(string name, ActorSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Throughput, 1, nameof(options));
        return new ActorSystem(name, new PoolHost(options));
    }

    /// <inheritdoc/>
    public IActorRef ActorOf(Props props, string? name = null) => _user.ActorOf(props, name);

    /// <inheritdoc/>
    public void Stop(IActorRef child) => (child as InternalActorRef)?.Stop();

    /// <summary>Finds actors by path.</summary>
    /// <param name="actorPath">From the root, such as <c>/user/broker/sys</c>.</param>
    /// <returns>A selection that looks the path up each time it is used.</returns>
    public ActorSelection ActorSelection(string actorPath) => new(this, actorPath);

    /// <summary>Stops all actors, children before parents.</summary>
    /// <returns><see cref="WhenTerminated"/>.</returns>
    public Task Terminate()
    {
        _user.Stop();
        return WhenTerminated;
    }

    /// <summary>As <see cref="Terminate"/>, without waiting.</summary>
    public void Dispose() => Terminate();

    internal IRandomStream CreateStream(string name) => _host.CreateStream(name);

    internal int NextUid() => _uids.Next();

    internal Dispatcher DispatcherFor(string id) =>
        id == Dispatchers.DefaultDispatcherId ? _dispatcher : _host.DispatcherFor(id);

    internal int CountActors(Func<IActorRef, bool>? leavesOut = null)
    {
        var count = 0;
        var open = new Stack<ActorCell>(_user.ChildCells());
        while (open.TryPop(out var cell))
        {
            if (leavesOut?.Invoke(cell) == true) continue;
            count++;
            foreach (var child in cell.ChildCells()) open.Push(child);
        }

        return count;
    }

    internal List<IActorRef> ActorsWithMessages()
    {
        var found = new List<IActorRef>();
        var open = new Stack<ActorCell>(_user.ChildCells());
        while (open.TryPop(out var cell))
        {
            if (cell.HasMessages) found.Add(cell);
            foreach (var child in cell.ChildCells()) open.Push(child);
        }

        return found;
    }

    internal ActorCell? Find(ReadOnlySpan<string> names) => names is ["user", ..] ? _user.Find(names[1..]) : null;

    internal void ReportFailure(ActorCell cell, Exception cause, string what)
    {
        _host.OnFailure(cell, cause);
        if (EventStream.HasSubscriber(typeof(Error)))
        {
            EventStream.Publish(new Error(cause, cell.Path.ToString(), cell.ActorType, what));
        }
    }

    private void OnUserGuardianEnded()
    {
        _host.Shutdown();
        _terminated.Complete();
    }

    /// <summary>The parent of <c>/user</c>: ends the system when that has stopped, and stops it when it fails.</summary>
    private sealed class RootRef(ActorSystem system) : InternalActorRef
    {
        public override ActorPath Path => system.RootPath;

        internal override ActorSystem System => system;

        public override void Tell(object message, IActorRef? sender) =>
            system.DeadLetterRef.Publish(message, sender, this);

        internal override void SendSystemMessage(SystemMessage message)
        {
            switch (message)
            {
                case DeathWatchNotification:
                    system.OnUserGuardianEnded();
                    break;
                case Failed failed:
                    failed.Child.Stop();
                    break;
                default:
                    base.SendSystemMessage(message);
                    break;
            }
        }
    }

    /// <summary>The actor at <c>/user</c>. It supervises by the default strategy and knows no messages.</summary>
    private sealed class Guardian : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
