using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;

namespace Orrery.Client.Tests;

public class ClientConnectTests
{
    [Theory]
    [InlineData(MqttVersion.V5, "101200044D51545405C2003C00000162000175000170")]
    [InlineData(MqttVersion.V311, "101300044D51545404C2003C000162000175000170")]
    [InlineData(MqttVersion.V31, "101500064D514973647003C2003C000162000175000170")]
    [Trait("Statement", "MQTT-3.1.0-1")]
    public void The_first_bytes_are_CONNECT(MqttVersion version, string hex)
    {
        var client = new ClientHarness(new ClientOptions
        {
            Version = version,
            ClientId = "b",
            UserName = "u",
            Password = Encoding.UTF8.GetBytes("p"),
        });

        client.Open();

        Assert.Equal(WithLength(hex), Convert.ToHexString(client.Bytes));
        Assert.Equal(ClientState.AwaitingConnAck, client.Core.State);
    }

    [Fact]
    public void Every_option_is_in_CONNECT()
    {
        var will = new Will(ClientHarness.Message("gone", QoS.AtLeastOnce) with { Retain = true }, 7);
        var client = new ClientHarness(new ClientOptions
        {
            ClientId = "c",
            CleanStart = false,
            SessionExpiryIntervalSeconds = 30,
            KeepAliveSeconds = 5,
            Will = will,
            ReceiveMaximum = 10,
            MaximumPacketSize = 1_000,
            TopicAliasMaximum = 3,
            UserProperties = [new("k", "v")],
        });

        client.Open();

        var connect = Assert.IsType<ConnectPacket>(Assert.Single(client.Sent()));
        Assert.Equal(("c", false, (ushort)5), (connect.ClientId, connect.CleanStart, connect.KeepAliveSeconds));
        Assert.Equal(will, connect.Will);
        Assert.Equal((30u, (ushort)10, 1_000u, (ushort)3), (connect.SessionExpiryIntervalSeconds, connect.ReceiveMaximum, connect.MaximumPacketSize, connect.TopicAliasMaximum));
        Assert.Equal([new UserProperty("k", "v")], connect.UserProperties);
    }

    [Fact]
    public void CONNACK_connects_however_its_bytes_are_split()
    {
        var client = new ClientHarness();
        client.Open();
        foreach (var one in Convert.FromHexString("2006000003210014")) client.GiveBytes(new[] { one });

        var connected = Assert.IsType<ClientEvent.Connected>(Assert.Single(client.Events()));
        Assert.Equal((ushort)20, connected.ConnAck.ReceiveMaximum);
        Assert.Equal(ClientState.Connected, client.Core.State);
    }

    [Theory]
    [InlineData(MqttVersion.V5, ReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V311, ReasonCode.NotAuthorized)]
    [InlineData(MqttVersion.V311, ReasonCode.BadUserNameOrPassword)]
    public void A_refusal_ends_the_connection_with_its_code(MqttVersion version, ReasonCode code)
    {
        var client = new ClientHarness(new ClientOptions { Version = version, ClientId = "c" });
        client.Connect(new ConnAckPacket { ReasonCode = code });

        var ended = Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events()));
        Assert.Equal((DisconnectCause.Refused, code), (ended.Cause, ended.ReasonCode));
        Assert.Equal(ClientState.Disconnected, client.Core.State);
        Assert.Null(client.Core.NextDeadline);
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.0-1")]
    public void Anything_but_CONNACK_first_ends_the_connection()
    {
        var client = new ClientHarness();
        client.Open();
        client.Give(PingRespPacket.Instance, new ConnAckPacket());

        var ended = Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events()));
        Assert.Equal((DisconnectCause.ProtocolViolation, ReasonCode.ProtocolError), (ended.Cause, ended.ReasonCode));
    }

    [Fact]
    [Trait("Statement", "MQTT-3.2.2-4")]
    public void A_session_that_was_not_asked_for_ends_the_connection()
    {
        var client = new ClientHarness();
        client.Connect(new ConnAckPacket { SessionPresent = true });

        Assert.Equal(DisconnectCause.ProtocolViolation, Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events())).Cause);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.13.1-1")]
    public void Malformed_bytes_are_answered_with_DISCONNECT_and_the_end()
    {
        var client = ClientHarness.Connected();
        client.GiveBytes(new byte[] { 0xD1, 0x00 });

        Assert.Equal(ReasonCode.MalformedPacket, Assert.IsType<DisconnectPacket>(Assert.Single(client.Sent())).ReasonCode);
        Assert.Equal(DisconnectCause.ProtocolViolation, Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events())).Cause);
    }

    [Fact]
    public void MQTT_3_has_no_DISCONNECT_for_what_the_server_did()
    {
        var client = ClientHarness.Connected(new ClientOptions { Version = MqttVersion.V311, ClientId = "c" });
        client.GiveBytes(new byte[] { 0xD1, 0x00 });

        Assert.Empty(client.Sent());
        Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events()));
    }

    [Fact]
    public void The_server_may_say_why_it_goes()
    {
        var client = ClientHarness.Connected();
        client.Give(new DisconnectPacket { ReasonCode = ReasonCode.SessionTakenOver }, PingRespPacket.Instance);

        var ended = Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events()));
        Assert.Equal((DisconnectCause.ByServer, ReasonCode.SessionTakenOver), (ended.Cause, ended.ReasonCode));
        Assert.Empty(client.Sent());
    }

    [Fact]
    [Trait("Statement", "MQTT-3.14.4-1")]
    public void Disconnect_says_so_and_sends_nothing_more()
    {
        var client = ClientHarness.Connected();
        client.Core.Disconnect(ReasonCode.DisconnectWithWillMessage, client.Now);
        client.Core.Publish(ClientHarness.Message("a"), client.Now);

        Assert.Equal(ReasonCode.DisconnectWithWillMessage, Assert.IsType<DisconnectPacket>(Assert.Single(client.Sent())).ReasonCode);
        Assert.Equal(DisconnectCause.ByClient, Assert.IsType<ClientEvent.Disconnected>(Assert.Single(client.Events())).Cause);
    }

    [Fact]
    public void An_identifier_that_the_server_chose_is_kept()
    {
        var client = new ClientHarness(new ClientOptions { SessionExpiryIntervalSeconds = 60 });
        client.Connect(new ConnAckPacket { AssignedClientIdentifier = "chosen" });
        client.Sent();
        client.Reconnect();

        var connect = Assert.IsType<ConnectPacket>(client.Sent()[0]);
        Assert.Equal(("chosen", false), (connect.ClientId, connect.CleanStart));
    }

    [Fact]
    public void A_session_that_ends_with_its_connection_is_not_resumed()
    {
        var client = ClientHarness.Connected(new ClientOptions { Version = MqttVersion.V311, ClientId = "c", CleanStart = true });
        client.Reconnect(new ConnAckPacket());

        Assert.True(Assert.IsType<ConnectPacket>(client.Sent()[0]).CleanStart);
    }

    private static string WithLength(string hex) => $"{hex[..2]}{hex.Length / 2 - 2:X2}{hex[4..]}";
}
