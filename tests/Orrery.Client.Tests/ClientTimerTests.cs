using Orrery.Mqtt.Packets;

namespace Orrery.Client.Tests;

public class ClientTimerTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly ClientOptions TenSeconds = new() { ClientId = "c", KeepAliveSeconds = 10 };

    [Fact]
    [Trait("Statement", "MQTT-3.1.2-20")]
    public void PINGREQ_leaves_when_the_connection_was_silent_for_the_keep_alive_interval()
    {
        var client = ClientHarness.Connected(TenSeconds);
        Assert.Equal(client.Now + TimeSpan.FromSeconds(10), client.Core.NextDeadline);

        client.Core.Tick(client.Now + TimeSpan.FromSeconds(10) - Tick);
        Assert.Empty(client.Sent());

        Assert.Equal([PingReqPacket.Instance], client.Tick(10));
        client.Give(PingRespPacket.Instance);
        Assert.Equal([PingReqPacket.Instance], client.Tick(10));
    }

    [Fact]
    public void Without_PINGRESP_the_connection_is_given_up_after_one_more_interval()
    {
        var client = ClientHarness.Connected(TenSeconds);
        client.Tick(10);

        client.Core.Tick(client.Now + TimeSpan.FromSeconds(10) - Tick);
        Assert.Empty(client.Events());

        Assert.Empty(client.Tick(10));
        Assert.Equal(DisconnectCause.Timeout, Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events())).Cause);
    }

    [Fact]
    public void A_client_that_only_sends_pings_too_so_that_it_sees_a_dead_server()
    {
        var client = ClientHarness.Connected(TenSeconds);
        for (var second = 1; second <= 9; second++)
        {
            client.Now += TimeSpan.FromSeconds(1);
            client.Core.Publish(ClientHarness.Message("a"), client.Now);
        }
        client.Sent();

        Assert.Equal([PingReqPacket.Instance], client.Tick(1));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-21")]
    [Trait("Statement", "MQTT-3.1.2-21")]
    public void The_servers_keep_alive_replaces_the_clients()
    {
        var client = ClientHarness.Connected(TenSeconds, new ConnAckPacket { ServerKeepAliveSeconds = 3 });

        Assert.Equal([PingReqPacket.Instance], client.Tick(3));
    }

    [Fact]
    public void Keep_alive_0_needs_no_timer()
    {
        var client = ClientHarness.Connected(TenSeconds with { KeepAliveSeconds = 0 });

        Assert.Null(client.Core.NextDeadline);
        Assert.Empty(client.Tick(1_000_000));
    }

    [Fact]
    public void CONNACK_must_come_in_time()
    {
        var client = new ClientHarness(TenSeconds with { ConnectTimeout = TimeSpan.FromSeconds(5) });
        client.Open();

        client.Core.Tick(client.Now + TimeSpan.FromSeconds(5) - Tick);
        Assert.Empty(client.Events());

        client.Tick(5);
        Assert.Equal(DisconnectCause.Timeout, Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events())).Cause);
        Assert.Null(client.Core.NextDeadline);
    }

    [Fact]
    public void An_owner_that_does_not_read_pings_on_and_is_not_told_that_the_server_is_silent()
    {
        var client = ClientHarness.Connected(TenSeconds);
        Assert.Equal([PingReqPacket.Instance], client.Tick(10));
        client.Now += TimeSpan.FromSeconds(10);

        client.Core.Excuse(client.Now);

        Assert.Equal([PingReqPacket.Instance], client.Tick(0));
        Assert.Empty(client.Events());
    }
}
