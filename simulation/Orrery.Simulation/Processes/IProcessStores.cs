using Orrery.Broker.Persistence;

namespace Orrery.Simulation.Processes;

/// <summary>What keeps the data of a process beyond its lives.</summary>
internal interface IProcessStores
{
    /// <summary>Makes the store of a life that begins.</summary>
    /// <param name="enter">Runs an answer inside the process, or keeps it while the process is paused.</param>
    IMessageStore Mount(Action<Action> enter);

    /// <summary>The life ended, and its store with it.</summary>
    /// <param name="how">As for <see cref="IProcessWatcher.OnEnded"/>.</param>
    void OnEnded(string how);
}
