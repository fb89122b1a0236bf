using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Persistence;
using Orrery.Broker.Tests.World;
using Orrery.Mqtt;
using static Orrery.Broker.Persistence.StoreProtocol;

namespace Orrery.Broker.Tests.Persistence;

/// <summary>The store's actor before a store that answers when the test says so.</summary>
public class StoreActorTests
{
    private static readonly StoreFailure Full = new(StoreFailureKind.Full, "no space left on device");
    private static readonly StoreFailure SyncFailed = new(StoreFailureKind.Sync, "the disk did not sync");

    private readonly FakeStore _store;
    private readonly StoreHandle _handle = new();
    private readonly DeterministicSystem _host = DeterministicSystem.Create("store", new DeterministicOptions());
    private readonly IReadOnlyList<string> _log;
    private readonly Writer _one;
    private readonly Writer _two;
    private readonly Writer _broker;                    // hears of what was kept, and of failure
    private readonly StoredQueue _queue = new(StoredQueueKind.Session, "s");

    public StoreActorTests()
        : this(new FakeStore())
    {
    }

    [Fact]
    public void P1_Nothing_is_durable_before_the_store_says_so()
    {
        _one.Write(1, new StoreMutation.BeginQueue(_queue));

        Assert.NotNull(_store.Pending);
        Assert.Empty(_one.Heard);
        Finish();

        Assert.Equal([new Durable(1)], _one.Heard);
    }

    [Fact]
    public void What_comes_while_a_group_is_under_way_is_one_group_after_it()
    {
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        _one.Write(2, Add("a"));
        _two.Write(1, Add("b"));
        _one.Write(3, Add("c"));

        Finish();
        Assert.Equal([new Durable(1)], _one.Heard);
        Assert.Equal(3, _store.Pending!.Count);
        Assert.Empty(_two.Heard);
        Finish();

        Assert.Equal([new Durable(1), new Durable(3)], _one.Heard);     // one answer a group, with the largest token
        Assert.Equal([new Durable(1)], _two.Heard);
        Assert.Equal(2, _store.Commits);
    }

    [Fact]
    public void Where_each_write_wants_a_commit_it_gets_one()
    {
        _store.CommitsEachWrite = true;
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        _one.Write(2, Add("a"));
        _two.Write(1, Add("b"));
        _one.Read(_queue, number: 1);
        _one.Write(3, Add("c"));
        Finish();
        Finish();
        Assert.Equal([new Durable(1), new Durable(2)], _one.Heard);
        Finish();
        Assert.True(_store.IsReading);
        Finish();
        Assert.Equal(2, Assert.IsType<Page>(_one.Heard[^1]).Entries.Count);
        Finish();

        Assert.Equal([new Durable(1)], _two.Heard);
        Assert.Equal(4, _store.Commits);
    }

    [Fact]
    public void A_write_of_nothing_is_durable_once_all_before_it_is()
    {
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        _two.Write(1);

        Assert.Empty(_two.Heard);
        Finish();

        Assert.Equal([new Durable(1)], _two.Heard);
        Assert.Equal(1, _store.Commits);                // and needs none of its own
    }

    [Fact]
    public void Numbers_grow_in_the_order_of_the_writes_and_go_on_after_those_of_an_earlier_life()
    {
        var (first, second) = (Add("a"), Add("b"));
        _one.Write(1, new StoreMutation.BeginQueue(_queue), first);
        _two.Write(1, second);
        Finish();
        Finish();

        Assert.Equal((1, 1, 2), (_queue.Id, first.Message.Id, second.Message.Id));
        var again = new StoreActorTests(_store.Crash());
        var (other, third) = (new StoredQueue(StoredQueueKind.Session, "t"), new StoredMessage(Packets.Message("x", "c", QoS.AtLeastOnce)));
        again._one.Write(1, new StoreMutation.BeginQueue(other), new StoreMutation.AddMessage(third, [new QueueTarget(other, QoS.AtLeastOnce, false, null)]));
        Assert.Equal((2, 3), (other.Id, third.Id));
    }

    [Fact]
    public void What_is_about_a_queue_that_has_ended_is_left_out()
    {
        var other = new StoredQueue(StoredQueueKind.Session, "other");
        _one.Write(1, new StoreMutation.BeginQueue(_queue), new StoreMutation.BeginQueue(other), new StoreMutation.EndQueue(_queue));
        var message = new StoredMessage(Packets.Message("x", "a", QoS.AtLeastOnce));
        _two.Write(1,
            new StoreMutation.AddMessage(message, [Target(_queue), Target(other)]), Add("nobody's"),
            new StoreMutation.ClearWill(_queue), new StoreMutation.EndQueue(_queue),
            new StoreMutation.MoveMessage(Add("moved").Message, _queue, Target(other)), new StoreMutation.MoveMessage(message, other, Target(_queue)));
        _store.IsPrompt = true;
        Finish();

        Assert.Equal(["other"], _store.Model.QueueNames);
        Assert.Equal(
            [typeof(StoreMutation.AddMessage), typeof(StoreMutation.AddMessage), typeof(StoreMutation.RemoveMessage)],
            _store.Journal.Skip(3).Select(m => m.GetType()));
        Assert.Equal([new Durable(1)], _two.Heard);
    }

    [Fact]
    public void A_page_is_read_behind_the_writes_told_before_it_and_before_later_ones()
    {
        _one.Write(1, new StoreMutation.BeginQueue(_queue), Add("a"));
        _one.Write(2, Add("b"));
        _one.Read(_queue, number: 7);
        Finish();
        Assert.False(_store.IsReading);                 // "b" has yet to be kept
        Finish();
        Assert.True(_store.IsReading);
        _one.Write(3, Add("c"));
        Assert.Null(_store.Pending);
        Finish();

        var page = Assert.IsType<Page>(_one.Heard[^1]);
        Assert.Equal((7, 2), (page.Number, page.Entries.Count));
        Assert.NotNull(_store.Pending);
    }

    [Fact]
    public void P6_A_full_disk_is_tried_again_until_there_is_room()
    {
        _store.Failure = Full;
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        Finish();

        Assert.Equal([new Stalled(Full)], _one.Heard);
        Assert.Equal(StoreState.Full, _handle.Health.State);
        _two.Write(1, Add("later"));
        Assert.Equal([new Stalled(Full)], _two.Heard);
        Advance(1);
        Finish();
        Assert.Equal(StoreState.Full, _handle.Health.State);

        _store.Failure = null;
        Advance(0.999);
        Assert.Null(_store.Pending);
        Advance(0.001);
        Finish();
        Finish();

        Assert.Equal(StoreState.Working, _handle.Health.State);
        Assert.Equal([new Stalled(Full), new Durable(1)], _one.Heard);
        Assert.Equal([new Stalled(Full), new Durable(1)], _two.Heard);
        Assert.Equal(2, _log.Count);              // full once, room once
    }

    [Fact]
    public void P5_After_a_failed_sync_nothing_is_answered_ever()
    {
        _store.Failure = SyncFailed;
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        _two.Write(1, Add("a"));
        Finish();
        _store.Failure = null;
        _one.Write(2, Add("b"));
        Advance(100);

        Assert.Null(_store.Pending);
        Assert.Equal(0, _store.Commits);
        Assert.Equal(StoreState.Failed, _handle.Health.State);
        Assert.Equal([new Failed(SyncFailed)], _two.Heard);
        Assert.DoesNotContain(_one.Heard, m => m is Durable);
        Assert.Contains(new Failed(SyncFailed), _broker.Heard);
        Assert.Contains("did not sync", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public void Closing_keeps_what_was_told_before()
    {
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        _one.Write(2, Add("a"));
        _two.Tell(Close.Instance);
        Finish();
        Assert.False(_store.IsClosed);
        Finish();

        Assert.True(_store.IsClosed);
        Assert.Equal([Closed.Instance], _two.Heard);
        Assert.Equal(2, _store.Commits);
    }

    [Theory]
    [InlineData(StoreFailureKind.Full)]
    [InlineData(StoreFailureKind.InputOutput)]
    public void Closing_does_not_wait_for_a_disk_that_takes_nothing(StoreFailureKind kind)
    {
        _store.Failure = new StoreFailure(kind, "no");
        _one.Write(1, new StoreMutation.BeginQueue(_queue));
        Finish();

        _two.Tell(Close.Instance);

        Assert.Equal([Closed.Instance], _two.Heard);
    }

    private StoreActorTests(FakeStore store)
    {
        _store = store;
        store.IsPrompt = false;
        (_one, _two, _broker) = (new Writer(_host), new Writer(_host), new Writer(_host));
        using var lines = new LogLines("store");
        _log = lines.Lines;
        var (handle, broker, logger) = (_handle, _broker.Actor, lines.CreateLogger("store"));
        handle.Actor = _host.System.ActorOf(Props.Create(() => new StoreActor(store, handle, broker, broker, logger)));
        handle.Actor.Tell(Open.Instance, ActorRefs.NoSender);
        _host.Run();
        Assert.IsType<Opened>(_broker.Heard[^1]);
        foreach (var writer in new[] { _one, _two, _broker })
        {
            writer.Store = handle.Actor;
        }
    }

    private void Finish()
    {
        _store.Answer();
        _host.Run();
        Assert.Equal([], _host.Failures);
    }

    private void Advance(double seconds)
    {
        _host.Scheduler.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal([], _host.Failures);
    }

    private StoreMutation.AddMessage Add(string payload) =>
        new(new StoredMessage(Packets.Message("x", payload, QoS.AtLeastOnce)), [Target(_queue)]);

    private static QueueTarget Target(StoredQueue queue) => new(queue, QoS.AtLeastOnce, false, null);

    private sealed class Writer
    {
        private readonly DeterministicSystem _host;

        public Writer(DeterministicSystem host)
        {
            _host = host;
            var heard = Heard;
            Actor = host.System.ActorOf(Props.Create(() => new Ear(heard)));
        }

        public List<object> Heard { get; } = [];

        public IActorRef Actor { get; }

        public IActorRef Store { get; set; } = ActorRefs.Nobody;

        public void Write(long token, params StoreMutation[] mutations) => Tell(new Write(mutations, token));

        public void Read(StoredQueue queue, long number) => Tell(new ReadPage(queue, 0, 100, 1_000, number));

        public void Tell(object message)
        {
            Store.Tell(message, Actor);
            _host.Run();
        }

        private sealed class Ear(List<object> heard) : UntypedActor
        {
            protected override void OnReceive(object message) => heard.Add(message);
        }
    }
}
