using System.Buffers;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Server.Hosting;

namespace Orrery.Tests;

/// <summary>`orrery serve` with a broker that fails again and again.</summary>
public sealed class ServeFailureTests
{
    private static readonly ServeArguments OnFreePort = new(0, ["127.0.0.1"], null, false);

    [Fact]
    public async Task A_broker_that_gives_up_while_it_starts_is_exit_code_2()
    {
        Assert.Equal(2, await RunAsync(new ThrowingStore(opens: false)));
    }

    [Fact]
    public async Task A_broker_that_gives_up_while_it_serves_is_exit_code_2()
    {
        Assert.Equal(2, await RunAsync(new ThrowingStore(opens: true), services => services.AddHostedService<Insistent>()));
    }

    private static Task<int> RunAsync(IMessageStore store, Action<IServiceCollection>? more = null) => ServeCommand.RunAsync(
        OnFreePort, CancellationToken.None, services =>
        {
            services.AddSingleton<StoreFactory>((_, _) => store);
            more?.Invoke(services);
        }).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>A client whose session is to be kept, and which connects until the host stops.</summary>
    private sealed class Insistent(IServiceProvider services, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
            () =>
            {
                lifetime.ApplicationStarted.WaitHandle.WaitOne();
                var endPoint = services.GetRequiredService<BrokerHost>().EndPoints[0];
                var bytes = new ArrayBufferWriter<byte>();
                PacketWriter.Write(bytes, new ConnectPacket { Version = MqttVersion.V5, ClientId = "c", SessionExpiryIntervalSeconds = 10 }, MqttVersion.V5);
                while (!stoppingToken.IsCancellationRequested)
                {
                    try
                    {
                        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
                        socket.Connect(endPoint);
                        socket.Send(bytes.WrittenSpan);
                        Assert.Equal(0, socket.Receive(new byte[1]));
                    }
                    catch (SocketException)
                    {
                        continue;                       // reset, or nobody listens any more
                    }
                }
            },
            stoppingToken);
    }

    private sealed class ThrowingStore(bool opens) : IMessageStore
    {
        public void Open(IMessageStoreListener listener)
        {
            if (!opens) throw new InvalidOperationException("planted");
            listener.OnOpened(0, 0);
        }

        public void Commit(IReadOnlyList<StoreMutation> mutations) => throw new InvalidOperationException("planted");

        public void ReadQueue(StoredQueue queue, long afterMessageId, int countMax, long bytesMax) => throw new NotSupportedException();

        public void Close() => throw new NotSupportedException();
    }
}
