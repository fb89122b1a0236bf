using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Server.Hosting;
using Orrery.Server.Options;
using Orrery.Storage;

namespace Orrery.Server.Tests.Hosting;

/// <summary>A host whose broker keeps its state in a real file.</summary>
public sealed class PersistenceTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"orrery-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        else File.Delete(_folder);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(PersistenceMode.Os)]
    [InlineData(PersistenceMode.Group)]
    [InlineData(PersistenceMode.Fsync)]
    public async Task What_was_acknowledged_is_there_after_a_restart(PersistenceMode? mode)
    {
        using (var host = await StartAsync(mode))
        {
            using var subscriber = Connect(host, "s");
            Assert.False(subscriber.Expect<ConnAckPacket>().SessionPresent);
            subscriber.Send(new SubscribePacket
            {
                PacketIdentifier = new PacketIdentifier(1),
                Subscriptions = [new Subscription(TopicFilter.Parse("t"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)],
            });
            subscriber.Expect<SubAckPacket>();
            subscriber.Dispose();
            using var publisher = Connect(host, "p");
            publisher.Expect<ConnAckPacket>();
            publisher.Send(new PublishPacket
            {
                Message = new ApplicationMessage { Topic = TopicName.Parse("t"), Payload = "kept"u8.ToArray(), QoS = QoS.AtLeastOnce, Retain = true },
                PacketIdentifier = new PacketIdentifier(1),
            });
            publisher.Expect<PubAckPacket>();
            publisher.Dispose();
            await host.StopAsync();
        }

        Assert.True(File.Exists(Path.Combine(_folder, "broker.db")));
        using var second = await StartAsync(mode);
        using var client = Connect(second, "s");
        Assert.True(client.Expect<ConnAckPacket>().SessionPresent);
        Assert.Equal("kept"u8.ToArray(), client.Expect<PublishPacket>().Message.Payload.ToArray());
        client.Dispose();
        await second.StopAsync();
    }

    [Fact]
    public async Task A_broker_that_fails_begins_anew_with_what_its_file_has()
    {
        Directory.CreateDirectory(_folder);
        var file = new StorageOptions { Path = Path.Combine(_folder, "broker.db") };
        FailingStore? store = null;                     // the host's, once it has started
        using var host = Build([], null, services => services.AddSingleton<StoreFactory>((_, _) => store = new FailingStore(new ThreadedStore(file))));
        await host.StartAsync();
        using (var subscriber = Connect(host, "s"))
        {
            subscriber.Expect<ConnAckPacket>();
            subscriber.Send(new SubscribePacket
            {
                PacketIdentifier = new PacketIdentifier(1),
                Subscriptions = [new Subscription(TopicFilter.Parse("t"), QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe)],
            });
            subscriber.Expect<SubAckPacket>();
        }

        store!.FailNext();
        var (endPoint, connect) = (host.Services.GetRequiredService<BrokerHost>().EndPoints[0], ConnectOf("other"));
        for (var tries = 0; RawClient.IsTurnedAway(endPoint, connect) || !store.HasFailed; tries++) Assert.InRange(tries, 0, 1_000);

        using var client = Connect(host, "s");
        Assert.True(client.Expect<ConnAckPacket>().SessionPresent);
        Assert.False(host.Services.GetRequiredService<BrokerHost>().HasFailed);
        client.Dispose();
        await host.StopAsync();
    }

    [Fact]
    public async Task Without_a_folder_nothing_is_kept()
    {
        using (var host = await StartAsync(PersistenceMode.Memory))
        {
            using var client = Connect(host, "s");
            client.Expect<ConnAckPacket>();
            client.Dispose();
            await host.StopAsync();
        }

        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task A_folder_that_can_not_be_made_fails_the_start_and_says_so()
    {
        await File.WriteAllTextAsync(_folder, "a file");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => StartAsync(null));

        Assert.Contains(_folder, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_store_fails_the_start_and_is_left_as_it_is()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "broker.db");
        var content = new string('x', 8_192);
        await File.WriteAllTextAsync(file, content);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => StartAsync(null));

        Assert.Contains("broker", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_mode_that_keeps_needs_a_folder()
    {
        using var host = Build(new() { ["Mqtt:Persistence"] = "Group" }, null);

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Mqtt:DataFolder", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    private static RawClient Connect(IHost host, string clientId) => RawClient.ConnectTo(
        host.Services.GetRequiredService<BrokerHost>().EndPoints[0],
        ConnectOf(clientId));

    private static ConnectPacket ConnectOf(string clientId) =>
        new() { Version = MqttVersion.V5, ClientId = clientId, CleanStart = false, SessionExpiryIntervalSeconds = 1_000 };

    private async Task<IHost> StartAsync(PersistenceMode? mode)
    {
        var host = Build([], options =>
        {
            options.DataFolder = mode == PersistenceMode.Memory ? null : _folder;
            options.Persistence = mode;
        });
        await host.StartAsync();
        return host;
    }

    private static IHost Build(
        Dictionary<string, string?> configuration, Action<MqttBrokerOptions>? configure, Action<IServiceCollection>? add = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add?.Invoke(builder.Services);
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.Services.AddMqttBroker(options =>
        {
            options.Listeners.Add(new MqttListenerOptions { Address = "127.0.0.1", Port = 0 });
            configure?.Invoke(options);
        });
        return builder.Build();
    }
}
