namespace Orrery.Simulation.Reports;

/// <summary>Takes the fields of a packet in the order in which people want to read them; see <see cref="PacketFields"/>.</summary>
/// <remarks>Names are in lower case with '_' between words, and are the keys of JSON Lines.</remarks>
internal interface IPacketFieldSink
{
    /// <summary>A number without a unit.</summary>
    void Number(string name, long value);

    /// <summary>A time in seconds.</summary>
    void Seconds(string name, long value);

    /// <summary>A text without surprises: a topic, a name, a Reason Code.</summary>
    void Text(string name, string value);

    /// <summary>Something that is the case.</summary>
    void Flag(string name);

    /// <summary>Bytes that are often text.</summary>
    void Bytes(string name, ReadOnlyMemory<byte> value);

    /// <summary>Several texts.</summary>
    void List(string name, IReadOnlyList<string> values);
}
