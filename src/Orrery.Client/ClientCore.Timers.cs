using Orrery.Mqtt.Packets;

namespace Orrery.Client;

// Keep-alive, and the time that answers may take.
public sealed partial class ClientCore
{
    private TimeSpan _lastSent;
    private TimeSpan _lastReceived;
    private TimeSpan? _pingSent;                            // when the PINGREQ left that was not answered yet
    private TimeSpan _keepAlive;                            // zero before CONNACK, and if there is none

    /// <summary>When <see cref="Tick"/> must be called next; null for never. It moves later with traffic, and earlier only in <see cref="Open"/>, <see cref="Tick"/> and at CONNACK.</summary>
    public TimeSpan? NextDeadline => State switch
    {
        ClientState.AwaitingConnAck => _lastSent + _options.ConnectTimeout,
        ClientState.Connected when _keepAlive > TimeSpan.Zero => (_pingSent ?? Min(_lastSent, _lastReceived)) + _keepAlive,
        _ => null,
    };

    /// <summary>Sends PINGREQ, or gives the connection up, if it is time. Else does nothing.</summary>
    /// <remarks>
    /// PINGREQ leaves when nothing was sent for the keep-alive interval [MQTT-3.1.2-20], and also when nothing was
    /// received: otherwise a client that only sends would not see that its server is gone. The server has one
    /// interval to answer.
    /// </remarks>
    public void Tick(TimeSpan now)
    {
        if (NextDeadline is not { } deadline || now < deadline) return;
        if (State == ClientState.AwaitingConnAck)
        {
            End(DisconnectCause.Timeout, null, $"the server did not answer CONNECT within {_options.ConnectTimeout.TotalSeconds:0.#} seconds");
        }
        else if (_pingSent is not null)
        {
            End(DisconnectCause.Timeout, null, $"the server did not answer PINGREQ within {_keepAlive.TotalSeconds:0} seconds");
        }
        else
        {
            Send(PingReqPacket.Instance, now);
            _pingSent = now;
        }
    }

    /// <summary>The owner did not read the transport until now, so a missing answer means nothing: PINGREQ may leave again.</summary>
    public void Excuse(TimeSpan now)
    {
        _lastReceived = now;
        _pingSent = null;
    }

    private void StartTimers(TimeSpan now)
    {
        _lastReceived = now;
        _pingSent = null;
        _keepAlive = TimeSpan.Zero;
    }

    private void StopTimers() => _pingSent = null;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
