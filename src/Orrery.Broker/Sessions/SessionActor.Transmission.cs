using Orrery.Broker.Connections;
using Orrery.Broker.Persistence;
using Orrery.Broker.Statistics;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Sessions.SessionProtocol;

namespace Orrery.Broker.Sessions;

/// <summary>The way from what was decided to the connection: once a turn, and once what it promises is durable.</summary>
internal sealed partial class SessionActor
{
    private readonly OutputGate? _gate;                 // null without a store: then nothing is promised beyond the process
    private Outgoing[] _out = [];
    private int _outCount;
    private int _outBytes;
    private bool _outPromises;                          // what waits in _out promises something
    private bool _outAnswers;                           // and answers the client

    // What this turn has decided counts too: a long queue leaves in portions.
    private bool IsCongested => _attached!.InTransitBytes + _outBytes >= _broker.Options.InTransitBytesMax;

    private void Send(QueuedMessage queued, in PublishHeader header)
    {
        _broker.Explain?.Sent(_clientId, queued.Message, header.QoS, header.Retain, header.Duplicate, header.PacketIdentifier);
        _outPromises |= header.QoS != QoS.AtMostOnce;   // the store knows the identifier before the client does [P-3]
        Send(new Outgoing(null, queued.Message, header), queued.Bytes);
    }

    /// <summary>Sends an acknowledgement: each promises that what it answers is not lost.</summary>
    private void Send(Packet packet)
    {
        _outPromises = true;
        _outAnswers |= packet is not PubRelPacket;
        Send(new Outgoing(packet, null, default), 16);
    }

    private void Send(Outgoing outgoing, int bytes)
    {
        if (_attached is null)
        {
            return;
        }

        if (_outCount == _out.Length)
        {
            Array.Resize(ref _out, Math.Max(4, _out.Length * 2));
        }

        _out[_outCount++] = outgoing;
        _outBytes += bytes;
    }

    /// <summary>Hands over what was decided since the last call: one message a turn.</summary>
    private void Transmit()
    {
        TellStore();                                    // first: it gives the token that what is sent waits for
        var (promises, answers) = (_outPromises, _outAnswers);
        _outPromises = _outAnswers = false;
        if (_outCount == 0 || _attached is null)
        {
            return;
        }

        var (items, count, bytes) = (_out, _outCount, _outBytes);
        _out = [];
        _outCount = _outBytes = 0;
        Pass(new ConnectionProtocol.Transmit(items, count, ReportFor(bytes)), promises ? _token : 0, answers);
    }

    /// <summary>Tells the connection something, behind all that it is told: a part of this turn, or the demand for more.</summary>
    /// <param name="message">For the connection.</param>
    /// <param name="promises">True if it waits for all that this session has written.</param>
    private void Answer(object message, bool promises = false)
    {
        Transmit();
        if (_attached is not null)
        {
            Pass(message, promises ? _token : 0, isAnswer: message is ConnectionProtocol.Attached or ConnectionProtocol.Disconnect);
        }
    }

    /// <summary>Tells the connection at once, or keeps it until the store has kept what it promises.</summary>
    private void Pass(object message, long token, bool isAnswer)
    {
        if (_gate is null || _gate.IsOpenFor(token))
        {
            Leave(message, token);
        }
        else
        {
            _gate.Hold(message, token, isAnswer);
            if (isAnswer && _store!.Health.State == StoreState.Full)
            {
                OnStalled();
            }
        }
    }

    private void ReleaseHeld()
    {
        while (_gate!.TryRelease(out var message, out var token))
        {
            Leave(message, token);
        }
    }

    /// <summary>The one place where something leaves for the client: nothing that promises what is not durable [P-1].</summary>
    private void Leave(object message, long token)
    {
        Invariant.That(_gate is null ? token == 0 : token <= _gate.DurableToken);
        _attached!.Connection.Tell(message, Self);
    }

    /// <summary>Forgets what was held back. What was at QoS 0 is lost; the rest is sent again to a client that resumes.</summary>
    /// <returns>True if the connection had not been accepted: CONNACK was among it.</returns>
    private bool DropHeld() => DropHeld(out _);

    /// <summary>The same, and gives out the end of the connection if it was among it.</summary>
    private bool DropHeld(out ConnectionProtocol.Disconnect? end)
    {
        end = null;
        var isUnanswered = false;
        while (_gate is not null && _gate.TryDrop(out var message))
        {
            isUnanswered |= message is ConnectionProtocol.Attached;
            end ??= message as ConnectionProtocol.Disconnect;
            foreach (var lost in ConnectionProtocol.UnrepeatedOf(message))
            {
                Drop(Counter.QoS0ConnectionEnded, lost);
            }
        }

        if (isUnanswered)
        {
            _will = null;                               // of a connection that was never accepted
        }

        return isUnanswered;
    }

    /// <summary>Counts bytes as in transit, and says whether the connection should report them.</summary>
    private int ReportFor(int bytes)
    {
        var attached = _attached!;
        attached.InTransitBytes += bytes;
        attached.UnreportedBytes += bytes;
        if (attached.UnreportedBytes < _broker.Options.InTransitBytesMax / 4)
        {
            return 0;
        }

        var report = attached.UnreportedBytes;
        attached.UnreportedBytes = 0;
        return report;
    }

    private void OnTransmitted(Transmitted transmitted)
    {
        if (_attached is null || !Sender.Equals(_attached.Connection))
        {
            return;
        }

        _attached.InTransitBytes -= transmitted.Bytes;
        Invariant.That(_attached.InTransitBytes >= 0);
        Pump();
    }
}
