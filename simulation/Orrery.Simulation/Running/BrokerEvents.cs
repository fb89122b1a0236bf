namespace Orrery.Simulation.Running;

/// <summary>What a broker's log speaks of, as scenarios name it.</summary>
internal static class BrokerEvents
{
    /// <summary>A connection with a will was accepted. No line of a log says so, the packets do.</summary>
    public const string WillArmed = "will_armed";

    private static readonly (int Id, string Name)[] Table =
    [
        (0, WillArmed),
        (100, "client_connected"),
        (101, "client_disconnected"),
        (102, "connection_refused"),
        (103, "closed_before_connect"),
        (104, "too_many_connections"),
        (105, "connection_opened"),
        (200, "session_ended"),
        (201, "queue_full"),
        (202, "retained_refused"),
        (203, "session_refused"),
        (204, "publish_refused"),
        (205, "session_failed"),
        (206, "refusal_hidden"),
        (300, "shared_queue_full"),
        (301, "shared_group_ended"),
        (400, "message_received"),
        (401, "message_repeated"),
        (402, "message_refused"),
        (403, "will_due"),
        (404, "message_retained"),
        (405, "message_routed"),
        (406, "message_shared"),
        (407, "message_queued"),
        (408, "message_sent"),
        (409, "message_acknowledged"),
        (410, "message_dropped"),
        (411, "retained_unsent"),
        (412, "message_void"),
        (500, "store_full"),
        (501, "store_has_room"),
        (502, "store_failed"),
        (503, "store_open_failed"),
        (504, "store_progress"),
        (505, "store_recovered"),
        (506, "store_retained_refused"),
        (600, "limits_changed"),
    ];

    /// <summary>The names, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(entry => entry.Name)];

    /// <summary>A line's name; null for one that scenarios can't wait for.</summary>
    public static string? NameOf(int id) => Table.FirstOrDefault(entry => entry.Id == id).Name;

    /// <summary>Whether a line is recorded in every run: what a life or a loss is about, not the way of each message.</summary>
    public static bool IsEssential(int id) => id is < 400 or 403 or >= 410;
}
