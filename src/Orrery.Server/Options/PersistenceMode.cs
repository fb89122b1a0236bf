namespace Orrery.Server.Options;

/// <summary>What a broker keeps beyond its process, and when that counts as kept: acknowledgements wait for it.</summary>
public enum PersistenceMode
{
    /// <summary>Nothing: all that the broker holds ends with its process.</summary>
    Memory,

    /// <summary>Kept when the operating system has it. Survives the end of the process, however that comes; a power loss takes the last moments.</summary>
    Os,

    /// <summary>Kept when the disk has it, with one sync for all that was waiting. Survives a power loss.</summary>
    Group,

    /// <summary>As <see cref="Group"/>, with a sync for each write alone.</summary>
    Fsync,
}
