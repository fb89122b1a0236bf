namespace Orrery.Mqtt;

/// <summary>What came of an attempt to read from bytes that may have arrived in part.</summary>
public enum DecodeStatus
{
    /// <summary>A whole value was read.</summary>
    Complete,

    /// <summary>The bytes so far are a valid beginning.</summary>
    NeedMoreBytes,

    /// <summary>No continuation can make these bytes valid.</summary>
    Malformed,
}
