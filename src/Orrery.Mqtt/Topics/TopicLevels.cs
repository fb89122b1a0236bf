namespace Orrery.Mqtt.Topics;

/// <summary>The levels of a topic, from left to right, without a copy (MQTT 5 §4.7.1.1).</summary>
/// <remarks>A level may be empty: "/a" has two, the first without a byte [MQTT-4.7.3-4].</remarks>
public readonly ref struct TopicLevels
{
    /// <summary>What stands between two levels, a slash.</summary>
    public const byte Separator = (byte)'/';

    private readonly ReadOnlySpan<byte> _topic;

    internal TopicLevels(ReadOnlySpan<byte> topic) => _topic = topic;

    /// <summary>Starts before the first level.</summary>
    public Enumerator GetEnumerator() => new(_topic);

    /// <summary>Walks the levels.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private bool _atEnd;

        internal Enumerator(ReadOnlySpan<byte> topic) => _rest = topic;

        /// <summary>The bytes of the level under the enumerator.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next level.</summary>
        /// <returns>False once every level was visited.</returns>
        public bool MoveNext()
        {
            if (_atEnd) return false;

            var separator = _rest.IndexOf(Separator);
            _atEnd = separator < 0;
            Current = _atEnd ? _rest : _rest[..separator];
            _rest = _atEnd ? default : _rest[(separator + 1)..];
            return true;
        }
    }
}
