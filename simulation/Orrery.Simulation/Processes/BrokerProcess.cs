using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker;
using Orrery.Broker.Connections;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Processes;

/// <summary>Where a simulated process stands.</summary>
internal enum ProcessState
{
    /// <summary>There is none: connections are refused.</summary>
    Down,

    /// <summary>It runs.</summary>
    Up,

    /// <summary>It is there and gets no processor time; its system goes on for it.</summary>
    Paused,

    /// <summary>It closes its connections and ends.</summary>
    Stopping,
}

/// <summary>A process with one real broker in it, on the virtual clock: it runs to rest in each event that touches it.</summary>
internal sealed partial class BrokerProcess : EventTarget, IStreamListener
{
    private const int TimerKind = 0;
    private const int CloseLimitKind = 1;
    private const int ResumeKind = 2;
    private const int YieldKind = 3;
    private const long YieldNanosecondsMax = 1_000_000;
    private const long NanosecondsPerTick = 100;
    private const long CloseLimitNanoseconds = 5_000_000_000;   // the server's default: what a closing peer may take to accept its last bytes

    private readonly SimulationKernel _kernel;
    private readonly ILoggerFactory _loggers;
    private readonly IProcessStores? _stores;
    private readonly List<SimulatedTransport> _transports = [];
    private readonly List<Action> _deferred = [];               // what reached a process that is paused or halted, in order
    private DeterministicSystem? _system;
    private MqttBroker? _broker;
    private TimeSpan _wallOffset;
    private BrokerReady? _ready;                                // of this life
    private bool _hasStopped;

    /// <summary>Makes a process that is down.</summary>
    /// <param name="kernel">The world.</param>
    /// <param name="name">Unique in the world; letters, digits, '-' and '_', perhaps with `[n]` behind.</param>
    /// <param name="options">The broker's limits.</param>
    /// <param name="order">Whose turn it is among its actors (S1).</param>
    /// <param name="loggers">Observes; null for nobody.</param>
    /// <param name="stores">Makes the store of each life, on a disk that outlives it; null keeps nothing.</param>
    public BrokerProcess(
        SimulationKernel kernel, string name, BrokerOptions options, DispatchOrder order = DispatchOrder.Fifo, ILoggerFactory? loggers = null,
        IProcessStores? stores = null)
        : base(name)
    {
        (_kernel, Options, Order, _loggers) = (kernel, options, order, loggers ?? NullLoggerFactory.Instance);
        _stores = stores;
        Ether = Ether.Of(kernel);
    }

    /// <summary>What it shares with the network of its world.</summary>
    internal Ether Ether { get; }

    /// <summary>Who watches it; null for nobody, and then a failed actor throws.</summary>
    public IProcessWatcher? Watcher { get; set; }

    /// <summary>The broker's limits, from the next start on.</summary>
    public BrokerOptions Options { get; set; }

    /// <summary>Whose turn it is among its actors, from the next start on (S1).</summary>
    public DispatchOrder Order { get; set; }

    /// <summary>Whether its host does now and then what a host may and seldom does (B6): small reads, short writes, late news.</summary>
    public bool IsBuggified { get; set; }

    /// <summary>Where it stands.</summary>
    public ProcessState State { get; private set; }

    /// <summary>How often it was started.</summary>
    public int Lives { get; private set; }

    /// <summary>Connections it holds, in the order it got them.</summary>
    public IReadOnlyList<SimulatedTransport> Transports => _transports;

    /// <summary>Its own reading of the wall clock.</summary>
    public DateTimeOffset WallClock => Running.Scheduler.Now;

    /// <summary>Its own reading of the monotonic clock, which starts with each life.</summary>
    public TimeSpan MonotonicClock => Running.Scheduler.Elapsed;

    /// <summary>What a system answers that is not there: nobody listens. A paused process has one that says yes.</summary>
    ListenerMode IStreamListener.Mode => _mode ?? (IsListening ? ListenerMode.Accepting : ListenerMode.Refusing);

    private ListenerMode? _mode;

    /// <summary>Whether it has listened in this life, which a host does once its broker has recovered what was kept, and is there.</summary>
    public bool IsListening => State is ProcessState.Up or ProcessState.Paused && (_stores is null || _ready is not null);

    private DeterministicSystem Running => _system ?? throw new InvalidOperationException($"{Name} is down.");

    private MqttBroker Broker => _broker ?? throw new InvalidOperationException($"{Name} is down.");

    /// <summary>Makes the process' system answer requests for connections otherwise (N8); null as the process stands.</summary>
    public void SetListenerMode(ListenerMode? mode) => _mode = mode;

    /// <summary>Starts a life with nothing of an earlier one but the wall clock.</summary>
    public void Start()
    {
        if (State != ProcessState.Down) throw new InvalidOperationException($"{Name} is not down.");
        Lives++;
        _hasStopped = false;
        _ready = null;
        _halts = 0;
        _observedSteps = 0;
        _stepsAtEffect = 0;
        _reportedFailures = 0;
        (_clockOrigin, _clockBase) = (_kernel.NowNanoseconds, 0);
        var options = new DeterministicOptions
        {
            Seed = _kernel.Stream(Name).NextUInt64(),
            Order = Order,
            Observer = new ActorObserver(_kernel, Name),
            StartTime = new DeterministicOptions().StartTime + TimeSpan.FromTicks(_kernel.NowNanoseconds / NanosecondsPerTick) + _wallOffset,
        };
        _system = DeterministicSystem.Create(Name.Replace('[', '-').TrimEnd(']'), options);
        _broker = MqttBroker.Start(_system.System, "broker", Options, _loggers, _stores?.Mount(Do));
        State = ProcessState.Up;
        Watcher?.OnStarted();
        if (_stores is not null) _broker.Actor.Tell(MqttBroker.GetReady, _system.System.ActorOf(Props.Create(() => new ReadyListener(this))));
        Run();
    }

    /// <summary>Ends the process at once, as kill -9 does (B1). Its system closes what it held: FIN, or RST where input was unread.</summary>
    public void Kill() => End("kill", end => end.Close(StreamEnding.ProcessEnded));

    /// <summary>Ends the process at once, and what it kept is gone with it (B4).</summary>
    public void KillAndWipe() => End("wiped_disk", end => end.Close(StreamEnding.ProcessEnded));

    /// <summary>Ends the process and its machine at once: nobody is told, and what arrives later is answered with RST (N6).</summary>
    public void LosePower() => End("power_loss", end => end.Vanish(StreamEnding.ProcessEnded));

    /// <summary>Gives the broker other limits (B5): this life, if there is one and as soon as it has the processor, and those that follow.</summary>
    public void SetOptions(BrokerOptions options)
    {
        Options = options;
        Do(() => Broker.Actor.Tell(MqttBroker.SetOptions(options), ActorRefs.NoSender));
    }

    /// <summary>Asks the broker to close its connections and end (B1).</summary>
    public void Stop()
    {
        if (State != ProcessState.Up) throw new InvalidOperationException($"{Name} is not up.");
        if (!IsListening)
        {
            // A host that is told to end while it starts lets go of everything.
            End("stop", end => end.Close(StreamEnding.ProcessEnded));
            return;
        }

        State = ProcessState.Stopping;
        var listener = Running.System.ActorOf(Props.Create(() => new StopListener(this)));
        Broker.Actor.Tell(MqttBroker.Stop, listener);
        Run();
    }

    /// <summary>Takes the processor away (B2, T3). Timers that fall due meanwhile fire late, behind what arrived meanwhile.</summary>
    /// <param name="nanoseconds">For how long.</param>
    /// <param name="stopsClock">True for a machine that was suspended with its monotonic clock.</param>
    public void Pause(long nanoseconds, bool stopsClock = false)
    {
        if (State != ProcessState.Up) throw new InvalidOperationException($"{Name} is not up.");
        Settle();
        State = ProcessState.Paused;
        Watcher?.OnPaused(nanoseconds);
        CancelTimer();
        _kernel.Schedule(_kernel.NowNanoseconds + nanoseconds, EventClass.Script, this, ResumeKind, stopsClock ? nanoseconds : 0, Lives);
    }

    /// <summary>Lets the process' clocks run faster or slower from here on (T2).</summary>
    public void SetClockRate(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numerator, 1);
        if (State is ProcessState.Up or ProcessState.Stopping) Settle();
        (_clockBase, _clockOrigin) = (ClockNanoseconds, _kernel.NowNanoseconds);
        _clockRate = (numerator, denominator);
        _kernel.Observe(Name, "clock rate", "numerator", (ulong)numerator);
        _kernel.Observe(Name, "clock rate", "denominator", (ulong)denominator);
        if (State is ProcessState.Up or ProcessState.Stopping) SetTimer();
    }

    /// <summary>Sets the process' wall clock (T1); its timers do not notice.</summary>
    /// <param name="offset">Added to what it reads.</param>
    public void JumpWallClock(TimeSpan offset)
    {
        _wallOffset += offset;
        _kernel.Observe(Name, "wall clock jumps", "ticks", (ulong)offset.Ticks);
        _system?.Scheduler.JumpWallClock(offset);
    }

    /// <inheritdoc/>
    void IStreamListener.Accept(StreamEnd end, string remote)
    {
        var transport = new SimulatedTransport(this, end, Broker.ReaderOptions);
        end.Owner = transport;
        _transports.Add(transport);
        Do(() => Broker.Accept(transport, new ConnectionInfo(remote, Name)));
    }

    /// <inheritdoc/>
    public override string Describe(int kind) => kind switch
    {
        TimerKind => "timer",
        CloseLimitKind => "close limit",
        YieldKind => "yields",
        _ => "resume",
    };

    /// <inheritdoc/>
    public override void OnEvent(int kind, long argument, object? state)
    {
        switch (kind)
        {
            case TimerKind:
                _timerNanoseconds = long.MaxValue;
                Watcher?.OnTimer();
                Run();
                break;
            case YieldKind:
                ((Action)state!)();
                break;
            case CloseLimitKind:
                ((SimulatedTransport)state!).OnCloseLimit();
                break;
            case ResumeKind when State == ProcessState.Paused && (int)state! == Lives:
                Resume(argument);
                break;
        }
    }

    /// <summary>Lets something reach the process' actors, now or when it has the processor again, and runs them to rest.</summary>
    internal void Do(Action arrive)
    {
        if (TryEnter())
        {
            arrive();
            Leave();
        }
        else
        {
            Defer(arrive);
        }
    }

    /// <summary>Whether something may reach the process' actors now; <see cref="Leave"/> must follow it then, else <see cref="Defer"/>.</summary>
    internal bool TryEnter() => State is ProcessState.Up or ProcessState.Stopping && Settle();

    /// <summary>Something has reached the actors: runs them to rest.</summary>
    internal void Leave() => Run();

    /// <summary>Lets something reach the actors when the process has the processor again; a process that is down has lost it.</summary>
    internal void Defer(Action arrive)
    {
        if (State != ProcessState.Down) _deferred.Add(arrive);
    }

    /// <summary>Whether a site of the host does the seldom thing now, in one case of four.</summary>
    internal bool Buggifies(string site) => IsBuggified && _kernel.Stream($"{Name}/buggify/{site}").Chance(1, 4);

    /// <summary>A number of a seldom thing.</summary>
    internal int BuggyCount(string site, int most) => (int)_kernel.Stream($"{Name}/buggify/{site}").Uniform(1, Math.Max(1, most));

    /// <summary>Does something a little later.</summary>
    internal void Yield(Action action) => _kernel.Schedule(
        _kernel.NowNanoseconds + _kernel.Stream($"{Name}/buggify/yield").Uniform(0, YieldNanosecondsMax), EventClass.Network, this, YieldKind, 0, action);

    /// <summary>Starts the time that a closing connection may take.</summary>
    internal void WatchClose(SimulatedTransport transport) =>
        _kernel.Schedule(_kernel.NowNanoseconds + CloseLimitNanoseconds, EventClass.Network, this, CloseLimitKind, 0, transport);

    /// <summary>A transport is over.</summary>
    internal void Forget(SimulatedTransport transport) => _transports.Remove(transport);

    private void Resume(long clockStoodStill)
    {
        State = ProcessState.Up;
        Watcher?.OnResumed();
        _clockOrigin += clockStoodStill;
        if (clockStoodStill > 0) Running.Scheduler.JumpWallClock(TimeSpan.FromTicks(clockStoodStill / NanosecondsPerTick));
        var elapsed = TimeSpan.FromTicks(ClockNanoseconds / NanosecondsPerTick);
        Running.Scheduler.Pause(elapsed - Running.Scheduler.Elapsed);
        LetArrive();
        Run();
    }

    private void LetArrive()
    {
        Action[] arrived = [.. _deferred];
        _deferred.Clear();
        foreach (var arrive in arrived)
        {
            arrive();
        }
    }

    private void End(string how, Action<StreamEnd> endConnection)
    {
        if (State == ProcessState.Down) throw new InvalidOperationException($"{Name} is down.");
        State = ProcessState.Down;
        _stores?.OnEnded(how);
        Watcher?.OnEnded(how);
        CancelTimer();
        _deferred.Clear();
        (_system, _broker, _asker) = (null, null, null);
        SimulatedTransport[] open = [.. _transports];
        _transports.Clear();
        foreach (var transport in open)
        {
            transport.OnProcessEnded(endConnection);
        }
    }

    /// <summary>Hears that the broker can serve, or never will.</summary>
    private sealed class ReadyListener(BrokerProcess process) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            process._ready = (BrokerReady)message;
            process.Watcher?.OnReady();
            Context.Stop(Self);
        }
    }

    /// <summary>Hears that the broker has stopped.</summary>
    private sealed class StopListener(BrokerProcess process) : UntypedActor
    {
        protected override void OnReceive(object message) => process._hasStopped = true;
    }
}
