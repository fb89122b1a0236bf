using Orrery.Broker.Persistence;

namespace Orrery.Simulation.Disks;

/// <summary>The names of changes, as triggers and histories know them.</summary>
internal static class StoreTags
{
    /// <summary>All names that a trigger can wait for: of changes, and of calls that change nothing.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "session_begin", "session_end", "attach", "detach", "will", "subscribe", "unsubscribe", "message", "move", "done",
        "outbound", "outbound_qos2", "inbound_qos2", "release_qos2", "retained", "open", "close",
    ];

    /// <summary>What a commit is about: each name once, in the order of the changes.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<StoreMutation> mutations) => [.. mutations.Select(Of).Distinct()];

    /// <summary>What a change is about.</summary>
    public static string Of(StoreMutation mutation) => mutation switch
    {
        StoreMutation.BeginQueue => "session_begin",
        StoreMutation.EndQueue => "session_end",
        StoreMutation.Attach => "attach",
        StoreMutation.Detach => "detach",
        StoreMutation.ClearWill => "will",
        StoreMutation.PutSubscription => "subscribe",
        StoreMutation.RemoveSubscription => "unsubscribe",
        StoreMutation.AddMessage => "message",
        StoreMutation.MoveMessage => "move",
        StoreMutation.RemoveMessage => "done",
        StoreMutation.StartExchange => "outbound",
        StoreMutation.AdvanceExchange => "outbound_qos2",
        StoreMutation.AddInbound => "inbound_qos2",
        StoreMutation.RemoveInbound => "release_qos2",
        StoreMutation.SetRetained or StoreMutation.ClearRetained => "retained",
        _ => throw new InvalidOperationException($"no name for {mutation.GetType().Name}"),
    };
}
