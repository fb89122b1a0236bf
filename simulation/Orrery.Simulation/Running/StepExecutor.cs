using System.Globalization;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

/// <summary>Does what steps say. This part: what happens to processes.</summary>
internal sealed partial class StepExecutor(RunWorld world)
{
    /// <summary>Carries out a step now.</summary>
    /// <param name="step">The step.</param>
    /// <param name="number">Its number among the steps and then the faults.</param>
    public void CarryOut(Step step, int number)
    {
        switch (step)
        {
            case ClientStep client:
                foreach (var one in world.ClientsOf(client.Client).ToArray()) CarryOut(client, number, one);
                break;
            case NodeStep node:
                foreach (var broker in world.BrokersOf(node.Node)) CarryOut(node, number, broker);
                foreach (var one in world.ClientsOf(node.Node)) CarryOut(node, number, one);
                break;
            case FaultStep fault:
                Note(step, number, Recorder.ScriptNode);
                world.Faults.Start(fault);
                break;
            case HealStep heal:
                Note(step, number, Recorder.ScriptNode);
                world.Faults.Heal(heal.All ? null : heal.Id);
                break;
            case AssertStep assert:
                Note(step, number, Recorder.ScriptNode, detail: string.Create(CultureInfo.InvariantCulture, $"{assert.State} is {world.States.Read(assert.State)}"));
                break;
            case SnapshotStep snapshot:
                Note(step, number, Recorder.ScriptNode, detail: $"{snapshot.Name}: {world.States.Describe()}");
                break;
            case WaitStep:
                Note(step, number, Recorder.ScriptNode);
                break;
            default:
                throw new InvalidOperationException($"no rule for {step}");
        }
    }

    /// <summary>Starts a broker later, if it is still down then.</summary>
    public void RestartLater(SimulatedBroker broker, long nanoseconds, bool extends = true) => world.Script.Later(
        nanoseconds,
        () =>
        {
            if (broker.Process.State == ProcessState.Down) broker.Process.Start();
        },
        extends);

    /// <summary>Connects a client again later, if nothing else has.</summary>
    public void ConnectLater(SimulatedClient client, long nanoseconds, bool extends = true)
    {
        var count = client.Model.ConnectionCount;
        world.Script.Later(
            nanoseconds,
            () =>
            {
                if (client.Model.ConnectionCount == count) client.Model.Do(() => client.Model.Connect(client.Node.CleanStart));
            },
            extends);
    }

    /// <summary>Ends a client's process.</summary>
    public void Crash(SimulatedClient client, CrashKind kind)
    {
        var keeps = client.Node.KeepState && kind != CrashKind.WipedDisk;
        client.IsDead = true;
        world.Recorder.Add(HistoryKind.ProcessEnded, client.Name, kind == CrashKind.Kill ? "kill" : "power_loss");
        if (kind == CrashKind.Kill) client.Model.Kill(keeps);
        else client.Model.Crash(keeps);
    }

    private void CarryOut(NodeStep step, int number, SimulatedBroker broker)
    {
        var process = broker.Process;
        var isDown = process.State == ProcessState.Down;
        Note(step, number, broker.Name, detail: isDown && step is CrashStep or StopStep or PauseStep ? "it is down already" : null);
        switch (step)
        {
            case CrashStep crash:
                if (!isDown)
                {
                    // Where nothing is kept on disk, a disk that is wiped is one more way to lose memory.
                    if (crash.Kind == CrashKind.PowerLoss) process.LosePower();
                    else if (crash.Kind == CrashKind.WipedDisk && broker.Disk is not null) process.KillAndWipe();
                    else process.Kill();
                }

                if (crash.Then is { } then) RestartLater(broker, then.Restart.Nanoseconds);
                break;
            case StopStep stop:
                Stop(broker, stop.Then is { } after ? () => RestartLater(broker, after.Restart.Nanoseconds) : null);
                break;
            case RestartStep:
                if (isDown) process.Start();
                else Stop(broker, () => RestartLater(broker, 0));
                break;
            case PauseStep pause:
                if (process.State == ProcessState.Up) process.Pause(pause.For.Nanoseconds, pause.StopsClock);
                break;
            case SetLimitStep set:
                SetLimits(broker, set.Limits);
                break;
            case SetClockStep { By: { } by }:
                process.JumpWallClock(TimeSpan.FromTicks(by.Nanoseconds / TimeSpan.NanosecondsPerTick));
                world.Recorder.Add(HistoryKind.ClockChanged, broker.Name, detail: $"the wall clock jumps by {by}");
                break;
            case SetClockStep { Rate: { } rate }:
                process.SetClockRate(rate.Numerator, rate.Denominator);
                world.Recorder.Add(HistoryKind.ClockChanged, broker.Name, detail: $"the clock runs at {rate}");
                break;
            default:
                throw new InvalidOperationException($"no rule for {step}");
        }
    }

    private static void SetLimits(SimulatedBroker broker, Limits limits)
    {
        var options = WorldOptions.With(broker.Process.Options, limits);
        if (options == broker.Process.Options) return;
        if (broker.Process.State == ProcessState.Down && broker.Process.Lives == 0) broker.Options = options;
        else broker.LaterOptions.Add(options);
        broker.Process.SetOptions(options);
    }

    /// <summary>Ends a broker in order; one that is paused is asked when it goes on.</summary>
    public static void Stop(SimulatedBroker broker, Action? whenEnded)
    {
        if (broker.Process.State == ProcessState.Down)
        {
            whenEnded?.Invoke();
            return;
        }

        broker.WhenEnded = whenEnded;
        if (broker.Process.State == ProcessState.Paused) broker.WhenResumed = broker.Process.Stop;
        else if (broker.Process.State == ProcessState.Up) broker.Process.Stop();
    }

    private void CarryOut(NodeStep step, int number, SimulatedClient client)
    {
        var model = client.Model;
        Note(step, number, client.Name);
        switch (step)
        {
            case CrashStep crash:
                Crash(client, crash.Kind);
                if (crash.Then is { } then) ConnectLater(client, then.Restart.Nanoseconds);
                break;
            case StopStep stop:
                model.Do(() => model.Disconnect());
                if (stop.Then is { } after) ConnectLater(client, after.Restart.Nanoseconds);
                break;
            case RestartStep:
                model.Do(() => model.Disconnect());
                ConnectLater(client, 0);
                break;
            case PauseStep pause:
                model.Pause(pause.For.Nanoseconds);
                break;
            case SetClockStep { Rate: { } rate }:
                model.SetClockRate(rate.Numerator, rate.Denominator);
                world.Recorder.Add(HistoryKind.ClockChanged, client.Name, detail: $"the clock runs at {rate}");
                break;
            default:
                break;                                      // a client's wall clock is nobody's business
        }
    }

    private int Note(Step step, int number, string node, string? connection = null, string? detail = null) =>
        world.Recorder.Add(new HistoryEvent
        {
            Index = 0,
            Nanoseconds = 0,
            Kind = HistoryKind.Step,
            Node = node,
            Name = VerbNames.Of(step),
            Connection = connection,
            Peer = connection is null ? null : world.ClientsOf(node).First().Broker.Name,
            Detail = detail ?? step.Id,
            Step = number,
        });
}
