using Orrery.Actors.Extensions;
using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Tests.Network;

public sealed class ByteQueueTests
{
    private readonly Ether _ether = Ether.Of(new SimulationKernel(new KernelOptions()));

    [Fact]
    public void What_was_lent_is_never_written_to()
    {
        var lent = _ether.Take(SegmentKind.Data, [1, 2, 3, 4]);
        var bytes = lent.Buffer;
        var queue = new ByteQueue();
        queue.Lend(lent);
        queue.Discard(3);
        queue.Append([9]);
        queue.Append([8, 7]);

        Assert.Equal([1, 2, 3, 4], bytes[..4]);
        Assert.Equal([4, 9, 8, 7], queue.Memory.ToArray());
    }

    [Fact]
    public void A_segment_is_spare_again_when_all_of_it_was_taken_and_not_before()
    {
        var lent = _ether.Take(SegmentKind.Data, [1, 2]);
        var queue = new ByteQueue();
        queue.Lend(lent);
        queue.Discard(1);
        Assert.NotSame(lent, _ether.Take(SegmentKind.Data, [3]));

        var other = new ByteQueue();
        other.TakeAll(ref queue);
        Assert.NotSame(lent, _ether.Take(SegmentKind.Data, [4]));
        other.Discard(1);

        Assert.Same(lent, _ether.Take(SegmentKind.Data, [5]));
    }

    [Fact]
    public void What_is_spare_is_overwritten_in_a_disturbed_run()
    {
        var ether = Ether.Of(new SimulationKernel(new KernelOptions { Disturb = () => { } }));
        var segment = ether.Take(SegmentKind.Data, [1, 2, 3]);
        var bytes = segment.Buffer;
        segment.Release();

        Assert.All(bytes, one => Assert.Equal(0xA5, one));
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void Any_mix_of_adding_lending_and_taking_behaves_as_a_list(ulong seed)
    {
        var chance = RandomStreams.Create(seed, "bytes");
        var queue = new ByteQueue();
        var model = new List<byte>();
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[chance.NextInt32(400)];
            chance.Fill(bytes);
            switch (chance.NextInt32(4))
            {
                case 0:
                    queue.Append(bytes);
                    model.AddRange(bytes);
                    break;
                case 1:
                    queue.Lend(_ether.Take(SegmentKind.Data, bytes));
                    model.AddRange(bytes);
                    break;
                case 2:
                    var other = new ByteQueue();
                    other.TakeAll(ref queue);
                    (other, queue) = (queue, other);
                    Assert.Equal(0, other.Count);
                    break;
                default:
                    var count = chance.NextInt32(3) == 0 ? model.Count : chance.NextInt32(model.Count + 1);
                    queue.Discard(count);
                    model.RemoveRange(0, count);
                    break;
            }

            Assert.Equal(model, queue.Memory.ToArray());
        }
    }
}
