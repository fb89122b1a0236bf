using Microsoft.Extensions.Logging;
using Orrery.Mqtt;

namespace Orrery.Broker.Connections;

/// <summary>What is said of connections. Ids 100 to 199.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(100, LogLevel.Information, "New client connected from {RemoteEndPoint} as {ClientId} (p{ProtocolLevel}, c{CleanStart}, k{KeepAliveSeconds}).")]
    public static partial void Connected(ILogger logger, string remoteEndPoint, string clientId, int protocolLevel, int cleanStart, int keepAliveSeconds);

    [LoggerMessage(101, LogLevel.Information, "Client {ClientId} [{RemoteEndPoint}] disconnected: {Reason}.")]
    public static partial void Disconnected(ILogger logger, string clientId, string remoteEndPoint, string reason);

    [LoggerMessage(102, LogLevel.Information, "Connection from {RemoteEndPoint} was refused with {ReasonCode}: {Reason}.")]
    public static partial void Refused(ILogger logger, string remoteEndPoint, ReasonCode reasonCode, string reason);

    [LoggerMessage(103, LogLevel.Debug, "Connection from {RemoteEndPoint} closed before CONNECT: {Reason}.")]
    public static partial void ClosedBeforeConnect(ILogger logger, string remoteEndPoint, string reason);

    [LoggerMessage(104, LogLevel.Warning, "Connection from {RemoteEndPoint} was closed: the limit of {Connections} connections is reached.")]
    public static partial void TooMany(ILogger logger, string remoteEndPoint, int connections);

    [LoggerMessage(106, LogLevel.Error, "A connection failed and is closed.")]
    public static partial void ConnectionFailed(ILogger logger, Exception cause);

    [LoggerMessage(105, LogLevel.Debug, "New connection from {RemoteEndPoint} on listener {Listener}.")]
    public static partial void Opened(ILogger logger, string remoteEndPoint, string listener);
}
