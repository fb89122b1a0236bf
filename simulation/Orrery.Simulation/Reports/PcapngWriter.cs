using System.Buffers;
using System.Globalization;
using Orrery.Simulation.Histories;

namespace Orrery.Simulation.Reports;

/// <summary>Writes a history as a capture that Wireshark and tshark open, with every packet of MQTT where its sender sent it.</summary>
/// <remarks>
/// Every client and every broker has an address of its own, and brokers listen on port 1883. A packet that never arrives, because
/// its connection was cut or its peer gone, is in the capture all the same, with a comment; one that arrives is acknowledged at
/// the time it is read. Bytes that are no packet are there as they were sent. Time 0 of the run is shown as 1970-01-01.
/// </remarks>
public static class PcapngWriter
{
    private const ushort BrokerPort = 1883;
    private const ushort FirstClientPort = 49152;   // of the range for short-lived ports, to 65535
    private const int ClientPorts = 16384;
    private const uint FirstClientAddress = 0x0A000001;     // 10.0.0.1
    private const uint FirstBrokerAddress = 0xAC100001;     // 172.16.0.1

    /// <summary>Writes the capture.</summary>
    public static void Write(History history, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(output);
        PcapngBlocks.WriteStart(output);
        var capture = new Capture(history, output);
        foreach (var happened in history.Events) capture.Take(happened);
    }

    private sealed class Capture
    {
        private readonly IBufferWriter<byte> _output;
        private readonly Dictionary<string, uint> _addresses = [];
        private readonly Dictionary<string, TcpConversation> _conversations = [];
        private readonly Dictionary<(string Connection, string Node), string> _ends = [];
        private readonly Dictionary<int, uint> _sent = [];          // by the sending's index: the number that acknowledges it
        private readonly HashSet<int> _arrived = [];

        public Capture(History history, IBufferWriter<byte> output)
        {
            _output = output;
            var clients = FirstClientAddress;
            var brokers = FirstBrokerAddress;
            var names = new List<(uint Address, string Name)>();
            foreach (var happened in history.Events.Where(happened => happened.Connection is not null))
            {
                var (client, broker) = EndsOf(happened);
                if (_addresses.TryAdd(client, clients)) names.Add((clients++, client));
                if (broker is not null && _addresses.TryAdd(broker, brokers)) names.Add((brokers++, broker));
                if (happened.Kind == HistoryKind.ConnectionEnded) _ends[(happened.Connection!, happened.Node)] = happened.Name ?? "";
                if (happened is { Kind: HistoryKind.PacketReceived, Cause: >= 0 }) _arrived.Add(happened.Cause);
            }
            PcapngBlocks.WriteNames(names, output);
        }

        public void Take(HistoryEvent happened)
        {
            if (happened.Connection is null || ConversationOf(happened) is not { } conversation) return;
            var time = happened.Nanoseconds;
            var isByClient = happened.Node == ExchangeTracker.ClientOf(happened.Connection);
            switch (happened.Kind)
            {
                case HistoryKind.ConnectionRequested: conversation.Ask(time); break;
                case HistoryKind.ConnectionAccepted: conversation.Accept(time); break;
                case HistoryKind.ConnectionOpened: conversation.Open(time); break;
                case HistoryKind.PacketSent:
                    var comment = _arrived.Contains(happened.Index) ? null : string.Create(CultureInfo.InvariantCulture, $"event {happened.Index}: never arrives");
                    _sent[happened.Index] = conversation.Send(time, isByClient, happened.Packet!.Bytes.Span, comment);
                    break;
                case HistoryKind.Malformed: conversation.Send(time, isByClient, happened.Bytes.Span, comment: null); break;
                case HistoryKind.PacketReceived when _sent.Remove(happened.Cause, out var next): conversation.Read(time, isByClient, next); break;
                case HistoryKind.ConnectionEnded: End(conversation, happened, isByClient); break;
            }
        }

        // How an end closed shows in what the other end learns of it.
        private void End(TcpConversation conversation, HistoryEvent ended, bool isByClient)
        {
            var time = ended.Nanoseconds;
            var (client, broker) = EndsOf(ended);
            var other = _ends.GetValueOrDefault((ended.Connection!, (isByClient ? broker : client) ?? ""));
            switch (ended.Name)
            {
                case "closed" or "process_ended" when other == "reset": conversation.Reset(time, isByClient); break;
                case "closed": conversation.Finish(time, isByClient); break;
                case "process_ended" when other == "fin": conversation.Finish(time, isByClient); break;
                case "fin":
                    conversation.Finish(time, !isByClient);
                    conversation.Finish(time, isByClient);
                    break;
                case "reset" or "refused": conversation.Reset(time, !isByClient); break;
            }
        }

        private TcpConversation? ConversationOf(HistoryEvent happened)
        {
            if (_conversations.TryGetValue(happened.Connection!, out var known)) return known;
            var (client, broker) = EndsOf(happened);
            if (broker is null) return null;
            var number = int.TryParse(happened.Connection.AsSpan(happened.Connection!.LastIndexOf('#') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 1;
            var port = (ushort)(FirstClientPort + (number - 1) % ClientPorts);
            var conversation = new TcpConversation(new TcpEndPoint(_addresses[client], port), new TcpEndPoint(_addresses[broker], BrokerPort), _output);
            return _conversations[happened.Connection!] = conversation;
        }

        private static (string Client, string? Broker) EndsOf(HistoryEvent happened)
        {
            var client = ExchangeTracker.ClientOf(happened.Connection!);
            return (client, happened.Node == client ? happened.Peer : happened.Node);
        }
    }
}
