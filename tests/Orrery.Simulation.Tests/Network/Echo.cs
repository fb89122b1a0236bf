using Orrery.Simulation.Network;

namespace Orrery.Simulation.Tests.Network;

/// <summary>A listener that keeps what it gets from one connection.</summary>
internal sealed class Echo : IStreamListener, IStreamOwner
{
    public ListenerMode Mode { get; set; }

    public StreamEnd? End { get; private set; }

    public bool IsReading { get; set; } = true;

    public List<byte> Bytes { get; } = [];

    public int Reads { get; private set; }

    public string? Loss { get; private set; }

    public void Accept(StreamEnd end, string remote) => (End, end.Owner) = (end, this);

    public void OnConnected() => Assert.Fail("a listener was told that it is connected");

    public void OnReadable()
    {
        if (IsReading && End!.Unread.Length > 0) Read();
    }

    public void OnWritable()
    {
    }

    public void OnLost(string reason) => Loss = reason;

    public void Read()
    {
        Reads++;
        Bytes.AddRange(End!.Unread.FirstSpan);
        End.Consume((int)End.Unread.Length);
    }
}
