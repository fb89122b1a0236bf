using System.Net;
using System.Net.Sockets;
using Orrery.Benchmarks.EndToEnd;

namespace Orrery.Benchmarks.Durable;

/// <summary>Makes many persistent sessions with a subscription each, whose clients then go.</summary>
internal static class SessionCrowd
{
    private const int AtOnce = 250;                     // their answers wait for the same syncs
    private const int ConnectionsPerAddress = 5_000;    // well within one source address's ephemeral ports
    private const int AnswerMilliseconds = 10_000;
    private static readonly byte[] Disconnect = [0xE0, 0];

    /// <summary>Makes the sessions; returns what went wrong, or null.</summary>
    /// <param name="broker">Where.</param>
    /// <param name="count">How many.</param>
    /// <param name="onSome">Is called now and then.</param>
    public static string? Make(IPEndPoint broker, int count, Action onSome)
    {
        for (var first = 0; first < count; first += AtOnce)
        {
            var sockets = Enumerable.Range(first, Math.Min(AtOnce, count - first)).Select(index => Open(broker, index)).ToArray();
            foreach (var socket in sockets)
            {
                if (!IsAccepted(socket)) return "a session was not accepted";
                socket.Send(Disconnect);
                socket.Shutdown(SocketShutdown.Send);
            }

            foreach (var socket in sockets)
            {
                _ = socket.Receive(new byte[1]);        // the broker closes, so the session is left
                socket.Dispose();
                onSome();
            }
        }

        return null;
    }

    private static Socket Open(IPEndPoint broker, int index)
    {
        var socket = new Socket(broker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = AnswerMilliseconds };
        var address = index / ConnectionsPerAddress;
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, (byte)(1 + (address / 250)), (byte)(2 + (address % 250))]), 0));
        socket.Connect(broker);
        socket.Send(LoadConnection.EncodeConnect($"crowd-{index}", cleanSession: false));
        socket.Send(LoadConnection.EncodeSubscribe(1, $"crowd/{index}/#", qos: 1));
        return socket;
    }

    // CONNACK with code 0 and SUBACK with what was asked for.
    private static bool IsAccepted(Socket socket)
    {
        var answers = new byte[9];
        for (var filled = 0; filled < answers.Length;)
        {
            var count = socket.Receive(answers.AsSpan(filled));
            if (count == 0) return false;
            filled += count;
        }

        return answers[0] == 0x20 && answers[3] == 0 && answers[4] == 0x90 && answers[8] == 1;
    }
}
