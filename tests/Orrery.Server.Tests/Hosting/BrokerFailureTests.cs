using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orrery.Broker.Persistence;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Server.Hosting;
using Orrery.Server.Options;

namespace Orrery.Server.Tests.Hosting;

/// <summary>A host whose broker has a bug that comes again and again: it ends, and says that it failed.</summary>
public sealed class BrokerFailureTests
{
    [Fact]
    public async Task A_broker_that_gives_up_ends_the_application_and_lets_the_others_say_goodbye()
    {
        using var host = Build(new ThrowingStore { Opens = true });
        await host.StartAsync();
        var brokers = host.Services.GetRequiredService<BrokerHost>();
        using var other = RawClient.ConnectTo(brokers.EndPointsOf("other")[0]);
        var endPoint = brokers.EndPoints[0];
        var ended = host.WaitForShutdownAsync();

        // A client that comes while the broker begins anew is turned away, so there may be more than four.
        for (var clients = 0; clients < 1_000 && !brokers.HasFailed; clients++)
        {
            if (!RawClient.IsTurnedAway(endPoint, Lasting())) break;
        }

        var goodbye = other.ReceivePacket();
        Assert.Equal((0xE0, 0x8B), (goodbye[0], goodbye[2]));
        other.Dispose();
        await ended.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(brokers.HasFailed);
    }

    [Fact]
    public async Task A_store_that_throws_whenever_it_is_opened_fails_the_start()
    {
        using var host = Build(new ThrowingStore());

        var failure = await Assert.ThrowsAsync<BrokerFailedException>(() => host.StartAsync()).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Contains("broker failed again and again", failure.Message, StringComparison.Ordinal);
        Assert.False(host.Services.GetRequiredService<BrokerHost>().HasFailed);     // there is nothing to stop
    }

    [Fact]
    public async Task A_stop_that_was_asked_for_is_no_failure()
    {
        using var host = Build(null);
        await host.StartAsync();

        await host.StopAsync();

        Assert.False(host.Services.GetRequiredService<BrokerHost>().HasFailed);
    }

    private static ConnectPacket Lasting() =>
        new() { Version = MqttVersion.V5, ClientId = "c", CleanStart = false, SessionExpiryIntervalSeconds = 1_000 };

    private static IHost Build(IMessageStore? store)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<StoreFactory>((broker, _) => broker == "broker" ? store : null);
        builder.Services.AddMqttBroker(OnFreePort).AddMqttBroker("other", OnFreePort);
        return builder.Build();
    }

    private static void OnFreePort(MqttBrokerOptions options) =>
        options.Listeners.Add(new MqttListenerOptions { Address = "127.0.0.1", Port = 0 });
}
