using Orrery.Mqtt.Packets;

namespace Orrery.Simulation.Histories;

// Bits that flip (N11) are outside of what TCP promises, and so of what a broker does.
internal sealed partial class HistoryView
{
    private readonly Dictionary<string, bool> _corrupted = new(StringComparer.Ordinal);

    /// <summary>Whether bits flipped while a connection was open, or before it on an earlier one of its client, whose session it may go on with.</summary>
    /// <param name="name">The connection's name; null for none.</param>
    public bool IsCorrupted(string? name)
    {
        if (name is null || Connection(name) is not { } connection) return false;
        if (_corrupted.TryGetValue(name, out var known)) return known;
        var from = World.CorruptedFrom(connection.Client, connection.Broker);
        var last = connection.BrokerEnded?.Nanoseconds ?? connection.ClientEnded?.Nanoseconds ?? long.MaxValue;
        return _corrupted[name] = from <= last;
    }

    /// <summary>Whether a broker read a message where bits had flipped: nobody published it so, and it was right to pass it on.</summary>
    public bool IsOfCorrupted(Content content) => Once(ReadCorrupted).Contains(content);

    private static HashSet<Content> ReadCorrupted(HistoryView view) =>
    [
        .. view.Connections.Where(connection => view.IsCorrupted(connection.Name)).SelectMany(connection => connection.BrokerRead)
            .Select(read => read.Packet!.Packet).OfType<PublishPacket>().Select(publish => view.ContentOf(publish.Message)).OfType<Content>(),
    ];
}
