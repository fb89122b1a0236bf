using System.Buffers;
using Orrery.Broker.Publishing;
using Orrery.Broker.Sessions;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using static Orrery.Broker.Connections.ConnectionProtocol;

namespace Orrery.Broker.Connections;

/// <summary>Encodes what goes out, and flushes once per mailbox run.</summary>
internal sealed partial class ConnectionActor
{
    // Answers to a client that sends and does not read; above it, the client is not read either.
    private const int PendingMax = 1_024;

    private Queue<object>? _pending;                    // what waits for a slow peer: bounded by the session's transit limit
    private Dictionary<TopicName, ushort>? _aliases;
    private int _aliasesLeft;
    private uint _maximumPacketSize = uint.MaxValue;
    private bool _slow;
    private bool _flushIsDue;
    private bool _inputIsHeld;

    private void OnTransmit(object transmit)
    {
        if (_state != ConnectionState.Connected)
        {
            CountUnsent(transmit);
            return;
        }

        if (_slow)
        {
            (_pending ??= new Queue<object>()).Enqueue(transmit);
            return;
        }

        Encode(transmit);
        FlushSoon();
    }

    private void Write(Packet packet) => OnTransmitted(packet);

    private void OnTransmitted(Packet packet)
    {
        if (_slow)
        {
            (_pending ??= new Queue<object>()).Enqueue(packet);
            return;
        }

        Encode(packet);
        FlushSoon();
    }

    /// <summary>Writes a packet with its Reason String, or without where that would be too large [MQTT-3.14.2-3].</summary>
    private void WriteWithReason<TPacket>(TPacket packet, Func<TPacket, TPacket> explained)
        where TPacket : Packet
    {
        var full = explained(packet);
        Write(PacketWriter.SizeOf(full, _version) <= _maximumPacketSize ? full : packet);
    }

    /// <summary>The rest of the mailbox comes first: many deliveries, one flush.</summary>
    private void FlushSoon()
    {
        if (!_flushIsDue)
        {
            _flushIsDue = true;
            Self.Tell(FlushOutput.Instance, Self);
        }
    }

    private void OnFlush()
    {
        _flushIsDue = false;
        if (_state != ConnectionState.Closed && !_slow)
        {
            _slow = !_transport.TryFlush();
        }
    }

    private void OnOutputDrained()
    {
        _slow = false;
        if (_state != ConnectionState.Connected)
        {
            return;
        }

        while (_state == ConnectionState.Connected && _pending is not null && _pending.TryDequeue(out var pending))
        {
            Encode(pending);
        }

        FlushSoon();
        if (_inputIsHeld && _state == ConnectionState.Connected)
        {
            RequestInput();
        }
    }

    private void RequestInput()
    {
        _inputIsHeld = _pending is { Count: >= PendingMax };
        if (!_inputIsHeld)
        {
            _transport.RequestInput();
        }
    }

    private void Encode(object transmit)
    {
        switch (transmit)
        {
            case TransmitRuns runs:
                foreach (var run in runs.Runs)
                {
                    Encode(run);
                }

                Report(runs.ReportBytes);
                break;
            case Transmit items:
                for (var i = 0; i < items.Count && _state == ConnectionState.Connected; i++)
                {
                    Encode(items.Items[i]);             // may close the connection
                }

                Report(items.ReportBytes);
                break;
            case Packet packet:
                Encode(packet);
                break;
            default:
                throw new InvariantViolationException($"{transmit.GetType()} can't be sent");
        }
    }

    /// <summary>Writes anything but a message. Where the client has no room for it, the two can't go on [MQTT-3.1.2-24].</summary>
    private void Encode(Packet packet)
    {
        if (_maximumPacketSize != uint.MaxValue && PacketWriter.SizeOf(packet, _version) > _maximumPacketSize)
        {
            if (packet is not DisconnectPacket)
            {
                // A DISCONNECT must not precede CONNACK [MQTT-3.14.0-1].
                Close(packet is ConnAckPacket ? null : ReasonCode.PacketTooLarge, $"{packet.Type} is above the client's Maximum Packet Size");
            }

            return;
        }

        Count(Counter.BytesSent, PacketWriter.Write(_transport.Output, packet, _version));
        _tally.AddSent(packet.Type);
    }

    private void Encode(in Outgoing outgoing)
    {
        if (outgoing.Packet is { } packet)
        {
            Encode(packet);
        }
        else
        {
            Encode(outgoing.Message!, outgoing.Header);
        }
    }

    private void Encode(in DeliveryRun run)
    {
        if (run.HasFramesFor(_version) && _maximumPacketSize == uint.MaxValue && _aliasesLeft == 0 && _aliases is null)
        {
            _transport.Output.Write(run.Frames.Span);   // what arrived is what leaves: no encoding at all
            Count(Counter.BytesSent, run.Frames.Length);
            Count(Counter.PublishBytesSent, run.PayloadBytes);
            _tally.AddSent(ControlPacketType.Publish, run.Count);
            return;
        }

        var identifiers = run.Grant.Identifiers;
        foreach (var message in run.Span)
        {
            Encode(message, new PublishHeader
            {
                Retain = message.Retain && run.Grant.RetainAsPublished, // [MQTT-3.3.1-12]
                SubscriptionIdentifiers = identifiers,
            });
        }
    }

    private void Encode(ApplicationMessage message, in PublishHeader header)
    {
        var aliased = _aliasesLeft == 0 && _aliases is null ? header : WithAlias(message.Topic, header);
        if (!PublishCodec.Fits(message, aliased, _version, _maximumPacketSize))
        {
            Drop(Counter.TooLargeForClient, message);   // QoS 0 only: the session has looked at the others [MQTT-3.1.2-25]
            return;
        }

        var span = _transport.Output.GetSpan(PublishCodec.SizeOf(message, aliased, _version));
        var bytes = PublishCodec.Write(span, message, aliased, _version);
        _transport.Output.Advance(bytes);
        Count(Counter.BytesSent, bytes);
        Count(Counter.PublishBytesSent, message.Payload.Length);
        _tally.AddSent(ControlPacketType.Publish);
    }

    /// <summary>Replaces a repeated topic by its alias, as far as the client allows [MQTT-3.3.2-12].</summary>
    private PublishHeader WithAlias(TopicName topic, in PublishHeader header)
    {
        if (_aliases is not null && _aliases.TryGetValue(topic, out var alias))
        {
            return header with { TopicAlias = alias, OmitTopic = true };
        }

        // The first use carries both, which could be too large where the topic alone is not.
        if (_aliasesLeft == 0 || _maximumPacketSize != uint.MaxValue)
        {
            return header;
        }

        _aliases ??= [];
        _aliasesLeft--;
        alias = (ushort)(_aliases.Count + 1);
        _aliases.Add(topic, alias);
        return header with { TopicAlias = alias };
    }

    /// <summary>What still waited for a slow peer is lost with the connection where no session keeps it: at QoS 0.</summary>
    private void CountUnsent()
    {
        while (_pending is not null && _pending.TryDequeue(out var pending))
        {
            CountUnsent(pending);
        }
    }

    private void CountUnsent(object transmit)
    {
        foreach (var message in UnrepeatedOf(transmit))
        {
            Drop(Counter.QoS0ConnectionEnded, message);
        }
    }

    private void Drop(Counter reason, ApplicationMessage message)
    {
        Count(reason);
        _broker.Explain?.Dropped(_clientId, message, reason);
    }

    private void Report(int bytes)
    {
        if (bytes > 0)
        {
            _session.Tell(new SessionProtocol.Transmitted(bytes), Self);
        }
    }
}
