using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Histories;

// What clients published: which PUBLISH packets are one message, and what the broker said to it.
internal sealed partial class HistoryView
{
    private const int ShownBytes = 24;

    private readonly List<Publication> _publications = [];
    private readonly List<Content> _contents = [];
    private readonly Dictionary<ContentKey, Content> _contentsByKey = [];

    /// <summary>All that has a message's topic and payload; null where nobody said it.</summary>
    public Content? ContentOf(ApplicationMessage message) => _contentsByKey.GetValueOrDefault(new ContentKey(message));

    private void FindPublications()
    {
        foreach (var connection in _connections)
        {
            if (connection.Will is { } will) Know(will.Message).Wills.Add(connection);
        }

        foreach (var client in _connections.GroupBy(connection => connection.Client, StringComparer.Ordinal)) FindPublications([.. client]);
        _publications.Sort((left, right) => left.Sends[0].Sent.Index.CompareTo(right.Sends[0].Sent.Index));
        foreach (var publication in _publications) Bound(publication);
    }

    private void FindPublications(ConnectionView[] connections)
    {
        var inFlight = new Dictionary<ushort, Publication>();
        var released = new HashSet<ushort>();
        var byName = connections.ToDictionary(connection => connection.Name, StringComparer.Ordinal);
        var answers = connections.SelectMany(AnswersOf).ToDictionary(pair => pair.Read, pair => pair.Answer);
        var events = connections.SelectMany(connection => connection.ClientSent.Concat(connection.ClientRead)).OrderBy(happened => happened.Index);
        foreach (var happened in events)
        {
            var connection = byName[happened.Connection!];
            switch (happened.Packet!.Packet)
            {
                case PublishPacket publish when happened.Packet.IsToBroker:
                    Published(connection, happened, publish, inFlight, released, answers);
                    break;
                case PubRelPacket release when happened.Packet.IsToBroker:
                    released.Add(release.PacketIdentifier.Value);
                    break;
                case ConnAckPacket { ReasonCode: ReasonCode.Success, SessionPresent: false } when !happened.Packet.IsToBroker && connection.Version != MqttVersion.V31:
                    inFlight.Clear();
                    released.Clear();
                    break;
                case PubAckPacket or PubCompPacket or PubRecPacket { ReasonCode: >= ReasonCode.UnspecifiedError } when !happened.Packet.IsToBroker:
                    var identifier = ((AcknowledgementPacket)happened.Packet.Packet).PacketIdentifier.Value;
                    inFlight.Remove(identifier);
                    released.Remove(identifier);
                    break;
            }
        }
    }

    private void Published(
        ConnectionView connection, HistoryEvent sent, PublishPacket publish, Dictionary<ushort, Publication> inFlight, HashSet<ushort> released,
        Dictionary<int, HistoryEvent> answers)
    {
        var message = publish.Message;
        var content = Know(message);
        var identifier = publish.PacketIdentifier.Value;
        var publication = message.QoS == QoS.AtMostOnce ? null : inFlight.GetValueOrDefault(identifier);
        if (publication is null || publication.Content != content || publication.QoS != message.QoS || released.Contains(identifier))
        {
            var isReplay = publication is not null && publication.Content == content && publication.QoS == message.QoS && publish.Duplicate;
            publication = new Publication(content, connection.Client, publish) { IsBehindRelease = isReplay };
            _publications.Add(publication);
            content.Publications.Add(publication);
            released.Remove(identifier);
            if (message.QoS != QoS.AtMostOnce) inFlight[identifier] = publication;
        }

        var read = connection.ReadOf(sent);
        publication.Sends.Add(new PublicationSend(connection, sent, read) { Answer = read is null ? null : answers.GetValueOrDefault(read.Index) });
    }

    private void Bound(Publication publication)
    {
        var sessions = new HashSet<SessionView>();
        foreach (var send in publication.Sends)
        {
            if (send.Read is not { } read || !send.Connection.IsAccepted) continue;
            publication.MayFrom = Math.Min(publication.MayFrom, read.Index);
            var done = send.Answer?.Index ?? IndexAt(read.Nanoseconds + 1) - 1;
            publication.MayTo = Math.Max(publication.MayTo, Waits(publication, send) ? Math.Min(send.Connection.CloseIndex, History.Events.Count - 1) : done);
            if (send.IsHandled) publication.SureBy = Math.Min(publication.SureBy, done);
            if (send.Answer?.Packet!.Packet is AcknowledgementPacket { ReasonCode: >= ReasonCode.UnspecifiedError }) continue;
            if (publication.QoS != QoS.ExactlyOnce) publication.CopiesMax++;
            else sessions.Add(send.Connection.Session!);
        }

        if (publication.QoS == QoS.ExactlyOnce) publication.CopiesMax = sessions.Count;
    }

    /// <summary>Whether a PUBLISH may have been taken in at any time up to the end of its connection: it waited for the store, and got no answer.</summary>
    private bool Waits(Publication publication, PublicationSend send) =>
        send.Answer is null && publication.QoS != QoS.AtMostOnce && BrokerOf(send.Connection.Broker).Persistence != Persistence.Memory;

    /// <summary>Which PUBACK or PUBREC answers which PUBLISH: the first of the identifier that has no answer.</summary>
    private static IEnumerable<(int Read, HistoryEvent Answer)> AnswersOf(ConnectionView connection)
    {
        var waiting = new Dictionary<(QoS, ushort), Queue<HistoryEvent>>();
        foreach (var happened in connection.BrokerRead.Concat(connection.BrokerSent).OrderBy(happened => happened.Index))
        {
            if (happened.Packet!.Packet is PublishPacket { Message.QoS: not QoS.AtMostOnce } publish && happened.Packet.IsToBroker)
            {
                var key = (publish.Message.QoS, publish.PacketIdentifier.Value);
                if (!waiting.TryGetValue(key, out var queue)) waiting.Add(key, queue = []);
                queue.Enqueue(happened);
            }
            else if (!happened.Packet.IsToBroker && happened.Packet.Packet is PubAckPacket or PubRecPacket)
            {
                var answer = (AcknowledgementPacket)happened.Packet.Packet;
                var qos = answer is PubAckPacket ? QoS.AtLeastOnce : QoS.ExactlyOnce;
                if (waiting.TryGetValue((qos, answer.PacketIdentifier.Value), out var queue) && queue.TryDequeue(out var read)) yield return (read.Index, happened);
            }
        }
    }

    private Content Know(ApplicationMessage message)
    {
        var key = new ContentKey(message);
        if (_contentsByKey.TryGetValue(key, out var content)) return content;
        content = new Content(message.Topic.ToString(), Show(message.Payload.Span), message);
        _contentsByKey.Add(key, content);
        _contents.Add(content);
        return content;
    }

    private static string Show(ReadOnlySpan<byte> payload)
    {
        payload = payload.TrimEnd((byte)' ');
        var isText = !payload.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        var shown = payload[..Math.Min(payload.Length, ShownBytes)];
        var text = isText ? Encoding.ASCII.GetString(shown) : $"0x{Convert.ToHexStringLower(shown)}";
        return shown.Length < payload.Length ? $"{text}…" : text;
    }

    /// <summary>Topic and payload, compared byte by byte.</summary>
    private readonly struct ContentKey(ApplicationMessage message) : IEquatable<ContentKey>
    {
        private readonly ApplicationMessage _message = message;
        private readonly ulong _hash = Hashing.Hash(message.Payload.Span) ^ message.Topic.Hash;

        public bool Equals(ContentKey other) =>
            _hash == other._hash && _message.Topic.Equals(other._message.Topic) && _message.Payload.Span.SequenceEqual(other._message.Payload.Span);

        public override bool Equals(object? obj) => obj is ContentKey other && Equals(other);

        public override int GetHashCode() => (int)_hash;
    }
}
