using System.Buffers;

namespace Orrery.Simulation.Network;

/// <summary>One end of a connection, as a program sees its socket.</summary>
internal sealed class StreamEnd(StreamConnection connection, Direction sends)
{
    private readonly ByteQueue _unread = new();

    /// <summary>The connection's name: the link's and a number.</summary>
    public string Name => connection.Name;

    /// <summary>Who is told what happens; null while nobody has taken the end.</summary>
    public IStreamOwner? Owner { get; set; }

    /// <summary>Whether this end is over for its program: closed, reset, lost or gone.</summary>
    public bool IsOver { get; internal set; }

    /// <summary>Whether the peer sends nothing after <see cref="Unread"/>.</summary>
    public bool PeerHasFinished { get; internal set; }

    /// <summary>What arrived and was not consumed. Valid until the next call.</summary>
    public ReadOnlySequence<byte> Unread => _unread.Sequence;

    /// <summary>How much arrived and was not consumed.</summary>
    internal int UnreadCount => _unread.Count;

    /// <summary>Takes bytes off the front of <see cref="Unread"/>, which makes room for more.</summary>
    public void Consume(int count)
    {
        _unread.Discard(count);
        connection.OnConsumed(sends);
    }

    /// <summary>Hands bytes to the system.</summary>
    /// <returns>How many it took; <see cref="IStreamOwner.OnWritable"/> follows if not all.</returns>
    public int Send(ReadOnlySpan<byte> bytes) => IsOver ? bytes.Length : connection.Outbound(sends).Accept(bytes);

    /// <summary>Sends FIN behind what was sent, and goes on reading (N7).</summary>
    public void Finish()
    {
        if (!IsOver) connection.Outbound(sends).Finish();
    }

    /// <summary>Sends FIN behind what was sent, and takes nothing more. With unread bytes it resets instead, as systems do.</summary>
    public void Close()
    {
        if (IsOver) return;
        if (_unread.Count > 0)
        {
            Reset();
            return;
        }

        Finish();
        IsOver = true;
        connection.ForgetIfOver();
    }

    /// <summary>Drops the connection and what was not yet sent, with RST (N7).</summary>
    public void Reset()
    {
        if (IsOver) return;
        IsOver = true;
        connection.Outbound(sends).Reset();
        connection.ForgetIfOver();
    }

    /// <summary>The program and its system vanish without a word (N6). What reaches the end later is answered with RST.</summary>
    public void Vanish()
    {
        IsOver = true;
        connection.Outbound(sends).Discard();
        connection.ForgetIfOver();
    }

    /// <summary>Bytes arrived.</summary>
    internal void Append(ReadOnlySpan<byte> bytes) => _unread.Append(bytes);

    /// <summary>The connection is gone; the program is told once.</summary>
    internal void Lose(string reason)
    {
        if (IsOver) return;
        IsOver = true;
        connection.Outbound(sends).Discard();
        Owner?.OnLost(reason);
        connection.ForgetIfOver();
    }
}
