using Orrery.Broker.Topics;

namespace Orrery.Broker.Tests.Topics;

public class OrderedTableTests
{
    private sealed record Item(int Id, int Edition) : IKeyed<int>
    {
        int IKeyed<int>.Key => Id;
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 50)]
    [InlineData(3, 600)]
    [InlineData(4, 3_000)]
    public void It_is_a_list_in_the_order_in_which_the_keys_first_came(int seed, int keys)
    {
        var random = new Random(seed);
        var table = new OrderedTable<int, Item>();
        var model = new List<Item>();
        var snapshots = new List<(OrderedList<Item> List, Item[] Expected)>();

        for (var step = 0; step < 10 * keys; step++)
        {
            // Waves of growth and decline, so that the table is indexed, thinned out, and small again.
            var grows = step / (3 * keys) % 2 == 0;
            var id = random.Next(keys);
            var at = model.FindIndex(item => item.Id == id);
            if (random.Next(10) < (grows ? 8 : 1))
            {
                var item = new Item(id, step);
                Assert.Equal(at < 0 ? null : model[at], table.Put(item));
                if (at < 0) model.Add(item);
                else model[at] = item;
            }
            else
            {
                Assert.Equal(at < 0 ? null : model[at], table.Remove(id));
                if (at >= 0) model.RemoveAt(at);
            }

            Assert.Equal(model.Count, table.Count);
            Assert.Equal(model.Find(item => item.Id == id), table.Find(id));
            if (step % (1 + keys / 8) == 0) snapshots.Add((table.ToList(), [.. model]));
        }

        // A list that was handed out never changes afterwards.
        foreach (var (list, expected) in snapshots)
        {
            Assert.Equal(expected, list.ToArray());
            Assert.Equal(expected.Length, list.Count);
            Assert.Equal(expected.Length == 0, list.IsEmpty);
        }
    }

    [Fact]
    public void A_hundred_thousand_items_cost_a_bounded_number_of_copies_each()
    {
        const int Count = 100_000;
        var table = new OrderedTable<int, Item>();

        for (var id = 0; id < Count; id++)
        {
            table.Put(new Item(id, 0));
        }
        var building = table.CopiedCount;
        for (var id = 0; id < Count; id++)
        {
            table.Remove(id * 7_919 % Count);               // a prime, so that each comes once and from everywhere
        }
        var clearing = table.CopiedCount - building;

        Assert.Equal(0, table.Count);
        Assert.InRange(building, 1, (long)Count * OrderedTable<int, Item>.ChunkLength);
        Assert.InRange(clearing, 1, (long)Count * OrderedTable<int, Item>.ChunkLength);
    }

    [Fact]
    public void Handing_out_the_list_after_each_change_of_a_long_one_copies_a_chunk_and_not_the_list()
    {
        const int Count = 20_000;
        var table = new OrderedTable<int, Item>();

        for (var id = 0; id < Count; id++)
        {
            table.Put(new Item(id, 0));
            _ = table.ToList();
        }

        // A chunk, and at most one place for each other chunk.
        const int EachMax = OrderedTable<int, Item>.ChunkLength + Count / OrderedTable<int, Item>.ChunkLength + 1;
        Assert.InRange(table.CopiedCount, 1, (long)Count * EachMax);
    }
}
