using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orrery.Broker;
using Orrery.Broker.Connections;
using Orrery.Mqtt.Codec;
using Orrery.Server.Hosting;
using Orrery.Server.Logging;

namespace Orrery.Server.Connections;

/// <summary>Gives each accepted connection of one listener a pump and hands it to the listener's broker.</summary>
internal sealed class MqttConnectionHandler(MqttBroker broker, SharedPort port, CloseLimit closeLimit, ILogger logger)
    : ConnectionHandler
{
    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection)
    {
        var remote = connection.RemoteEndPoint?.ToString() ?? "unknown";
        ServerLog.NewConnection(logger, remote, port.Text);

        var pump = new ConnectionPump(connection, new PacketReader(broker.ReaderOptions), closeLimit);
        broker.Accept(pump, new ConnectionInfo(remote, port.Text));
        return pump.Ended;
    }
}
