using Orrery.Simulation.Histories;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Processes;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

// C1 to C7, B1 to B6, T1 to T4, S2.
internal sealed partial class RandomFaults
{
    private const long PartsPerMillion = 1_000_000;

    private void CrashClient(RandomSource chance)
    {
        var client = AnyClient(chance);
        var kind = chance.Chance(1, 2) ? CrashKind.Kill : CrashKind.PowerLoss;
        var away = Until(chance.Uniform(0, 5 * Second));
        if (client.IsDead || client.Model.ConnectionCount == 0) return;
        _world.Steps.Crash(client, kind);
        _world.Steps.ConnectLater(client, away, extends: false);
    }

    private void HoldAcknowledgements(RandomSource chance)
    {
        var client = AnyClient(chance);
        var time = Until(chance.Uniform(100 * Millisecond, 10 * Second));
        Once(client.Name, "hold_acks", $"{NewId("C2")}: for {Readable.Time(time)}");
        client.Model.Hold(StepExecutor.Acknowledgements, time);
    }

    private void Babble(RandomSource chance)
    {
        var client = AnyClient(chance);
        var bytes = new byte[chance.Uniform(1, 50)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)chance.Uniform(0, byte.MaxValue);
        Once(client.Name, "send_raw", $"{NewId("C5")}: {Convert.ToHexStringLower(bytes)}");
        client.Model.Do(() => client.Model.SendBytes(bytes));
    }

    private void SetClientClocks(RandomSource chance)
    {
        foreach (var client in _world.Clients)
        {
            var rate = chance.Uniform(500, 2_000);
            client.Model.SetClockRate(rate, 1_000);
            _world.Recorder.Add(HistoryKind.ClockChanged, client.Name, detail: $"C6: the clock runs at {rate}/1000");
        }
    }

    private void Herd(RandomSource chance)
    {
        var percent = chance.Uniform(1, 100);
        Once("client", "herd", $"{NewId("C7")}: {percent} % of the clients lose their connections at once");
        foreach (var client in _world.Clients.Where(_ => chance.Chance(percent, 100)).ToArray())
        {
            foreach (var connection in client.Model.Link.Connections.ToArray()) connection.Cut();
        }
    }

    private void EndBroker(RandomSource chance)
    {
        var broker = AnyBroker(chance);
        var away = Until(chance.Uniform(0, 60 * Second));
        var isKilled = chance.Chance(1, 2);
        if (broker.Process.State != ProcessState.Up) return;
        if (isKilled)
        {
            broker.Process.Kill();
            _world.Steps.RestartLater(broker, away, extends: false);
        }
        else
        {
            StepExecutor.Stop(broker, () => _world.Steps.RestartLater(broker, away, extends: false));
        }
    }

    private void PauseBroker(RandomSource chance)
    {
        var broker = AnyBroker(chance);
        var time = Until(Math.Clamp(chance.Exponential(2 * Second), 10 * Millisecond, 120 * Second));
        var stopsClock = chance.Chance(1, 2) && Classes.Contains("T3");
        if (broker.Process.State == ProcessState.Up) broker.Process.Pause(time, stopsClock);
    }

    private void Buggify(RandomSource chance)
    {
        foreach (var broker in _world.Brokers.Where(_ => chance.Chance(1, 4)))
        {
            broker.Process.IsBuggified = true;
            Lasting(broker.Name, "B6", "small reads, short writes, late news", () => broker.Process.IsBuggified = false);
        }
    }

    private void JumpClock(RandomSource chance)
    {
        // Of every size from a second to ten years: first how many digits, then which.
        long[] spans = [60, 3_600, 86_400, 31_536_000, 315_360_000];
        var seconds = chance.Uniform(1, spans[chance.Uniform(0, spans.Length - 1)]);
        var broker = AnyBroker(chance);
        var offset = TimeSpan.FromSeconds(chance.Chance(1, 2) ? seconds : -Math.Min(seconds, 31_536_000 / 2));
        broker.Process.JumpWallClock(offset);
        _world.Recorder.Add(HistoryKind.ClockChanged, broker.Name, detail: $"T1: the wall clock jumps by {offset}");
    }

    private void Drift(RandomSource chance)
    {
        foreach (var broker in _world.Brokers)
        {
            var rate = PartsPerMillion + chance.Uniform(-500, 500);
            if (broker.Process.State != ProcessState.Down) broker.Process.SetClockRate(rate, PartsPerMillion);
            _world.Recorder.Add(HistoryKind.ClockChanged, broker.Name, detail: $"T2: the clock runs at {rate}/{PartsPerMillion}");
        }
    }

    private void DelayTimers()
    {
        foreach (var broker in _world.Brokers)
        {
            broker.Process.TimerLatenessMaxNanoseconds = TimerLatenessNanoseconds;
            Lasting(broker.Name, "T4", $"timers are up to {Readable.Time(TimerLatenessNanoseconds)} late", () => broker.Process.TimerLatenessMaxNanoseconds = 0);
        }
    }

    /// <summary>Any actor: the one whose turn comes after some others'.</summary>
    private void Starve(RandomSource chance)
    {
        var broker = AnyBroker(chance);
        var after = chance.Uniform(0, 50);
        var turns = chance.Uniform(1, 1_000);
        var left = after;
        _ = _world.Faults.Starve(broker, _ => left-- == 0, turns, NewId("S2"), $"the actor whose turn it is after {after} others, {turns} turns");
    }
}
