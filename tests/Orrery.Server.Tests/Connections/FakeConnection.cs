using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Orrery.Server.Tests.Connections;

/// <summary>A connection without a socket: two pipes whose continuations run inline, so that a test needs no waiting.</summary>
internal sealed class FakeConnection : ConnectionContext
{
    public const int WriteBufferBytesMax = 8 * 1024;

    private readonly CancellationTokenSource _closed = new();
    private readonly Pipe _toBroker;
    private readonly Pipe _toPeer;

    public FakeConnection(int readBufferBytesMax = 64 * 1024)
    {
        _toBroker = new Pipe(Options(readBufferBytesMax));
        _toPeer = new Pipe(Options(WriteBufferBytesMax));
        Transport = new DuplexPipe(_toBroker.Reader, _toPeer.Writer);
        ConnectionClosed = _closed.Token;
    }

    public override string ConnectionId { get; set; } = "test";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    /// <summary>What the peer sends into.</summary>
    public PipeWriter Peer => _toBroker.Writer;

    /// <summary>What the peer receives from.</summary>
    public PipeReader PeerInput => _toPeer.Reader;

    /// <summary>Why the connection was aborted, or null if it was not.</summary>
    public ConnectionAbortedException? AbortReason { get; private set; }

    /// <summary>Sends bytes as one segment; what a full pipe holds back stays with the pipe.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        var segment = Peer.GetSpan(bytes.Length);
        bytes.CopyTo(segment);
        Peer.Advance(bytes.Length);
        _ = Peer.FlushAsync().AsTask();
    }

    /// <summary>Takes everything that was flushed to the peer.</summary>
    public byte[] Receive()
    {
        if (!PeerInput.TryRead(out var read)) return [];
        var bytes = new byte[read.Buffer.Length];
        var at = 0;
        foreach (var segment in read.Buffer)
        {
            segment.Span.CopyTo(bytes.AsSpan(at));
            at += segment.Length;
        }

        PeerInput.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    /// <summary>Whether the broker's side has ended the output.</summary>
    public bool OutputIsComplete
    {
        get
        {
            if (!PeerInput.TryRead(out var read)) return false;
            PeerInput.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
            return read.IsCompleted;
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // As a socket does: both pipes end, and a flush that waits is over.
        AbortReason ??= abortReason;
        PeerInput.Complete(abortReason);
        Peer.Complete(abortReason);
        _closed.Cancel();
    }

    /// <summary>What a transport does once its socket is closed.</summary>
    public void FireClosed() => _closed.Cancel();

    private static PipeOptions Options(int bytesMax) => new(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: bytesMax,
        resumeWriterThreshold: bytesMax / 2,
        minimumSegmentSize: 512,
        useSynchronizationContext: false);

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
