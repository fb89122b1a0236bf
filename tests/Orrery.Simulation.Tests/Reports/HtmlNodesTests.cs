using Orrery.Mqtt.Packets;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Reports;

namespace Orrery.Simulation.Tests.Reports;

public sealed class HtmlNodesTests
{
    [Theory]
    [InlineData("dev[1]->b1", "dev[1]->b1")]
    [InlineData("b1->dev[1]", "dev[1]->b1")]
    [InlineData("dev<->b1", "dev[1]->b1", "dev[2]->b1")]
    [InlineData("client", "dev[1]->b1", "dev[2]->b1", "device->b1")]
    [InlineData("dev[2], device", "dev[2]->b1", "device->b1")]
    [InlineData("b1, dev[2]", "dev[1]->b1", "device->b1")]
    [InlineData("b1", "b1")]
    [InlineData("other->b1", "other->b1")]
    [InlineData("nobody, at all")]
    public void A_fault_is_at_work_on_the_lanes_that_its_name_stands_for(string name, params string[] lanes)
    {
        var run = new HandMadeRun();
        foreach (var client in new[] { "dev[1]", "dev[2]", "device" }) run.Open(client);
        run.Add(HistoryKind.FaultStarted, name, "clog");

        var nodes = HtmlNodes.Of(run.History.Events);

        Assert.Equal(lanes, nodes.TargetsOf(name).Select(lane => nodes.All[lane].Name));
        Assert.Equal(lanes.Length == 1 ? lanes[0] : "script", nodes.All[nodes.IndexOf(run.History.Events[^1])].Name);
    }

    [Fact]
    public void Who_asks_for_connections_is_a_client_whatever_happens_to_its_process()
    {
        var run = new HandMadeRun();
        run.Add(HistoryKind.ProcessStarted, "sensor");
        run.Add(HistoryKind.ProcessStarted, "b2");
        run.Add(HistoryKind.Step, "late");
        run.Open("sensor");
        run.Exchange("sensor#1", toBroker: true, PingReqPacket.Instance);

        Assert.Equal(
            [("sensor", HtmlNodeKind.Client), ("b1", HtmlNodeKind.Broker), ("sensor->b1", HtmlNodeKind.Link), ("b2", HtmlNodeKind.Broker), ("late", HtmlNodeKind.Client)],
            HtmlNodes.Of(run.History.Events).All.Select(node => (node.Name, node.Kind)));
    }

    [Fact]
    public void A_broker_that_connects_to_another_stays_a_broker()
    {
        var run = new HandMadeRun("parent");
        run.Open("child");
        var other = new HandMadeRun("child");
        other.Open("leaf");
        foreach (var happened in other.History.Events) run.History.Add(happened);

        Assert.Equal(
            ["child", "parent"], HtmlNodes.Of(run.History.Events).All.Where(node => node.Kind == HtmlNodeKind.Broker).Select(node => node.Name));
    }
}
