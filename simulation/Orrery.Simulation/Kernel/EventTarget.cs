using System.Runtime.InteropServices;
using Orrery.Mqtt;

namespace Orrery.Simulation.Kernel;

/// <summary>Something in the world that events happen to: a process, a link, a client, a script.</summary>
/// <param name="name">Unique in the world. It is part of every hash.</param>
internal abstract class EventTarget(string name)
{
    /// <summary>Its name in traces.</summary>
    public string Name { get; } = name;

    /// <summary>The name, as hashes take it.</summary>
    public ulong NameHash { get; } = Hashing.Hash(MemoryMarshal.AsBytes(name.AsSpan()));

    /// <summary>Names a kind of event for a reader.</summary>
    public abstract string Describe(int kind);

    /// <summary>The event happens now.</summary>
    /// <param name="kind">What it is, in the target's own numbering.</param>
    /// <param name="argument">A number that belongs to it, part of the hash.</param>
    /// <param name="state">An object that belongs to it; its content is hashed where it is made.</param>
    public abstract void OnEvent(int kind, long argument, object? state);
}
