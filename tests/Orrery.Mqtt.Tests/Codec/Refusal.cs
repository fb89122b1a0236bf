using System.Buffers;
using Orrery.Mqtt.Codec;

namespace Orrery.Mqtt.Tests.Codec;

/// <summary>Reads bytes that break a rule, in every shape that they can arrive in.</summary>
internal static class Refusal
{
    public const MqttVersion V31 = MqttVersion.V31;
    public const MqttVersion V311 = MqttVersion.V311;
    public const MqttVersion V5 = MqttVersion.V5;

    /// <summary>A reader in the middle of a connection, or in front of CONNECT if that is what it gets.</summary>
    public static PacketReader Reader(MqttVersion? version, PeerRole sender = PeerRole.Client) => new(new PacketReaderOptions
    {
        Sender = sender,
        Version = version,
        TopicAliasMaximum = 10,
        TopicLevelsMax = 16,
        ItemsPerPacketMax = 4,
    });

    public static void OfClient(MqttVersion version, string notation, ReasonCode code, string statement) =>
        Check(version, PeerRole.Client, notation, code, statement);

    public static void OfServer(MqttVersion version, string notation, ReasonCode code, string statement) =>
        Check(version, PeerRole.Server, notation, code, statement);

    public static void OfConnect(string notation, ReasonCode code, string statement) =>
        Check(null, PeerRole.Client, notation, code, statement);

    public static void Check(MqttVersion? version, PeerRole sender, string notation, ReasonCode code, string statement)
    {
        var bytes = Notation.Parse(notation);
        foreach (var split in Bytes.SplitsOf(bytes))
        {
            var input = split;
            var reader = Reader(version, sender);

            var status = reader.TryRead(ref input, out var packet, out var violation);

            Assert.Equal(DecodeStatus.Malformed, status);
            Assert.Null(packet);
            Assert.Equal((code, statement), (violation!.ReasonCode, violation.Statement));
            Assert.Equal(bytes.Length, input.Length);
            Assert.Equal(DecodeStatus.Malformed, reader.TryRead(ref input, out _, out var again));
            Assert.Same(violation, again);
        }
    }

    /// <summary>The same bytes in a form that is allowed, so that a vector is known to break one rule only.</summary>
    public static void Accepts(MqttVersion? version, PeerRole sender, string notation)
    {
        var input = new ReadOnlySequence<byte>(Notation.Parse(notation));
        var status = Reader(version, sender).TryRead(ref input, out var packet, out var violation);
        Assert.Null(violation);
        Assert.Equal(DecodeStatus.Complete, status);
        Assert.NotNull(packet);
        Assert.Equal(0, input.Length);
    }
}
