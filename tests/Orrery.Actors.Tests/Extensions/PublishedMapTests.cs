using System.Text;
using Orrery.Actors.Extensions;

namespace Orrery.Actors.Tests.Extensions;

public sealed class PublishedMapTests
{
    private readonly PublishedMap<string> _map = new();

    [Fact]
    public void An_empty_map_has_nothing()
    {
        Assert.False(_map.TryGet(1, Key(1), out _));
        Assert.False(_map.Remove(1, Key(1)));
        Assert.Equal(0, _map.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(ulong.MaxValue)]
    public void It_agrees_with_a_dictionary_whatever_the_hash_is_worth(ulong hashMask)
    {
        var random = new RandomStream(3, "map");
        var model = new Dictionary<int, string>();
        for (var step = 0; step < 20_000; step++)
        {
            // Grows in the first half of the run, and shrinks in the second.
            var number = random.NextInt32(400);
            var hash = Hash(number) & hashMask;
            var add = random.NextInt32(10) < (step < 10_000 ? 7 : 3);
            if (add && !model.ContainsKey(number))
            {
                model.Add(number, $"{step}");
                _map.Add(hash, Key(number), $"{step}");
            }
            else if (!add)
            {
                Assert.Equal(model.Remove(number), _map.Remove(hash, Key(number)));
            }

            Assert.Equal(model.Count, _map.Count);
            Assert.Equal(model.TryGetValue(number, out var expected), _map.TryGet(hash, Key(number), out var value));
            Assert.Equal(expected, value);
        }

        var values = new List<string>();
        _map.CopyTo(values);
        Assert.Equal(model.Values.Order(), values.Order());
    }

    [Fact]
    public void A_key_is_added_once()
    {
        _map.Add(1, Key(1), "one");

        Assert.Throws<ArgumentException>(() => _map.Add(1, Key(1), "two"));
    }

    [Fact]
    public async Task Readers_find_every_key_that_stays_while_others_come_and_go()
    {
        for (var i = 0; i < 100; i++) _map.Add(Hash(i), Key(i), $"{i}");
        var done = new PublishedVersion();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; done.Value == 0; i = (i + 1) % 100)
                {
                    Assert.True(_map.TryGet(Hash(i), Key(i), out var value));
                    Assert.Equal($"{i}", value);
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        for (var round = 0; round < 20; round++)
        {
            for (var i = 100; i < 5_000; i++) _map.Add(Hash(i), Key(i), "passing");
            for (var i = 100; i < 5_000; i++) Assert.True(_map.Remove(Hash(i), Key(i)));
        }

        done.Increment();
        await Task.WhenAll(readers);
        Assert.Equal(100, _map.Count);
    }

    [Fact]
    public void A_published_value_is_replaced_whole()
    {
        var published = new Published<string>("first");
        published.Publish("second");

        Assert.Equal("second", published.Value);
    }

    private static byte[] Key(int number) => Encoding.UTF8.GetBytes($"key-{number}");

    private static ulong Hash(int number)
    {
        var state = (ulong)number;
        return RandomStream.SplitMix64(ref state);
    }
}
