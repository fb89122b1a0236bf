using Orrery.Actors.Extensions;

namespace Orrery.Simulation.Processes;

/// <summary>Watches one process. It changes nothing.</summary>
internal interface IProcessWatcher
{
    /// <summary>A life began.</summary>
    void OnStarted();

    /// <summary>It has what was kept, or never will, and listens from now on; told of processes with a store alone.</summary>
    void OnReady();

    /// <summary>A life ended; its connections end after this.</summary>
    /// <param name="how">"kill", "power_loss", "wiped_disk", "stop", "store_unavailable" of one that could not open its store, or
    /// "gave_up" of one whose broker failed more often than it begins anew.</param>
    void OnEnded(string how);

    /// <summary>It lost its processor.</summary>
    /// <param name="nanoseconds">For how long.</param>
    void OnPaused(long nanoseconds);

    /// <summary>It has its processor again.</summary>
    void OnResumed();

    /// <summary>A timer is due.</summary>
    void OnTimer();

    /// <summary>An actor failed; its supervisor has dealt with it.</summary>
    void OnFailure(ActorFailure failure);

    /// <summary>It did not come to rest, and gets no more turns.</summary>
    /// <param name="sentence">After how many, without the full stop.</param>
    void OnRestless(string sentence);
}
