using Orrery.Actors.Extensions;

namespace Orrery.Broker.Tests.Topics;

/// <summary>MM-2: what is observed does not depend on what things are called, so on no hash.</summary>
public class TopicTreeRenamingTests
{
    [Theory]
    [InlineData(DispatchOrder.Fifo)]
    [InlineData(DispatchOrder.SeededRandom)]
    [InlineData(DispatchOrder.PriorityChanges)]
    public void Other_names_for_levels_and_clients_give_the_same_orders(DispatchOrder order)
    {
        for (var seed = 1; seed <= 25; seed++)
        {
            string[] plain = [.. Enumerable.Range(0, 40).Select(index => $"n{index}")];
            string[] renamed = [.. plain.Select((_, index) => $"{(seed * 31 + index * 17) % 101}·{new string('x', index % 7)}")];

            var expected = History(plain, seed, order);
            var actual = History(renamed, seed, order);

            Assert.Equal(expected, actual);
        }
    }

    /// <summary>Everything that was seen, in its order, with each name replaced by its number.</summary>
    private static List<string> History(string[] names, int seed, DispatchOrder order)
    {
        var random = new Random(seed);
        var world = new TopicWorld(seed: (ulong)seed, order: order);
        var sessions = names.Take(20).Select(name => world.Session(name)).ToArray();
        var seen = new List<string>();
        string Name() => names[random.Next(names.Length)];

        for (var step = 0; step < 200; step++)
        {
            var session = sessions[random.Next(sessions.Length)];
            var topic = random.Next(2) == 0 ? Name() : $"{names[random.Next(3)]}/{Name()}";
            var filter = random.Next(3) switch { 0 => "+", 1 => $"{names[random.Next(3)]}/#", _ => topic };
            switch (random.Next(4))
            {
                case 0:
                    world.Retain(session, topic, $"{step}");
                    break;
                case 1:
                    world.Unsubscribe(session, filter);
                    break;
                default:
                    world.Subscribe(session, filter);
                    break;
            }

            if (step % 10 != 9) continue;
            world.Run();
            seen.AddRange(world.Match(Name()));
            seen.AddRange(world.Match($"{names[0]}/{Name()}"));
            seen.AddRange(world.Retained("#"));
        }

        return [.. seen.Select(text => WithNumbers(text, names))];
    }

    private static string WithNumbers(string text, string[] names)
    {
        char[] separators = [':', '/', '=', '[', ']', ','];
        var parts = new List<string>();
        var start = 0;
        while (start <= text.Length)
        {
            var end = text.IndexOfAny(separators, start);
            if (end < 0) end = text.Length;
            var name = Array.IndexOf(names, text[start..end]);
            parts.Add(name < 0 ? text[start..end] : $"<{name}>");
            if (end < text.Length) parts.Add(text[end..(end + 1)]);
            start = end + 1;
        }

        return string.Concat(parts);
    }
}
