namespace Orrery.Actors.Production;

/// <summary>Tells the outside that a system has ended.</summary>
internal sealed class TerminationSignal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _source.Task;

    public void Complete() => _source.TrySetResult();
}
