using Orrery.Actors.Extensions;

namespace Orrery.Actors.TestKit;

/// <summary>A deterministic system with probes. To be derived from or held by a test class.</summary>
/// <remarks>Nothing runs by itself: each expectation first lets all actors come to rest, and time stands still until advanced.</remarks>
public class TestKitBase
{
    /// <summary>Makes a system of its own.</summary>
    /// <param name="options">How to set it up; null for the defaults.</param>
    public TestKitBase(DeterministicOptions? options = null)
    {
        Host = DeterministicSystem.Create("test", options ?? new DeterministicOptions());
        TestActor = CreateTestProbe("testActor");
    }

    /// <summary>The system's driver.</summary>
    public DeterministicSystem Host { get; }

    /// <summary>The system.</summary>
    public ActorSystem Sys => Host.System;

    /// <summary>The virtual clock.</summary>
    public VirtualScheduler Scheduler => Host.Scheduler;

    /// <summary>A probe that is always there.</summary>
    public TestProbe TestActor { get; }

    /// <summary>Makes a probe.</summary>
    /// <param name="name">Its name; null has one made up.</param>
    /// <returns>The probe.</returns>
    public TestProbe CreateTestProbe(string? name = null) => new(Host, name);

    /// <summary>Makes an actor below <c>/user</c>.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Its name; null has one made up.</param>
    /// <returns>Its reference. It comes to be on its first turn.</returns>
    public IActorRef ActorOf(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <summary>Lets all actors come to rest.</summary>
    /// <returns>Messages handled.</returns>
    public long Run() => Host.Run();

    /// <summary>Lets time pass.</summary>
    /// <param name="duration">Zero or more.</param>
    public void Advance(TimeSpan duration) => Scheduler.Advance(duration);

    /// <summary>Subscribes a new probe to events of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>The probe.</returns>
    public TestProbe Subscribe<T>()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(T));
        return probe;
    }
}
