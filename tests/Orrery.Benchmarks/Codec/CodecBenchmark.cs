using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Orrery.Mqtt;
using Orrery.Mqtt.Codec;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Benchmarks.Codec;

/// <summary>What one PUBLISH with 64 bytes of payload costs to read and to write, on one thread.</summary>
/// <remarks>The best of many rounds is printed: other work on the machine only ever adds to a round.</remarks>
internal static class CodecBenchmark
{
    private const int PayloadBytes = 64;
    private const int BatchBytes = 65_536;                  // what a connection reads at most at once
    private const int PacketsPerRound = 100_000;

    private static readonly MessageProperties Properties =
        new(payloadIsUtf8: true, contentType: "application/json", userProperties: [new("device", "sensor-7"), new("site", "north")]);

    public static int Run(string[] args)
    {
        var rounds = args is ["--rounds", var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 60;
        Console.WriteLine($"codec: {PayloadBytes}-byte payload, topic of 20 bytes, best of {rounds} rounds of {PacketsPerRound:N0} packets, 1 thread");
        Console.WriteLine($"{"case",-52} {"ns/packet",10} {"packets/s",14} {"bytes alloc",12}");

        Decode("decode 3.1.1 QoS 0, batches of 64 KiB", MqttVersion.V311, rounds);
        Decode("decode 3.1.1 QoS 1, batches of 64 KiB", MqttVersion.V311, rounds, qos: QoS.AtLeastOnce);
        Decode("decode 3.1.1 QoS 0, 16 topics in turn", MqttVersion.V311, rounds, topics: 16);
        Decode("decode 3.1.1 QoS 0, 1,000 topics in turn", MqttVersion.V311, rounds, topics: 1_000);
        Decode("decode 3.1.1 QoS 0, one packet a batch", MqttVersion.V311, rounds, batchBytes: 1);
        Decode("decode 5 without properties, batches of 64 KiB", MqttVersion.V5, rounds);
        Decode("decode 5 with 4 properties, batches of 64 KiB", MqttVersion.V5, rounds, properties: Properties);
        Decode("decode 3.1.1 QoS 0, 4 KiB segments", MqttVersion.V311, rounds, segmentBytes: 4_096);

        Encode("encode 3.1.1 QoS 0", MqttVersion.V311, rounds);
        Encode("encode 3.1.1 QoS 1", MqttVersion.V311, rounds, qos: QoS.AtLeastOnce);
        Encode("encode 5 without properties", MqttVersion.V5, rounds);
        Encode("encode 5 with 4 properties", MqttVersion.V5, rounds, properties: Properties);
        return 0;
    }

    private static void Decode(
        string name, MqttVersion version, int rounds, QoS qos = QoS.AtMostOnce, MessageProperties? properties = null,
        int topics = 1, int batchBytes = BatchBytes, int segmentBytes = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        var packets = 0;
        while (output.WrittenCount < BatchBytes)
        {
            var packet = new PublishPacket
            {
                Message = MessageOf(packets % topics, qos, properties),
                PacketIdentifier = new PacketIdentifier(qos == QoS.AtMostOnce ? (ushort)0 : (ushort)1),
            };
            PacketWriter.Write(output, packet, version);
            packets++;
        }
        var sequence = segmentBytes == 0
            ? new ReadOnlySequence<byte>(output.WrittenSpan.ToArray())
            : ByteSegment.Sequence(output.WrittenSpan.ToArray(), segmentBytes);
        var reader = new PacketReader(new PacketReaderOptions { Version = version });

        Measure(name, rounds, () =>
        {
            var count = 0;
            while (count < PacketsPerRound)
            {
                var input = sequence;
                while (reader.TryReadBatch(ref input, batchBytes, out var batch) == DecodeStatus.Complete) count += batch.Count;
                if (input.Length != 0) throw new InvalidOperationException("the benchmark's own bytes were not read");
            }
            return count;
        });
    }

    private static void Encode(string name, MqttVersion version, int rounds, QoS qos = QoS.AtMostOnce, MessageProperties? properties = null)
    {
        var message = MessageOf(0, qos, properties);
        var header = new PublishHeader { QoS = qos, PacketIdentifier = new PacketIdentifier(1) };
        var buffer = new byte[BatchBytes];
        Measure(name, rounds, () =>
        {
            var position = 0;
            for (var count = 0; count < PacketsPerRound; count++)
            {
                var size = PublishCodec.SizeOf(message, header, version);
                if (size > buffer.Length - position) position = 0;
                position += PublishCodec.Write(buffer.AsSpan(position, size), message, header, version);
            }
            return PacketsPerRound;
        });
    }

    private static ApplicationMessage MessageOf(int topic, QoS qos, MessageProperties? properties) => new()
    {
        Topic = TopicName.Parse($"bench/{topic:D4}/telemetry"),
        Payload = Encoding.ASCII.GetBytes(new string('x', PayloadBytes)),
        QoS = qos,
        Properties = properties,
    };

    private static void Measure(string name, int rounds, Func<int> round)
    {
        var best = double.MaxValue;
        var allocated = 0.0;
        for (var index = 0; index < rounds; index++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            var count = round();
            var elapsed = Stopwatch.GetElapsedTime(start);
            allocated = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count;
            best = Math.Min(best, elapsed.TotalNanoseconds / count);
        }
        Console.WriteLine($"{name,-52} {best,10:F1} {1e9 / best,14:N0} {allocated,12:F0}");
    }

    private sealed class ByteSegment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Sequence(byte[] bytes, int segmentBytes)
        {
            var first = new ByteSegment { Memory = bytes.AsMemory(0, segmentBytes) };
            var last = first;
            for (var start = segmentBytes; start < bytes.Length; start += segmentBytes)
            {
                var next = new ByteSegment
                {
                    Memory = bytes.AsMemory(start, Math.Min(segmentBytes, bytes.Length - start)),
                    RunningIndex = start,
                };
                last.Next = next;
                last = next;
            }
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
