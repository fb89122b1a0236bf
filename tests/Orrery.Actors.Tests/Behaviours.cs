namespace Orrery.Actors.Tests;

/// <summary>An actor that does with each message what a test says.</summary>
internal sealed class Scripted(Action<Scripted, object> onMessage) : UntypedActor, IWithTimers, IWithUnboundedStash
{
    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public IUntypedActorContext Surroundings => Context;

    public IActorRef Me => Self;

    public IActorRef From => Sender;

    public static Props Props(Action<Scripted, object> onMessage) => Actors.Props.Create(() => new Scripted(onMessage));

    protected override void OnReceive(object message) => onMessage(this, message);
}

/// <summary>An actor that writes down what happens to it, and fails when told an exception.</summary>
internal sealed class Recorder : UntypedActor
{
    private readonly List<string> _log;
    private readonly string _name;
    private readonly SupervisorStrategy? _strategy;

    public Recorder(List<string> log, string name = "", SupervisorStrategy? strategy = null)
    {
        _log = log;
        _name = name;
        _strategy = strategy;
        _log.Add(name + "constructor");
    }

    public static Props Props(List<string> log, string name = "", SupervisorStrategy? strategy = null) =>
        Actors.Props.Create(() => new Recorder(log, name, strategy));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Exception exception:
                throw exception;
            case (Props props, string name):
                Context.ActorOf(props, name);
                break;
            default:
                _log.Add(_name + message);
                break;
        }
    }

    protected override void PreStart() => _log.Add(_name + "PreStart");

    protected override void PostStop() => _log.Add(_name + "PostStop");

    protected override void PreRestart(Exception reason, object? message)
    {
        _log.Add($"{_name}PreRestart({reason.Message}, {(message as Exception)?.Message ?? message})");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _log.Add($"{_name}PostRestart({reason.Message})");
        base.PostRestart(reason);
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy ?? base.SupervisorStrategy();
}
