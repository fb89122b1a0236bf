using Orrery.Actors.Cells;
using Orrery.Actors.Extensions;

namespace Orrery.Actors.Tests.Cells;

public sealed class OrderedTableTests
{
    [Theory]
    [InlineData(6)]
    [InlineData(40)]
    [InlineData(3000)]
    public void It_agrees_with_a_list_and_keeps_the_order_of_adding(int keys)
    {
        var random = new RandomStream(5, "table");
        var table = new OrderedTable<int, (int Key, int Value), ByNumber>();
        var model = new List<(int Key, int Value)>();
        for (var step = 0; step < 10_000; step++)
        {
            var key = random.NextInt32(keys);
            var index = model.FindIndex(entry => entry.Key == key);
            Assert.Equal(index >= 0, table.TryGet(key, out var found));
            if (index < 0)
            {
                model.Add((key, step));
                table.Add((key, step));
            }
            else if (random.NextInt32(2) == 0)
            {
                Assert.Equal(model[index], found);
                Assert.True(table.Remove(key, out var removed));
                Assert.Equal(model[index], removed);
                model.RemoveAt(index);
            }

            Assert.Equal(model.Count, table.Count);
        }

        var entries = new List<(int, int)>();
        table.CopyTo(entries);
        Assert.Equal(model, entries);
        Assert.False(table.Remove(-1, out _));
    }

    private readonly struct ByNumber : IKeyRule<int, (int Key, int Value)>
    {
        public static int KeyOf(in (int Key, int Value) entry) => entry.Key;

        // A poor hash on purpose, so that buckets have chains.
        public static uint HashOf(int key) => (uint)key / 3;

        public static bool AreEqual(int left, int right) => left == right;
    }
}
