namespace Orrery.Mqtt.Codec;

/// <summary>Which packets may carry which property: table 2-4 of MQTT 5 §2.2.2.2.</summary>
internal static class PropertyTable
{
    /// <summary>The bit of a will's own properties, which stand in CONNECT's payload. No packet type is 0.</summary>
    public const int WillPlace = 1 << 0;

    /// <summary>The bit of a packet type in what <see cref="AllowedIn"/> returns.</summary>
    public static int PlaceOf(ControlPacketType type) => 1 << (int)type;

    /// <summary>The places where a property may stand. 0 for an identifier that is none.</summary>
    public static int AllowedIn(PropertyId id) => id switch
    {
        PropertyId.PayloadFormatIndicator or PropertyId.MessageExpiryInterval or PropertyId.ContentType
            or PropertyId.ResponseTopic or PropertyId.CorrelationData => Publish | WillPlace,
        PropertyId.SubscriptionIdentifier => Publish | Subscribe,
        PropertyId.SessionExpiryInterval => Connect | ConnAck | Disconnect,
        PropertyId.AssignedClientIdentifier or PropertyId.ServerKeepAlive or PropertyId.ResponseInformation => ConnAck,
        PropertyId.AuthenticationMethod or PropertyId.AuthenticationData => Connect | ConnAck | Auth,
        PropertyId.RequestProblemInformation or PropertyId.RequestResponseInformation => Connect,
        PropertyId.WillDelayInterval => WillPlace,
        PropertyId.ServerReference => ConnAck | Disconnect,
        PropertyId.ReasonString => ConnAck | Acknowledgements | SubAck | UnsubAck | Disconnect | Auth,
        PropertyId.ReceiveMaximum or PropertyId.TopicAliasMaximum or PropertyId.MaximumPacketSize => Connect | ConnAck,
        PropertyId.TopicAlias => Publish,
        PropertyId.MaximumQoS or PropertyId.RetainAvailable or PropertyId.WildcardSubscriptionAvailable
            or PropertyId.SubscriptionIdentifiersAvailable or PropertyId.SharedSubscriptionAvailable => ConnAck,
        PropertyId.UserProperty => Connect | ConnAck | Publish | WillPlace | Acknowledgements | Subscribe | SubAck
            | Unsubscribe | UnsubAck | Disconnect | Auth,
        _ => 0,
    };

    private const int Connect = 1 << (int)ControlPacketType.Connect;
    private const int ConnAck = 1 << (int)ControlPacketType.ConnAck;
    private const int Publish = 1 << (int)ControlPacketType.Publish;
    private const int Subscribe = 1 << (int)ControlPacketType.Subscribe;
    private const int SubAck = 1 << (int)ControlPacketType.SubAck;
    private const int Unsubscribe = 1 << (int)ControlPacketType.Unsubscribe;
    private const int UnsubAck = 1 << (int)ControlPacketType.UnsubAck;
    private const int Disconnect = 1 << (int)ControlPacketType.Disconnect;
    private const int Auth = 1 << (int)ControlPacketType.Auth;
    private const int Acknowledgements = 1 << (int)ControlPacketType.PubAck | 1 << (int)ControlPacketType.PubRec
        | 1 << (int)ControlPacketType.PubRel | 1 << (int)ControlPacketType.PubComp;
}
