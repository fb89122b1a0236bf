namespace Orrery.Broker.Tests;

public class ShortQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_gives_back_what_a_queue_does_whatever_the_order_of_calls(int seed)
    {
        var random = new Random(seed);
        var model = new Queue<string>();
        var queue = default(ShortQueue<string>);
        for (var i = 0; i < 10_000; i++)
        {
            if (random.Next(2) == 0)
            {
                model.Enqueue($"{i}");
                queue.Enqueue($"{i}");
            }
            else
            {
                Assert.Equal(model.TryDequeue(out var expected), queue.TryDequeue(out var item));
                Assert.Equal(expected, item);
            }

            Assert.Equal(model.Count, queue.Count);
            Assert.Equal(model.TryPeek(out var next), queue.TryPeek(out var oldest));
            Assert.Equal(next, oldest);
        }
    }
}
