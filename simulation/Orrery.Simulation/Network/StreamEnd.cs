using System.Buffers;

namespace Orrery.Simulation.Network;

/// <summary>One end of a connection, as a program sees its socket.</summary>
internal sealed class StreamEnd(StreamConnection connection, Direction sends)
{
    private ByteQueue _unread;
    private bool _hasFinished;
    private int _taken;                                     // bytes at the front that the program has looked at

    /// <summary>The connection's name.</summary>
    public string Name => connection.Name;

    /// <summary>Who is told what happens; null while nobody has taken the end.</summary>
    public IStreamOwner? Owner { get; set; }

    /// <summary>Whether this end is over for its program: closed, reset, lost or gone.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether a tap holds back what this end would send next.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether the peer sends nothing after <see cref="Unread"/>.</summary>
    public bool PeerHasFinished { get; internal set; }

    /// <summary>What arrived and was not consumed. Valid until the next call.</summary>
    public ReadOnlySequence<byte> Unread => _unread.Sequence;

    /// <summary>How much arrived and was not consumed.</summary>
    internal int UnreadCount => _unread.Count;

    /// <summary>The program looks at the front of <see cref="Unread"/> now, and consumes it later.</summary>
    public void Take(int count)
    {
        if (count <= _taken) return;
        connection.Touch();
        connection.Tap?.OnRead(StreamConnection.Opposite(sends), _unread.Span[_taken..count]);
        _taken = count;
    }

    /// <summary>Takes bytes off the front of <see cref="Unread"/>, which makes room for more.</summary>
    public void Consume(int count)
    {
        Take(count);
        _taken -= count;
        _unread.Discard(count);
        connection.OnConsumed(sends);
    }

    /// <summary>Throws away what arrived and was not consumed: nobody looks at it.</summary>
    public void DropUnread()
    {
        if (_unread.Count == 0) return;
        _taken = 0;
        _unread.Discard(_unread.Count);
        connection.OnConsumed(sends);
    }

    /// <summary>Hands bytes to the system.</summary>
    /// <returns>How many it took; <see cref="IStreamOwner.OnWritable"/> follows if not all.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (IsOver || _hasFinished) return bytes.Length;
        if (IsHeld || bytes.IsEmpty) return 0;
        var count = connection.Tap?.BeforeSend(sends, bytes) ?? bytes.Length;
        IsHeld = count < bytes.Length;
        var taken = connection.Outbound(sends).Accept(bytes[..count]);
        if (taken > 0) connection.Tap?.OnSent(sends, bytes[..taken]);
        return taken;
    }

    /// <summary>Holds back what this end would send next, until <see cref="Release"/>.</summary>
    public void Hold() => IsHeld = !IsOver;

    /// <summary>What was held may be sent: the owner is told to go on.</summary>
    public void Release()
    {
        if (!IsHeld) return;
        IsHeld = false;
        if (!IsOver) Owner?.OnWritable();
    }

    /// <summary>Sends FIN behind what was sent, and goes on reading (N7).</summary>
    public void Finish()
    {
        if (IsOver) return;
        _hasFinished = true;
        connection.Outbound(sends).Finish();
    }

    /// <summary>Sends FIN behind what was sent, and takes nothing more. With unread bytes it resets instead, as systems do.</summary>
    /// <param name="ending">What it is to whoever watches; null for closed, or for the answer to the peer's FIN.</param>
    public void Close(StreamEnding? ending = null)
    {
        if (IsOver) return;
        if (_unread.Count > 0)
        {
            Reset(ending);
            return;
        }

        Finish();
        End(ending ?? (PeerHasFinished ? StreamEnding.Fin : StreamEnding.Closed), "FIN");
    }

    /// <summary>Drops the connection and what was not yet sent, with RST (N7).</summary>
    /// <param name="ending">What it is to whoever watches; null for closed.</param>
    public void Reset(StreamEnding? ending = null)
    {
        if (IsOver) return;
        IsOver = true;
        connection.Outbound(sends).Reset();
        End(ending ?? (PeerHasFinished ? StreamEnding.Fin : StreamEnding.Closed), "RST");
    }

    /// <summary>The program and its system vanish without a word (N6). What reaches the end later is answered with RST.</summary>
    /// <param name="ending">What it is to whoever watches.</param>
    public void Vanish(StreamEnding ending = StreamEnding.Vanished)
    {
        if (IsOver) return;
        IsOver = true;
        connection.Outbound(sends).Discard();
        End(ending, "without a word");
    }

    /// <summary>Takes all of <see cref="Unread"/> into a queue of the program's own, which makes room for more.</summary>
    public void ConsumeAll(ref ByteQueue into)
    {
        Take(_unread.Count);
        _taken = 0;
        into.TakeAll(ref _unread);
        connection.OnConsumed(sends);
    }

    /// <summary>Bytes arrived.</summary>
    internal void Append(Segment segment) => _unread.Lend(segment);

    /// <summary>The connection is gone; the program is told once.</summary>
    internal void Lose(StreamEnding ending, string reason)
    {
        if (IsOver) return;
        IsOver = true;
        connection.Outbound(sends).Discard();
        End(ending, reason);
        Owner?.OnLost(reason);
    }

    private void End(StreamEnding ending, string detail)
    {
        IsOver = true;
        IsHeld = false;
        if (Owner is not null) connection.Tap?.OnEnded(sends, ending, detail);
        connection.ForgetIfOver();
    }
}
