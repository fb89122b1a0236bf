using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Mqtt.Codec;

/// <summary>CONNECT: MQTT 5 §3.1, MQTT 3.1.1 §3.1, MQTT 3.1 §3.1.</summary>
internal static class ConnectCodec
{
    private const int ReservedFlag = 0x01;
    private const int CleanStartFlag = 0x02;
    private const int WillFlag = 0x04;
    private const int WillQoSShift = 3;
    private const int WillRetainFlag = 0x20;
    private const int PasswordFlag = 0x40;
    private const int UserNameFlag = 0x80;

    private static ReadOnlySpan<byte> Name => "MQTT"u8;

    private static ReadOnlySpan<byte> NameOfV31 => "MQIsdp"u8;

    /// <param name="cursor">Stands behind the fixed header. Gets the version that is asked for.</param>
    /// <param name="requestedLevel">The protocol level, whether it is supported or not; null if it is not there.</param>
    public static ConnectPacket Read(ref PacketCursor cursor, out byte? requestedLevel)
    {
        var name = cursor.ReadUtf8();
        var level = cursor.ReadByte();
        requestedLevel = cursor.Failure is null ? level : null;
        if (cursor.Failure is null) JudgeProtocol(ref cursor, name, level);

        var version = cursor.Version;
        var flags = (int)cursor.ReadByte();
        JudgeFlags(ref cursor, flags);
        var keepAliveSeconds = cursor.ReadUInt16();
        var properties = version == MqttVersion.V5 ? PropertyBag.Read(ref cursor, ControlPacketType.Connect) : default;
        var clientId = cursor.ReadString();
        var will = (flags & WillFlag) != 0 ? ReadWill(ref cursor, flags) : null;

        // MQTT 3.1 §3.1 lets old clients set a flag and leave out the field behind it.
        var mayBeCut = version == MqttVersion.V31;
        string? userName = null;
        ReadOnlyMemory<byte>? password = null;
        if ((flags & UserNameFlag) != 0 && !(mayBeCut && cursor.Remaining == 0)) userName = cursor.ReadString();
        if ((flags & PasswordFlag) != 0 && !(mayBeCut && cursor.Remaining == 0)) password = cursor.ReadBinary();

        return new ConnectPacket
        {
            Version = version,
            ClientId = clientId,
            CleanStart = (flags & CleanStartFlag) != 0,
            KeepAliveSeconds = keepAliveSeconds,
            UserName = userName,
            Password = password,
            Will = will,
            SessionExpiryIntervalSeconds = properties.SessionExpiryInterval,
            ReceiveMaximum = properties.ReceiveMaximum,
            MaximumPacketSize = properties.MaximumPacketSize,
            TopicAliasMaximum = properties.TopicAliasMaximum,
            RequestResponseInformation = properties.RequestResponseInformation,
            RequestProblemInformation = properties.RequestProblemInformation,
            UserProperties = properties.UserProperties,
            AuthenticationMethod = properties.AuthenticationMethod,
            AuthenticationData = properties.AuthenticationData,
        };
    }

    public static void Write(ref PacketSink sink, ConnectPacket packet)
    {
        var will = packet.Will;
        sink.Binary(packet.Version == MqttVersion.V31 ? NameOfV31 : Name);
        sink.Byte((byte)packet.Version);
        sink.Byte((byte)(
            (packet.CleanStart ? CleanStartFlag : 0)
            | (will is null ? 0 : WillFlag | ((int)will.Message.QoS << WillQoSShift) | (will.Message.Retain ? WillRetainFlag : 0))
            | (packet.Password is null ? 0 : PasswordFlag)
            | (packet.UserName is null ? 0 : UserNameFlag)));
        sink.UInt16(packet.KeepAliveSeconds);
        if (packet.Version == MqttVersion.V5)
        {
            var count = default(PacketSink);
            WriteProperties(ref count, packet);
            sink.VariableByteInteger((uint)count.Length);
            WriteProperties(ref sink, packet);
        }
        sink.Text(packet.ClientId);
        if (will is not null) WriteWill(ref sink, will, packet.Version);
        if (packet.UserName is not null) sink.Text(packet.UserName);
        if (packet.Password is { } password) sink.Binary(password.Span);
    }

    private static void JudgeProtocol(ref PacketCursor cursor, ReadOnlySpan<byte> name, byte level)
    {
        var isV31 = name.SequenceEqual(NameOfV31);
        if (!isV31 && !name.SequenceEqual(Name)) cursor.Fail(ConnectRules.ProtocolName);
        else if (isV31 ? level != (byte)MqttVersion.V31 : level is not ((byte)MqttVersion.V311 or (byte)MqttVersion.V5)) cursor.Fail(ConnectRules.ProtocolLevel);
        else cursor.Version = (MqttVersion)level;
    }

    private static void JudgeFlags(ref PacketCursor cursor, int flags)
    {
        var willQoS = (flags >> WillQoSShift) & 3;

        // MQTT 3.1 leaves the lowest bit unused and does not say what it holds.
        if ((flags & ReservedFlag) != 0 && cursor.Version != MqttVersion.V31) cursor.Fail(ConnectRules.ReservedFlag);
        if (willQoS == 3) cursor.Fail(ConnectRules.WillQoS3);
        if ((flags & WillFlag) == 0)
        {
            if (willQoS != 0) cursor.Fail(ConnectRules.WillQoSWithoutWill);
            if ((flags & WillRetainFlag) != 0) cursor.Fail(ConnectRules.WillRetainWithoutWill);
        }
        if ((flags & PasswordFlag) != 0 && (flags & UserNameFlag) == 0 && cursor.Version != MqttVersion.V5)
        {
            cursor.Fail(ConnectRules.PasswordWithoutUserName);
        }
    }

    private static Will? ReadWill(ref PacketCursor cursor, int flags)
    {
        var reader = default(MessagePropertiesReader);
        var properties = cursor.Version == MqttVersion.V5 ? reader.Read(ref cursor, PropertyTable.WillPlace) : null;
        var topic = ReadWillTopic(ref cursor);
        var payload = cursor.ReadBinary();
        if (topic is null) return null;

        var message = new ApplicationMessage
        {
            Topic = topic,
            Payload = payload,
            QoS = (QoS)((flags >> WillQoSShift) & 3),
            Retain = (flags & WillRetainFlag) != 0,
            Properties = properties,
        };
        return new Will(message, reader.WillDelayInterval);
    }

    private static TopicName? ReadWillTopic(ref PacketCursor cursor)
    {
        var utf8 = cursor.ReadPrefixed();
        if (cursor.Failure is not null) return null;
        if (!TopicName.TryParse(utf8, out var topic)) cursor.Fail(TopicRules.WhyNoName(utf8));
        else if (topic.LevelCount > cursor.TopicLevelsMax) cursor.Fail(TopicRules.TooManyLevels);
        return topic;
    }

    private static void WriteProperties(ref PacketSink sink, ConnectPacket packet)
    {
        sink.Optional(PropertyId.SessionExpiryInterval, packet.SessionExpiryIntervalSeconds);
        sink.Optional(PropertyId.ReceiveMaximum, packet.ReceiveMaximum);
        sink.Optional(PropertyId.MaximumPacketSize, packet.MaximumPacketSize);
        sink.Optional(PropertyId.TopicAliasMaximum, packet.TopicAliasMaximum);
        sink.Optional(PropertyId.RequestResponseInformation, packet.RequestResponseInformation);
        sink.Optional(PropertyId.RequestProblemInformation, packet.RequestProblemInformation);
        sink.UserProperties(packet.UserProperties);
        sink.Optional(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        sink.Optional(PropertyId.AuthenticationData, packet.AuthenticationData);
    }

    private static void WriteWill(ref PacketSink sink, Will will, MqttVersion version)
    {
        if (version == MqttVersion.V5)
        {
            var count = default(PacketSink);
            WriteWillProperties(ref count, will);
            sink.VariableByteInteger((uint)count.Length);
            WriteWillProperties(ref sink, will);
        }
        sink.Binary(will.Message.Topic.Utf8);
        sink.Binary(will.Message.Payload.Span);
    }

    private static void WriteWillProperties(ref PacketSink sink, Will will)
    {
        if (will.DelayIntervalSeconds > 0) sink.Optional(PropertyId.WillDelayInterval, (uint?)will.DelayIntervalSeconds);
        if (will.Message.Properties is not { } properties) return;
        sink.Optional(PropertyId.MessageExpiryInterval, properties.MessageExpiryIntervalSeconds);
        sink.Raw(properties.Forwarded.Span);
    }
}
