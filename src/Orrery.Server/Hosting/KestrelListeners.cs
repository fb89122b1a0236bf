using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Orrery.Server.Options;
using Orrery.Server.Sockets;

namespace Orrery.Server.Hosting;

/// <summary>Kestrel with MQTT listeners alone: a server of the host's own, beside whatever web server the application has.</summary>
internal sealed class KestrelListeners : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly List<(string Broker, ListenOptions Listen)> _listens = [];

    public KestrelListeners(
        IReadOnlyList<ListenerBinding> endPoints, MqttServerOptions options, IServiceProvider services, ILoggerFactory loggers)
    {
        var kestrel = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        foreach (var endPoint in endPoints)
        {
            kestrel.Listen(endPoint.EndPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;     // never used: the connection goes to the handler below
                listen.Use(_ => endPoint.Serve);
                _listens.Add((endPoint.Broker, listen));
            });
        }

        var transport = new DirectListenerFactory(options.Backlog, loggers.CreateLogger<DirectListenerFactory>());
        _server = new KestrelServer(Microsoft.Extensions.Options.Options.Create(kestrel), transport, loggers);
    }

    /// <summary>The addresses that are bound, with the ports that were free; valid once started.</summary>
    public IEnumerable<(string Broker, IPEndPoint EndPoint)> EndPoints =>
        _listens.Where(l => l.Listen.IPEndPoint is not null).Select(l => (l.Broker, l.Listen.IPEndPoint!));

    /// <summary>Binds every address.</summary>
    /// <exception cref="ListenException">An address can't be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(new NoHttp(), cancellationToken);

    /// <summary>Stops listening, then waits for the connections; those left at the token's signal are dropped.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Kestrel asks for an HTTP application; no connection of these listeners gets to it.</summary>
    private sealed class NoHttp : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => Task.CompletedTask;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
