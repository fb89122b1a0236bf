using Orrery.Mqtt.Packets;

namespace Orrery.Mqtt.Codec;

/// <summary>The properties of one packet as they were read; null where absent.</summary>
/// <remarks>PUBLISH and a will use <see cref="MessagePropertiesReader"/>: they pass bytes on instead of values.</remarks>
internal struct PropertyBag
{
    private List<UserProperty>? _userProperties;

    public uint? SessionExpiryInterval { get; private set; }

    public ushort? ReceiveMaximum { get; private set; }

    public uint? MaximumPacketSize { get; private set; }

    public ushort? TopicAliasMaximum { get; private set; }

    public bool? RequestResponseInformation { get; private set; }

    public bool? RequestProblemInformation { get; private set; }

    public string? AuthenticationMethod { get; private set; }

    public ReadOnlyMemory<byte>? AuthenticationData { get; private set; }

    public bool? MaximumQoS { get; private set; }

    public bool? RetainAvailable { get; private set; }

    public string? AssignedClientIdentifier { get; private set; }

    public string? ReasonString { get; private set; }

    public bool? WildcardSubscriptionAvailable { get; private set; }

    public bool? SubscriptionIdentifiersAvailable { get; private set; }

    public bool? SharedSubscriptionAvailable { get; private set; }

    public ushort? ServerKeepAlive { get; private set; }

    public string? ResponseInformation { get; private set; }

    public string? ServerReference { get; private set; }

    public uint? SubscriptionIdentifier { get; private set; }

    public readonly IReadOnlyList<UserProperty> UserProperties => _userProperties is null ? [] : _userProperties;

    /// <summary>Reads a section of properties with its length.</summary>
    public static PropertyBag Read(ref PacketCursor cursor, ControlPacketType type)
    {
        var bag = default(PropertyBag);
        var place = PropertyTable.PlaceOf(type);
        var outerEnd = cursor.Enter();
        var seen = 0UL;
        while (cursor.Remaining > 0)
        {
            var id = (PropertyId)cursor.ReadByte();
            if (TryAdmit(ref cursor, id, place, ref seen)) bag.ReadValue(ref cursor, id);
        }
        cursor.Leave(outerEnd);
        if (bag.AuthenticationData is not null && bag.AuthenticationMethod is null)
        {
            cursor.Fail(PropertyRules.AuthenticationDataAlone);
        }
        return bag;
    }

    /// <summary>Judges an identifier: it must exist, belong here, and come once unless it may be repeated.</summary>
    public static bool TryAdmit(ref PacketCursor cursor, PropertyId id, int place, ref ulong seen)
    {
        if ((PropertyTable.AllowedIn(id) & place) == 0)
        {
            cursor.Fail(PropertyRules.Unknown);
            return false;
        }
        var bit = 1UL << (int)id;                           // all identifiers are below 64
        var repeatable = id == PropertyId.UserProperty
            || (id == PropertyId.SubscriptionIdentifier && place == PropertyTable.PlaceOf(ControlPacketType.Publish));
        if ((seen & bit) != 0 && !repeatable)
        {
            cursor.Fail(PropertyRules.Repeated);
            return false;
        }
        seen |= bit;
        return true;
    }

    public static bool ReadBoolean(ref PacketCursor cursor)
    {
        var value = cursor.ReadByte();
        if (value > 1) cursor.Fail(PropertyRules.NotBoolean);
        return value == 1;
    }

    /// <summary>Reads an identifier of subscriptions, 1 to 268,435,455.</summary>
    public static uint ReadSubscriptionIdentifier(ref PacketCursor cursor)
    {
        var value = (uint)cursor.ReadVariableByteInteger();
        if (value == 0) cursor.Fail(PropertyRules.SubscriptionIdentifierZero);
        return value;
    }

    private void ReadValue(ref PacketCursor cursor, PropertyId id)
    {
        switch (id)
        {
            case PropertyId.SessionExpiryInterval: SessionExpiryInterval = cursor.ReadUInt32(); break;
            case PropertyId.ReceiveMaximum: ReceiveMaximum = ReadReceiveMaximum(ref cursor); break;
            case PropertyId.MaximumPacketSize: MaximumPacketSize = ReadMaximumPacketSize(ref cursor); break;
            case PropertyId.TopicAliasMaximum: TopicAliasMaximum = cursor.ReadUInt16(); break;
            case PropertyId.RequestResponseInformation: RequestResponseInformation = ReadBoolean(ref cursor); break;
            case PropertyId.RequestProblemInformation: RequestProblemInformation = ReadBoolean(ref cursor); break;
            case PropertyId.AuthenticationMethod: AuthenticationMethod = cursor.ReadString(); break;
            case PropertyId.AuthenticationData: AuthenticationData = cursor.ReadBinary(); break;
            case PropertyId.MaximumQoS: MaximumQoS = ReadBoolean(ref cursor); break;
            case PropertyId.RetainAvailable: RetainAvailable = ReadBoolean(ref cursor); break;
            case PropertyId.AssignedClientIdentifier: AssignedClientIdentifier = cursor.ReadString(); break;
            case PropertyId.ReasonString: ReasonString = cursor.ReadString(); break;
            case PropertyId.WildcardSubscriptionAvailable: WildcardSubscriptionAvailable = ReadBoolean(ref cursor); break;
            case PropertyId.SubscriptionIdentifiersAvailable: SubscriptionIdentifiersAvailable = ReadBoolean(ref cursor); break;
            case PropertyId.SharedSubscriptionAvailable: SharedSubscriptionAvailable = ReadBoolean(ref cursor); break;
            case PropertyId.ServerKeepAlive: ServerKeepAlive = cursor.ReadUInt16(); break;
            case PropertyId.ResponseInformation: ResponseInformation = cursor.ReadString(); break;
            case PropertyId.ServerReference: ServerReference = cursor.ReadString(); break;
            case PropertyId.SubscriptionIdentifier: SubscriptionIdentifier = ReadSubscriptionIdentifier(ref cursor); break;
            case PropertyId.UserProperty: AddUserProperty(ref cursor); break;
            default: cursor.Fail(PropertyRules.Unknown); break;
        }
    }

    private static ushort ReadReceiveMaximum(ref PacketCursor cursor)
    {
        var value = cursor.ReadUInt16();
        if (value == 0) cursor.Fail(PropertyRules.ReceiveMaximumZero);
        return value;
    }

    private static uint ReadMaximumPacketSize(ref PacketCursor cursor)
    {
        var value = cursor.ReadUInt32();
        if (value == 0) cursor.Fail(PropertyRules.MaximumPacketSizeZero);
        return value;
    }

    private void AddUserProperty(ref PacketCursor cursor)
    {
        _userProperties ??= [];
        if (_userProperties.Count == cursor.ItemsMax) cursor.Fail(Rules.TooManyItems);
        _userProperties.Add(new UserProperty(cursor.ReadString(), cursor.ReadString()));
    }
}
