using System.Globalization;
using System.Text;
using Orrery.Actors.Extensions;
using Orrery.Simulation.Scenarios;

namespace Orrery.Simulation.Swarm;

/// <summary>Makes scenarios that nobody thought of: one or two brokers, a few clients, and whatever may happen to them.</summary>
/// <remarks>They claim nothing. They are for finding a run that does not repeat itself, or a broken rule. The text is a scenario
/// file like any other, so that one that found something can be kept.</remarks>
public sealed class RandomScenario
{
    private static readonly string[] Topics = ["a", "a/b", "a/b/c", "b", "b/1", "$$x/y"];
    private static readonly string[] Filters = ["a", "a/b", "a/#", "+/b", "#", "b/+", "$$x/#", "$share/g/a/#", "$share/g/#"];

    private readonly IRandomStream _chance;
    private readonly StringBuilder _text = new();
    private readonly List<string> _clients = [];
    private readonly List<string> _brokers = [];
    private readonly List<string> _untouched = [];      // brokers to which nothing has happened yet
    private readonly List<string> _durable = [];        // brokers with a store
    private readonly List<string> _homes = [];          // each client's broker

    private RandomScenario(ulong seed)
    {
        _chance = RandomStreams.Create(seed, "random scenario");
        Line($"orrery: 1");
        Line($"name: random-{seed}");
        Line($"seed: {seed}");
        WriteTopology();
        WriteSteps();
        WriteFaults();
    }

    /// <summary>The file of a seed: the same text each time and everywhere.</summary>
    /// <param name="seed">Decides the world, what happens in it, and the chance of its run.</param>
    public static string Text(ulong seed) => new RandomScenario(seed)._text.ToString();

    /// <summary>The run of that file.</summary>
    /// <param name="seed">As for <see cref="Text"/>.</param>
    /// <exception cref="InvalidOperationException">The text is no valid scenario, which is a fault of this class.</exception>
    public static ScenarioRun Of(ulong seed)
    {
        var file = ScenarioFile.Read(string.Create(CultureInfo.InvariantCulture, $"random-{seed}.yaml"), Text(seed));
        return file.Errors.Count == 0 ? file.Runs[0] : throw new InvalidOperationException($"{file.Errors[0]}\n{Text(seed)}");
    }

    private void WriteTopology()
    {
        Line($"topology:");
        Line($"  brokers:");
        var brokers = Between(1, 2);
        for (var i = 1; i <= brokers; i++)
        {
            _brokers.Add(Format($"b{i}"));
            _untouched.Add(_brokers[^1]);
            var limits = Maybe(2) ? Format($"limits: {{ in_flight: {Between(1, 20)}, queue: {Between(1, 50)}, receive_maximum: {Between(1, 20)} }}") : "";
            Line($"    {_brokers[^1]}: {{ {string.Join(", ", new[] { limits, Store() }.Where(part => part.Length > 0))} }}");
        }

        var latency = Maybe(2) ? Format($"{Between(0, 20)}ms") : Format($"{{ exp_mean: {Between(1, 30)}ms, min: {Between(0, 5)}ms }}");
        var segment = Maybe(3) ? Format($", segment: {Between(1, 300)}B") : "";
        Line($"  links: {{ default: {{ latency: {latency}{segment} }} }}");
        Line($"  clients:");
        var count = Between(2, 8);
        for (var i = 1; i <= count; i++)
        {
            _clients.Add(Format($"c{i}"));
            _homes.Add(OneOf([.. _brokers]));
            Line($"    {_clients[^1]}: {{ {Client()} }}");
        }
    }

    private string Store()
    {
        if (!Maybe(3)) return "";
        _durable.Add(_brokers[^1]);
        var disk = Format($"unsynced: {OneOf("any_subset", "prefix", "none", "all")}");
        if (Maybe(2)) disk += Format($", torn_write: {OneOf("512B", "4KiB")}");
        if (Maybe(3)) disk += Format($", sync: {{ exp_mean: {Between(1, 30)}ms }}");
        return Format($"persistence: {OneOf("os", "group", "group", "fsync")}, disk: {{ {disk} }}");
    }

    private string Client()
    {
        var parts = new List<string>
        {
            Format($"protocol: {OneOf("3", "4", "4", "5", "5", "5")}"),
            Format($"broker: {_homes[^1]}"),
            Format($"keep_alive: {OneOf("0s", "2s", "5s", "30s")}"),
        };
        if (Maybe(2)) parts.Add("clean_start: false");
        if (Maybe(2)) parts.Add(Format($"session_expiry: {OneOf("0s", "3s", "1h")}"));
        if (Maybe(3)) parts.Add(Format($"will: {{ topic: {Quoted(OneOf(Topics[..5]))}, payload: gone, qos: {Between(0, 2)}, retain: {Truth(3)}, delay: {Between(0, 3)}s }}"));
        if (Maybe(3)) parts.Add(Format($"reconnect: {Between(50, 2_000)}ms"));
        if (Maybe(2)) parts.Add(Format($"auto_subscribe: [ {{ filter: {Quoted(OneOf(Filters))}, qos: {Between(0, 2)} }} ]"));
        if (Maybe(4)) parts.Add(Format($"receive_maximum: {Between(1, 10)}"));
        if (Maybe(4)) parts.Add(Format($"topic_alias_maximum: {Between(0, 5)}"));
        if (Maybe(4)) parts.Add(Format($"acknowledge_after: {Between(1, 500)}ms"));
        if (Maybe(3)) parts.Add("keep_state: true");
        if (Maybe(2)) parts.Add(Format($"qos2_method: {OneOf("A", "B", "[A, B]")}"));
        return string.Join(", ", parts);
    }

    private void WriteSteps()
    {
        Line($"steps:");
        foreach (var client in _clients)
        {
            Line($"  - {{ at: {Between(0, 400)}ms, do: connect, client: {client} }}");
        }

        Line($"  - {{ at: 500ms, do: wait }}");
        for (var left = Between(20, 60); left > 0; left--)
        {
            Line($"  - {{ after: {Between(0, 300)}ms, do: {Step()} }}");
        }
    }

    private string Step()
    {
        var client = OneOf([.. _clients]);
        return Between(1, 20) switch
        {
            <= 8 => Format($"publish, client: {client}, topic: {Quoted(OneOf(Topics))}, qos: {Between(0, 2)}, retain: {Truth(4)}, {Payload()}"),
            <= 12 => Format($"subscribe, client: {client}, filter: {Quoted(OneOf(Filters))}, qos: {Between(0, 2)}"),
            13 => Format($"unsubscribe, client: {client}, filter: {Quoted(OneOf(Filters))}"),
            14 => Format($"ping, client: {client}"),
            15 => Format($"disconnect, client: {client}, kind: {OneOf("packet", "packet", "fin", "reset")}"),
            16 or 17 => Format($"connect, client: {client}{(Maybe(2) ? Format($", clean_start: {Truth(2)}") : "")}"),
            18 => Format($"hold_acks, client: {client}, for: {Between(50, 2_000)}ms"),
            19 => Format($"crash, node: {client}"),
            _ when _untouched.Count > 0 => NodeStep(),
            _ => Format($"ping, client: {client}"),
        };
    }

    // Once for each broker: a process that is paused or gone can't be stopped.
    private string NodeStep()
    {
        var broker = OneOf([.. _untouched]);
        _untouched.Remove(broker);
        return Between(1, 4) switch
        {
            1 => Format($"crash, node: {broker}, kind: {(_durable.Contains(broker) ? OneOf("kill", "power_loss", "power_loss", "wiped_disk") : "kill")}, then: {{ restart: {Between(10, 1_500)}ms }}"),
            2 => Format($"stop, node: {broker}, then: {{ restart: {Between(10, 1_500)}ms }}"),
            3 => Format($"pause, node: {broker}, for: {Between(10, 3_000)}ms"),
            _ => Format($"set_clock, node: {broker}, by: {OneOf("+1h", "-90s", "+1s")}"),
        };
    }

    private string Payload() => Maybe(2)
        ? Format($"size: {Between(0, 40)}B..{Between(41, 3_000)}B")
        : Format($"count: {Between(1, 6)}, every: {Between(1, 100)}ms");

    private void WriteFaults()
    {
        var count = Between(0, 4);
        if (count == 0) return;
        Line($"faults:");
        for (var i = 0; i < count; i++)
        {
            Line($"  - {{ at: {Between(300, 5_000)}ms, do: fault, kind: {Fault()} }}");
        }
    }

    private string Fault()
    {
        var client = Between(0, _clients.Count - 1);
        var link = Quoted(Format($"{_clients[client]}{OneOf("->", "<->")}{_homes[client]}"));
        var lasting = Format($"for: {Between(50, 3_000)}ms");
        if (_durable.Count > 0 && Maybe(4)) return DiskFault();
        return Between(1, 10) switch
        {
            1 => Format($"clog, link: {link}, {lasting}"),
            2 => Format($"half_open, link: {link}, {lasting}"),
            3 => Format($"reset, link: {link}"),
            4 => Format($"fin, link: {link}"),
            5 => Format($"refuse, link: {link}, {lasting}"),
            6 => Format($"hang, link: {link}, {lasting}"),
            7 => Format($"latency, link: {link}, latency: {Between(10, 800)}ms, {lasting}"),
            8 => Format($"bandwidth, link: {link}, rate: {Between(1, 50)}kB/s, {lasting}"),
            9 => Format($"segment, link: {link}, size: {Between(1, 20)}B, {lasting}"),
            _ => Format($"partition, nodes: {_clients[client]}, one_way: {Truth(2)}, {lasting}"),
        };
    }

    private string DiskFault()
    {
        var broker = OneOf([.. _durable]);
        var lasting = Format($"for: {Between(50, 3_000)}ms");
        return Between(1, 5) switch
        {
            1 => Format($"disk_full, node: {broker}, {lasting}"),
            2 => Format($"disk_error, node: {broker}, {OneOf("read", "write", "sync")}: {Between(1, 50)}%, {lasting}"),
            3 => Format($"disk_stall, node: {broker}, {lasting}"),
            4 => Format($"disk_lies, node: {broker}, {lasting}"),
            _ => Format($"bit_rot, node: {broker}, file: {OneOf("database", "log")}"),
        };
    }

    private int Between(int minimum, int maximum) => minimum + _chance.NextInt32(maximum - minimum + 1);

    private bool Maybe(int oneIn) => _chance.NextInt32(oneIn) == 0;

    private string Truth(int oneIn) => Maybe(oneIn) ? "true" : "false";

    private string OneOf(params string[] choices) => choices[_chance.NextInt32(choices.Length)];

    private static string Quoted(string text) => $"\"{text}\"";

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
