using Orrery.Actors.Extensions;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Tests.Network;

public sealed class ByteQueueTests
{
    [Fact]
    public void What_was_lent_is_never_written_to()
    {
        var lent = new byte[] { 1, 2, 3, 4 };
        var queue = new ByteQueue();
        queue.Lend(lent);
        queue.Discard(3);
        queue.Append([9]);
        queue.Append([8, 7]);

        Assert.Equal([1, 2, 3, 4], lent);
        Assert.Equal([4, 9, 8, 7], queue.Memory.ToArray());
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void Any_mix_of_adding_lending_and_taking_behaves_as_a_list(ulong seed)
    {
        var chance = RandomStreams.Create(seed, "bytes");
        var queue = new ByteQueue();
        var model = new List<byte>();
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[chance.NextInt32(200)];
            chance.Fill(bytes);
            switch (chance.NextInt32(3))
            {
                case 0:
                    queue.Append(bytes);
                    model.AddRange(bytes);
                    break;
                case 1:
                    queue.Lend(bytes);
                    model.AddRange(bytes);
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
