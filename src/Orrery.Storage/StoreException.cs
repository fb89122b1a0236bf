using Orrery.Broker.Persistence;

namespace Orrery.Storage;

/// <summary>A call of the engine failed, for a reason in the world and not in this program.</summary>
public sealed class StoreException(StoreFailure failure) : Exception(failure.Message)
{
    /// <summary>What happened, and what it means for the caller.</summary>
    public StoreFailure Failure { get; } = failure;

    /// <summary>Whether it is the content that is wrong, and not the way to it.</summary>
    public bool IsDamage => Failure.Kind == StoreFailureKind.Damaged;
}
