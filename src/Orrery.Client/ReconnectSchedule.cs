using Orrery.Mqtt;

namespace Orrery.Client;

/// <summary>When to try to connect again, and when not to. Reads no clock; its only chance is the one it was given.</summary>
public sealed class ReconnectSchedule
{
    private readonly ReconnectOptions _options;
    private TimeSpan _next;

    /// <summary>Makes a schedule that stands at its shortest wait.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A wait is negative, the longest is below the shortest, or the jitter is not from 0 to 1.</exception>
    public ReconnectSchedule(ReconnectOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DelayMin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DelayMax, options.DelayMin);
        if (options.Jitter is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(options), options.Jitter, "Jitter is from 0 to 1.");
        _options = options;
        _next = options.DelayMin;
    }

    /// <summary>The wait before the next attempt; the one after it will be twice as long, up to the longest.</summary>
    public TimeSpan Next()
    {
        var delay = _next;
        _next = _next > _options.DelayMax / 2 ? _options.DelayMax : _next * 2;
        return delay - (delay * (_options.Jitter * _options.Random()));
    }

    /// <summary>A server accepted, so the next wait is the shortest again.</summary>
    public void Reset() => _next = _options.DelayMin;

    /// <summary>Whether another attempt can help.</summary>
    /// <remarks>
    /// It cannot when the server said that this client is not wanted, or not here. After SessionTakenOver another
    /// client has the same identifier, and the two would throw each other out for ever.
    /// </remarks>
    public static bool MayRetry(DisconnectCause cause, ReasonCode? reasonCode) => cause switch
    {
        DisconnectCause.ByClient or DisconnectCause.ProtocolViolation => false,
        DisconnectCause.Timeout or DisconnectCause.TransportLost => true,
        _ => reasonCode is null or ReasonCode.Success
            or ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError
            or ReasonCode.ServerUnavailable or ReasonCode.ServerBusy or ReasonCode.ServerShuttingDown
            or ReasonCode.KeepAliveTimeout or ReasonCode.ReceiveMaximumExceeded or ReasonCode.MessageRateTooHigh
            or ReasonCode.QuotaExceeded or ReasonCode.AdministrativeAction
            or ReasonCode.ConnectionRateExceeded or ReasonCode.MaximumConnectTime,
    };
}
