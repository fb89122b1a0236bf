using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using static Orrery.Broker.Tests.World.Packets;

namespace Orrery.Broker.Tests.Conformance;

/// <summary>Enhanced authentication, of which the broker knows no method: MQTT 5 §4.12.</summary>
public class AuthTests
{
    [Theory]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("")]
    [Trait("Statement", "MQTT-4.12.0-1")]
    [Trait("Statement", "MQTT-4.12.0-2")]
    [Trait("Statement", "MQTT-4.12.0-4")]
    [Trait("Statement", "MQTT-4.12.0-5")]
    public void A_method_is_refused_without_an_AUTH(string method)
    {
        var client = new BrokerWorld().Open();

        client.Send(new ConnectPacket
        {
            Version = MqttVersion.V5,
            ClientId = "c",
            CleanStart = true,
            AuthenticationMethod = method,
            AuthenticationData = new byte[] { 1 },
        });

        Assert.Equal(ReasonCode.BadAuthenticationMethod, client.Expect<ConnAckPacket>().ReasonCode);
        client.ExpectNothing();
        Assert.True(client.IsClosed);
    }

    [Fact]
    [Trait("Statement", "MQTT-4.12.0-6")]
    public void A_client_without_a_method_is_told_none_and_gets_no_AUTH()
    {
        var world = new BrokerWorld();

        var client = world.Connect("c");

        Assert.Null(client.ConnAck!.AuthenticationMethod);
        Assert.Null(client.ConnAck.AuthenticationData);
        world.Advance(TimeSpan.FromDays(1));
        client.ExpectNothing();
    }

    [Theory]
    [InlineData(ReasonCode.ReAuthenticate)]
    [InlineData(ReasonCode.ContinueAuthentication)]
    [Trait("Statement", "MQTT-4.12.0-6")]
    [Trait("Statement", "MQTT-4.12.0-7")]
    [Trait("Statement", "MQTT-4.12.1-2")]
    public void An_AUTH_that_nobody_asked_for_closes_the_connection(ReasonCode code)
    {
        var world = new BrokerWorld();
        var watcher = world.Connect("watcher");
        watcher.Subscribe("will");
        var client = world.Connect("c", with: c => c with { Will = new Will(Message("will", "dead"), 0) });

        client.Send(new AuthPacket { ReasonCode = code, AuthenticationMethod = "m" });

        Assert.Equal(ReasonCode.ProtocolError, client.Expect<DisconnectPacket>().ReasonCode);
        client.ExpectNothing();
        Assert.True(client.IsClosed);
        watcher.ExpectPublish("will", "dead");
    }
}
