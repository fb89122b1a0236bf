using Orrery.Simulation.Kernel;
using Orrery.Simulation.Network;

namespace Orrery.Simulation.Tests.Network;

public sealed class EtherTests
{
    [Fact]
    public void C6_In_a_disturbed_run_every_spare_byte_is_poison()
    {
        var ether = Ether.Of(new SimulationKernel(new KernelOptions { Disturb = () => { } }));
        var output = ether.TakeOutput();
        Assert.Equal(-1, output.GetSpan().IndexOfAnyExcept(Ether.Poison));      // a new one

        output.GetSpan()[..7].Clear();
        output.Advance(7);
        ether.Return(output);
        var segment = ether.Take(SegmentKind.Data, [1, 2, 3]);
        ether.Return(segment);

        Assert.Same(output, ether.TakeOutput());
        Assert.Equal(-1, output.GetSpan().IndexOfAnyExcept(Ether.Poison));
        Assert.Equal(-1, segment.Buffer.AsSpan().IndexOfAnyExcept(Ether.Poison));
    }

    [Fact]
    public void An_undisturbed_run_leaves_what_is_spare_as_it_is()
    {
        var ether = Ether.Of(new SimulationKernel(new KernelOptions()));
        var output = ether.TakeOutput();
        output.GetSpan()[0] = 7;
        output.Advance(1);
        ether.Return(output);

        Assert.Equal(7, ether.TakeOutput().GetSpan()[0]);
    }
}
