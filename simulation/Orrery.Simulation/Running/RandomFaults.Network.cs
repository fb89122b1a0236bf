using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Running;

// N1 to N11.
internal sealed partial class RandomFaults
{
    private static (string, Func<LinkOptions, LinkOptions>) Latency(RandomSource chance)
    {
        var min = chance.Uniform(0, 30 * Millisecond);
        var mean = chance.Uniform(min, 100 * Millisecond) - min;
        return ($"latency from {Readable.Time(min)}, {Readable.Time(mean)} more on average, of a thousand one up to 5 s more", options => options with
        {
            LatencyNanoseconds = min,
            JitterMeanNanoseconds = mean,
            LatencyMaxNanoseconds = long.MaxValue,
            TailPerMillion = 1_000,
            TailNanoseconds = 5 * Second,
        });
    }

    private static (string, Func<LinkOptions, LinkOptions>) Segments(RandomSource chance)
    {
        int[] sizes = [1, 2, 3, 16, 536, 1_460, 65_535];
        var size = sizes[chance.Uniform(0, sizes.Length - 1)];
        return ($"segments of 1 to {size} bytes", options => options with { SegmentBytesMin = 1, SegmentBytesMax = size });
    }

    private static (string, Func<LinkOptions, LinkOptions>) Bandwidth(RandomSource chance)
    {
        long[] rates = [1_000, 10_000, 100_000, 1_000_000, 0];
        var rate = rates[chance.Uniform(0, rates.Length - 1)];
        var buffer = (int)chance.Uniform(4 * 1024, 1024 * 1024);
        return ($"{(rate == 0 ? "no limit of" : $"{rate} B/s of")} bandwidth, send buffers of {buffer} bytes",
            options => options with { BytesPerSecond = rate, SendBufferBytes = buffer });
    }

    private static (string, Func<LinkOptions, LinkOptions>) GiveUp(RandomSource chance)
    {
        long[] times = [90 * Second, 450 * Second, 900 * Second];
        var time = times[chance.Uniform(0, times.Length - 1)];
        return ($"systems give up after {Readable.Time(time)}", options => options with { GiveUpNanoseconds = time });
    }

    private static (string, Func<LinkOptions, LinkOptions>) IdleDrop(RandomSource chance)
    {
        var idle = chance.Uniform(30 * Second, 600 * Second);
        return ($"connections that are idle for {Readable.Time(idle)} are forgotten", options => options with { IdleDropNanoseconds = idle });
    }

    /// <summary>The mean time between clogs of any direction of any link, from a share of each second up to 2 %.</summary>
    private long Clogs(RandomSource chance)
    {
        var perMillion = chance.Uniform(0, 20_000);
        var directions = _world.Links.All.Count * 2L;
        return perMillion == 0 ? 0 : Second * 1_000_000 / (perMillion * Math.Max(1, directions)) is var mean and > 0 ? mean : 1;
    }

    private void Clog(RandomSource chance) => _world.Faults.Start(new ClogFault
    {
        Link = AnyDirection(chance),
        Id = NewId("N4"),
        For = new Duration(Until(chance.Exponential(chance.Uniform(0, 5 * Second)))),
    });

    private void Part(RandomSource chance)
    {
        string[] nodes = [.. _world.Brokers.Select(broker => broker.Name), .. _world.Clients.Select(client => client.Name)];
        var mode = chance.Uniform(0, 2);
        var time = Until(chance.Uniform(200 * Millisecond, 60 * Second));
        if (mode == 2)
        {
            Swizzle(chance, time);
            return;
        }

        string[] side = mode == 0 ? [Any(chance, nodes)] : [.. nodes.Where(_ => chance.Chance(1, 2))];
        if (side.Length == 0 || side.Length == nodes.Length) return;
        _world.Faults.Start(new PartitionFault { Nodes = side, OneWay = chance.Chance(1, 2), Id = NewId("N5"), For = new Duration(time) });
    }

    /// <summary>Stalls links one by one, and lets them go in another order.</summary>
    private void Swizzle(RandomSource chance, long time)
    {
        foreach (var link in _world.Links.All.Where(_ => chance.Chance(1, 2)).ToArray())
        {
            var (id, from, to) = (NewId("N5"), chance.Uniform(0, time / 2), chance.Uniform(time / 2, time));
            var text = $"{link.Client.Name}<->{link.Broker.Name}";
            _world.Script.Later(
                from, () => _world.Faults.Start(new ClogFault { Link = text, Id = id, For = new Duration(to - from) }), extends: false);
        }
    }

    private void HalfOpen(RandomSource chance) => _world.Faults.Start(new HalfOpenFault
    {
        Link = AnyLink(chance),
        Id = NewId("N6"),
        For = new Duration(Until(chance.Uniform(Second, 120 * Second))),
    });

    private void Break(RandomSource chance)
    {
        var (link, id) = (AnyDirection(chance), NewId("N7"));
        var bytes = chance.Chance(1, 2) ? new ByteSize(chance.Uniform(1, 200)) : (ByteSize?)null;
        _world.Faults.Start(chance.Uniform(0, 2) switch
        {
            0 => new ResetFault { Link = link, Id = id, AfterBytes = bytes },
            1 => new FinFault { Link = link, Id = id, AfterBytes = bytes },
            _ => new HalfCloseFault { Link = link, Id = id },
        });
    }

    private void Refuse(RandomSource chance)
    {
        var (link, id) = (AnyLink(chance), NewId("N8"));
        var time = new Duration(Until(chance.Uniform(100 * Millisecond, 10 * Second)));
        _world.Faults.Start(chance.Chance(1, 2) ? new RefuseFault { Link = link, Id = id, For = time } : new HangFault { Link = link, Id = id, For = time });
        if (chance.Chance(1, 2)) _world.Faults.Start(new ResetFault { Link = link, Id = NewId("N8") });  // somebody has to ask for a connection
    }

    private void Rebind(RandomSource chance) => _world.Faults.Start(new RebindFault { Link = AnyLink(chance), Id = NewId("N9") });

    private void Corrupt(RandomSource chance) => _world.Faults.Start(new CorruptFault
    {
        Link = AnyLink(chance),
        Id = NewId("N11"),
        Rate = new Ratio(chance.Uniform(100, 10_000), 1_000_000),
        For = new Duration(Until(chance.Uniform(Second, 10 * Second))),
    });

    /// <summary>A client's old path goes dead, and it comes back on a new one (N10).</summary>
    private void Move(RandomSource chance)
    {
        var client = AnyClient(chance);
        if (client.Model.Core.State != Client.ClientState.Connected) return;
        _world.Faults.Start(new HalfOpenFault
        {
            Link = $"{client.Name}->{client.Broker.Name}",
            Id = NewId("N10"),
            For = new Duration(Until(chance.Uniform(Second, 120 * Second))),
        });
        var link = client.LinkFrom(NewId("n10"));
        client.Model.Do(() => client.Model.Connect(client.Node.CleanStart, link));
    }

    private string AnyLink(RandomSource chance)
    {
        var client = AnyClient(chance);
        return $"{client.Name}->{client.Broker.Name}";
    }

    private string AnyDirection(RandomSource chance)
    {
        var client = AnyClient(chance);
        return chance.Chance(1, 2) ? $"{client.Name}->{client.Broker.Name}" : $"{client.Broker.Name}->{client.Name}";
    }
}
