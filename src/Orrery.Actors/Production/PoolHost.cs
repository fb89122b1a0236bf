using System.Security.Cryptography;
using Orrery.Actors.Cells;

namespace Orrery.Actors.Production;

/// <summary>The production world: the thread pool, the machine's clock, the operating system's entropy.</summary>
#pragma warning disable CA1001 // Shutdown disposes of the timers, when the last actor has stopped.
internal sealed class PoolHost(ActorSystemOptions options) : SystemHost
#pragma warning restore CA1001
{
    private readonly WheelScheduler _timers = new();
    private ActorSystem? _system;

    public override TimerService Timers => _timers;

    public override ulong Seed { get; } = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    public override Dispatcher Attach(ActorSystem system)
    {
        _system = system;
        return new PoolDispatcher(system, options.Throughput);
    }

    public override Dispatcher DispatcherFor(string id) => id switch
    {
        Dispatchers.PinnedDispatcherId => new PinnedDispatcher(_system!, options.Throughput),
        _ => throw new ArgumentException($"No dispatcher '{id}'.", nameof(id)),
    };

    public override void Shutdown() => _timers.Dispose();
}
