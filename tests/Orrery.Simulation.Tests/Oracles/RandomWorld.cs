using System.Globalization;
using System.Text;

namespace Orrery.Simulation.Tests.Oracles;

/// <summary>Makes up scenarios: a few clients that do what clients do, and what may happen to them.</summary>
internal sealed class RandomWorld(int seed)
{
    private const int Seconds = 60;

    private static readonly string[] Topics = ["a", "a/b", "a/c", "b", "b/c/d"];
    private static readonly string[] Filters = ["a", "a/#", "a/+", "#", "+", "b/#", "b/c/d", "$share/g/a/#", "$share/h/b/#"];
    private static readonly string[] Clients = ["p1", "p2", "s1", "s2", "s3", "x1"];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();

    /// <summary>The scenario's text.</summary>
    /// <param name="isCalm">Whether nothing is injected.</param>
    public string Text(bool isCalm = false)
    {
        Line($"orrery: 1\nname: random\nseed: {seed}\ntopology:\n  brokers: {{ b1: {{ {Maybe(5, $"limits: {{ queue: {Pick(1, 3, 20)}, in_flight: {Pick(1, 4, 100)} }}")} }} }}");
        Line($"  links: {{ default: {{ latency: {Pick("0ms", "5ms", "{ min: 1ms, exp_mean: 20ms }", "200ms")} }} }}\n  clients:");
        foreach (var client in Clients) Client(client);
        Line("steps:");
        var at = new List<(int Milliseconds, string Step)>();
        foreach (var client in Clients) at.Add((_random.Next(1_000), $"do: connect, client: {client}"));
        for (var i = 0; i < 80; i++) at.Add((1_000 + _random.Next(Seconds * 1_000), Step()));
        foreach (var (milliseconds, step) in at.OrderBy(entry => entry.Milliseconds)) Line($"  - {{ at: {milliseconds}ms, {step} }}");
        foreach (var client in Clients) Line($"  - {{ at: {Seconds + 20}s, do: connect, client: {client} }}");
        Line($"  - {{ at: {Seconds + 60}s, do: wait }}");
        if (isCalm) return _text.ToString();
        Line("faults:");
        var faults = new List<(int Milliseconds, string Fault)>();
        for (var i = _random.Next(2, 9); i > 0; i--) faults.Add((1_000 + _random.Next(Seconds * 1_000), Fault()));
        foreach (var (milliseconds, fault) in faults.OrderBy(entry => entry.Milliseconds)) Line($"  - {{ at: {milliseconds}ms, {fault} }}");
        Line($"  - {{ at: {Seconds + 5}s, do: heal, all: true }}");
        return _text.ToString();
    }

    private void Client(string name)
    {
        var version = Pick(5, 5, 5, 4, 3);
        var isV5 = version == 5;
        var parts = new List<string>
        {
            $"protocol: {version}",
            $"clean_start: {Pick("true", "false", "false")}",
            $"keep_alive: {Pick("0s", "5s", "10s", "30s")}",
            $"keep_state: {Pick("true", "true", "false")}",
            $"qos2_method: {Pick("A", "B")}",
        };
        if (isV5) parts.Add($"session_expiry: {Pick("0s", "3s", "30s", "1h")}");
        if (isV5 && Chance(3)) parts.Add($"receive_maximum: {Pick(1, 2, 10)}");
        if (isV5 && Chance(8)) parts.Add($"maximum_packet: {Pick("40B", "1kB")}");
        if (isV5 && Chance(4)) parts.Add("topic_alias_maximum: 3");
        if (Chance(2)) parts.Add($"reconnect: {Pick("100ms", "1s", "4s")}");
        if (Chance(3)) parts.Add($"will: {{ topic: w/{name}, payload: '{name} is dead', qos: {_random.Next(3)}, retain: {Pick("true", "false")}{(isV5 ? $", delay: {Pick("0s", "2s", "20s")}" : "")} }}");
        if (Chance(8)) parts.Add($"acknowledge_after: {Pick("10ms", "2s")}");
        if (name[0] is 's' or 'x') parts.Add($"auto_subscribe: [ {Request(isV5)}{(Chance(2) ? $", {Request(isV5)}" : "")} ]");
        Line($"    {name}: {{ {string.Join(", ", parts)} }}");
    }

    private string Request(bool isV5)
    {
        var filter = Pick([.. Filters, "w/#"]);
        var isShared = filter.StartsWith('$');
        return $"{{ filter: '{filter}', qos: {_random.Next(3)}{(isV5 && Chance(3) ? $", retain_handling: {_random.Next(3)}" : "")}{(isV5 && Chance(3) ? ", retain_as_published: true" : "")}{(isV5 && !isShared && Chance(4) ? ", no_local: true" : "")} }}";
    }

    private string Step()
    {
        var client = Pick(Clients);
        return _random.Next(20) switch
        {
            < 11 => $"do: publish, client: {client}, topic: {Pick(Topics)}, qos: {_random.Next(3)}, count: {_random.Next(1, 6)}{Maybe(4, ", retain: true")}{Maybe(8, $", size: {Pick("10B", "3kB")}")}{Maybe(10, ", expiry: 5s")}",
            11 => $"do: publish, client: {client}, topic: {Pick(Topics)}, payload: '', retain: true, qos: {_random.Next(3)}",
            12 or 13 => $"do: subscribe, client: {client}, filter: '{Pick(Filters)}', qos: {_random.Next(3)}{Maybe(3, $", identifier: {_random.Next(1, 9)}")}",
            14 => $"do: unsubscribe, client: {client}, filter: '{Pick(Filters)}'",
            15 or 16 => $"do: connect, client: {client}{Maybe(4, ", clean_start: true")}{Maybe(4, ", address: elsewhere")}",
            17 => $"do: disconnect, client: {client}, kind: {Pick("packet", "packet", "fin", "reset")}{Maybe(6, ", code: 4")}",
            18 => $"do: hold_acks, client: {client}, for: {Pick("500ms", "5s")}",
            _ => $"do: crash, node: {client}, then: {{ restart: {Pick("100ms", "5s")} }}",
        };
    }

    private string Fault()
    {
        var link = $"{Pick(Clients)}->b1";
        var time = Pick("200ms", "2s", "10s", "25s");
        return _random.Next(13) switch
        {
            0 or 1 => $"do: fault, kind: half_open, link: {link}, for: {time}",
            2 => $"do: fault, kind: reset, link: {link}",
            3 => $"do: fault, kind: reset, link: {link}, after_bytes: {_random.Next(1, 200)}B",
            4 => $"do: fault, kind: fin, link: {link}",
            5 => $"do: fault, kind: clog, link: {link}, for: {time}",
            6 => $"do: fault, kind: latency, link: {link}, latency: 300ms, for: {time}",
            7 => $"do: fault, kind: segment, link: {link}, size: {Pick("1B", "7B")}, for: {time}",
            8 => $"do: fault, kind: partition, nodes: [{Pick(Clients)}, {Clients[_random.Next(3)]}], for: {time}",
            9 => $"do: fault, kind: refuse, link: {link}, for: {time}",
            10 => $"do: fault, kind: bandwidth, link: {link}, rate: 500B/s, for: {time}",
            11 => $"do: pause, node: b1, for: {time}",
            _ => $"do: crash, node: b1, kind: {Pick("kill", "power_loss")}, then: {{ restart: {Pick("100ms", "5s")} }}",
        };
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private string Maybe(int oneIn, string text) => Chance(oneIn) ? text : "";

    private void Line(string text) => _text.Append(CultureInfo.InvariantCulture, $"{text}\n");
}
