namespace Orrery.Storage;

/// <summary>When a commit counts as durable. A broker that keeps nothing (`memory`) has no store at all.</summary>
public enum DurabilityMode
{
    /// <summary>When the operating system has it: it survives the end of the process, however that comes. A power loss takes the last
    /// commits, and leaves what was there some time before, whole.</summary>
    OperatingSystem,

    /// <summary>When the disk has it, with one sync for all that was waiting. It survives a power loss.</summary>
    Group,

    /// <summary>As <see cref="Group"/>, and whoever commits does so for each writer alone.</summary>
    EachWrite,
}
