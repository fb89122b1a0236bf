using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orrery.Server.Hosting;
using Orrery.Server.Options;

namespace Orrery.Server.Tests.Hosting;

public sealed class BrokerHostTests
{
    [Fact]
    [Trait("Statement", "MQTT-4.2.0-1")]
    [Trait("Statement", "v311:MQTT-7.1.1-1")]
    public async Task A_host_with_a_broker_serves_clients_on_a_free_port_of_the_loopback()
    {
        using var host = await StartAsync(services => services.AddMqttBroker(OnFreePort));
        var endPoint = Assert.Single(EndPoints(host).EndPoints);
        Assert.Equal(IPAddress.Loopback, endPoint.Address);

        using var client = RawClient.ConnectTo(endPoint);
        client.Subscribe("a/+");
        client.Publish("a/b", "hi");

        Assert.Equal("hi"u8.ToArray(), client.ReceivePacket()[^2..]);
        client.Dispose();
        await host.StopAsync();
    }

    [Fact]
    public async Task The_default_address_is_the_loopback_and_its_addresses_share_the_free_port()
    {
        using var host = await StartAsync(services => services.AddMqttBroker(
            options => options.Listeners.Add(new MqttListenerOptions { Port = 0 })));

        var endPoints = EndPoints(host).EndPoints;

        Assert.All(endPoints, endPoint => Assert.True(IPAddress.IsLoopback(endPoint.Address)));
        Assert.Single(endPoints.Select(endPoint => endPoint.Port).Distinct());
        Assert.NotEqual(0, endPoints[0].Port);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Statement", "MQTT-4.13.2-1")]
    public async Task Stopping_says_goodbye_to_version_5_clients()
    {
        using var host = await StartAsync(services => services.AddMqttBroker(OnFreePort));
        using var client = RawClient.ConnectTo(EndPoints(host).EndPoints[0]);

        var stopping = host.StopAsync();
        var goodbye = client.ReceivePacket();
        Assert.Equal(0xE0, goodbye[0]);
        Assert.Equal(0x8B, goodbye[2]);
        Assert.Empty(client.ReceivePacket());
        client.Dispose();

        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_connection_that_never_says_anything_does_not_hold_the_stop()
    {
        using var host = await StartAsync(services => services.AddMqttBroker(OnFreePort));
        using var silent = new RawClient(EndPoints(host).EndPoints[0]);
        using var known = RawClient.ConnectTo(EndPoints(host).EndPoints[0]);        // accepted after the silent one

        var stopping = host.StopAsync();
        Assert.Empty(silent.ReceivePacket());
        silent.Dispose();
        known.Dispose();

        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task After_the_stop_nobody_listens()
    {
        using var host = await StartAsync(services => services.AddMqttBroker(OnFreePort));
        var endPoint = EndPoints(host).EndPoints[0];

        await host.StopAsync();

        Assert.Throws<System.Net.Sockets.SocketException>(() => new RawClient(endPoint));
    }

    [Fact]
    public async Task A_port_in_use_fails_the_start_and_leaves_nothing_behind()
    {
        using var first = await StartAsync(services => services.AddMqttBroker(OnFreePort));
        var port = EndPoints(first).EndPoints[0].Port;

        await Assert.ThrowsAsync<ListenException>(() => StartAsync(services => services.AddMqttBroker(
            options => options.Listeners.Add(new MqttListenerOptions { Address = "127.0.0.1", Port = port }))));

        await first.StopAsync();
    }

    [Fact]
    public void Options_come_from_the_section_and_code_has_the_last_word()
    {
        using var host = Build(
            services => services.AddMqttBroker(options => options.Limits = options.Limits with { InFlightMax = 3 }).AddMqttBroker("b"),
            new()
            {
                ["Mqtt:Listeners:0:Address"] = "127.0.0.1",
                ["Mqtt:Listeners:0:Port"] = "0",
                ["Mqtt:QueuedMessagesMax"] = "7",
                ["Mqtt:InFlightMax"] = "9",
                ["Mqtt:ShutdownTimeoutSeconds"] = "2",
                ["Mqtt:Brokers:b:QueuedMessagesMax"] = "8",
            });
        var options = host.Services.GetRequiredService<IOptionsMonitor<MqttBrokerOptions>>();

        Assert.Equal(7, options.CurrentValue.Limits.QueuedMessagesMax);
        Assert.Equal(3, options.CurrentValue.Limits.InFlightMax);
        Assert.Equal(0, Assert.Single(options.CurrentValue.Listeners).Port);
        Assert.Equal(8, options.Get("b").Limits.QueuedMessagesMax);
        Assert.Equal(2, host.Services.GetRequiredService<IOptions<MqttServerOptions>>().Value.ShutdownTimeoutSeconds);
    }

    [Theory]
    [InlineData("Mqtt:Listeners:0:Port", "70000", "Mqtt:Listeners:0:Port is 70000; it takes 0 to 65535, where 0 is any free port. MQTT's own port is 1883.")]
    [InlineData("Mqtt:Listeners:0:Address", "here", "Mqtt:Listeners:0:Address is \"here\"; it takes an IP address of this machine, \"localhost\" for this machine only, or \"*\" for every address.")]
    [InlineData("Mqtt:QueuedMessagesMax", "0", "Mqtt:QueuedMessagesMax is 0; it takes 1 to 100000000. Set it within that range, or leave it out for its default.")]
    [InlineData("Mqtt:ShutdownTimeoutSeconds", "-1", "Mqtt:ShutdownTimeoutSeconds is -1; it takes 0 to 3600 seconds. Set it within that range, or leave it out for 5.")]
    [InlineData("Mqtt:CloseTimeoutSeconds", "0", "Mqtt:CloseTimeoutSeconds is 0; it takes 1 to 3600 seconds. Set it within that range, or leave it out for 5.")]
    [InlineData("Mqtt:Backlog", "0", "Mqtt:Backlog is 0; it takes 1 to 65535 connections. Set it within that range, or leave it out for 4096.")]
    public async Task A_value_out_of_range_fails_the_start_with_the_key_and_the_range(string key, string value, string message)
    {
        using var host = Build(services => services.AddMqttBroker(), new() { ["Mqtt:Listeners:0:Port"] = "0", [key] = value });

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal([message], failure.Failures);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("Broker")]
    public void A_name_that_can_not_name_an_actor_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMqttBroker(name));
    }

    private static void OnFreePort(MqttBrokerOptions options) =>
        options.Listeners.Add(new MqttListenerOptions { Address = "127.0.0.1", Port = 0 });

    private static BrokerHost EndPoints(IHost host) => host.Services.GetRequiredService<BrokerHost>();

    private static async Task<IHost> StartAsync(Action<IServiceCollection> add)
    {
        var host = Build(add, []);
        await host.StartAsync();
        return host;
    }

    private static IHost Build(Action<IServiceCollection> add, Dictionary<string, string?> configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(configuration);
        add(builder.Services);
        return builder.Build();
    }
}
