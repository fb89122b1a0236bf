using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Broker.Topics;
using Orrery.Mqtt;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;

namespace Orrery.Broker.Tests.Topics;

/// <summary>Sessions that change one small tree at the same time, in thousands of different orders.</summary>
public class TopicTreeRaceTests
{
    private const int StepsEach = 14;

    private static readonly string[] Filters = ["a", "a/b", "a/+", "a/#", "+", "+/b", "#"];
    private static readonly string[] Topics = ["a", "a/b", "a/b/c"];

    [Theory]
    [InlineData(1, 1_500)]
    [InlineData(2, 1_500)]
    [InlineData(3, 1_500)]
    public void Each_answer_is_true_from_then_on_and_nothing_is_lost_or_left(int sessionCount, int seeds)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var order = seed % 4 == 0 ? DispatchOrder.PriorityChanges : DispatchOrder.SeededRandom;
            var world = new TopicWorld(seed: (ulong)seed, order: order);
            var scripts = Enumerable.Range(0, sessionCount).Select(index => new Script(world.Tree, $"{index}", seed * 10 + index)).ToArray();
            foreach (var script in scripts)
            {
                world.ActorOf(Props.Create(() => new ScriptedActor(script)));
            }

            world.Run();

            var context = $"seed {seed}";
            foreach (var script in scripts)
            {
                Assert.True(script.Faults.Count == 0, $"{context}: {string.Join("; ", script.Faults)}");
                Assert.True(script.IsDone, $"{context}: session {script.ClientId} got no answer at step {script.Step}");
            }

            // Every script ends with taking everything back.
            Assert.True(world.NodeCount == 1, $"{context}: {world.NodeCount - 1} nodes are left");
            Assert.Equal(new TopicTreeCounters(0, 0, 0), world.Tree.Counters);
        }
    }

    /// <summary>What one session does, a step when the one before was answered, and what it must find after each.</summary>
    private sealed class Script(TopicTree tree, string clientId, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<string> _subscribed = [];
        private readonly string _ownTopic = $"a/{clientId}/x";
        private string _ownPayload = "";
        private string _filter = "";

        public string ClientId { get; } = clientId;

        public List<string> Faults { get; } = [];

        public int Step { get; private set; }

        public bool IsDone { get; private set; }

        public void Next(IActorRef self)
        {
            Step++;
            if (Step > StepsEach)
            {
                TakeBack(self);
                return;
            }

            switch (_random.Next(6))
            {
                case 0:
                    _ownPayload = _random.Next(2) == 0 ? "" : $"{Step}";
                    tree.Root.Tell(new TopicProtocol.Retain(TopicWorld.Message(_ownTopic, _ownPayload), Step), self);
                    break;
                case 1 when _subscribed.Count > 0:
                case 2 when _subscribed.Count > 0:
                    _filter = _subscribed.Order(StringComparer.Ordinal).ElementAt(_random.Next(_subscribed.Count));
                    tree.Root.Tell(new TopicProtocol.Unsubscribe(self, Step, TopicFilter.Parse(_filter)), self);
                    break;
                default:
                    _filter = Filters[_random.Next(Filters.Length)];
                    var subscription = new Subscription(TopicFilter.Parse(_filter), QoS.AtMostOnce);
                    var entry = new SubscriberEntry(self, ClientId, Step, subscription, null);
                    tree.Root.Tell(new TopicProtocol.Subscribe(entry, subscription.Filter), self);
                    break;
            }
        }

        public void Check(object answer, IActorRef self)
        {
            switch (answer)
            {
                case TopicProtocol.Subscribed subscribed:
                    if (subscribed.Existed == _subscribed.Add(_filter)) Faults.Add($"step {Step}: Existed is {subscribed.Existed} for {_filter}");
                    break;
                case TopicProtocol.Unsubscribed unsubscribed:
                    if (unsubscribed.Existed != _subscribed.Remove(_filter)) Faults.Add($"step {Step}: Existed is {unsubscribed.Existed} for {_filter}");
                    break;
            }

            // Not only the last filter: what others do must take none of the earlier ones away.
            foreach (var topic in Topics)
            {
                var expected = _subscribed.Where(filter => TopicFilter.Parse(filter).Matches(TopicName.Parse(topic)));
                var actual = Matched(topic, self);
                if (!expected.ToHashSet().SetEquals(actual)) Faults.Add($"step {Step}: {topic} goes to {string.Join(' ', actual)}");
            }

            var retained = new List<ApplicationMessage>();
            tree.MatchRetained(TopicFilter.Parse(_random.Next(2) == 0 ? _ownTopic : $"+/{ClientId}/#"), retained);
            var payload = retained.Count == 0 ? "" : System.Text.Encoding.UTF8.GetString(retained[0].Payload.Span);
            if (payload != _ownPayload) Faults.Add($"step {Step}: '{payload}' is retained, not '{_ownPayload}'");
        }

        private List<string> Matched(string topic, IActorRef self)
        {
            var entries = new List<SubscriberEntry>();
            tree.Match(TopicName.Parse(topic), entries);
            return [.. entries.Where(entry => entry.Session.Equals(self)).Select(entry => entry.Subscription.Filter.ToString())];
        }

        private void TakeBack(IActorRef self)
        {
            if (_subscribed.Count > 0)
            {
                _filter = _subscribed.Order(StringComparer.Ordinal).First();
                tree.Root.Tell(new TopicProtocol.Unsubscribe(self, Step, TopicFilter.Parse(_filter)), self);
            }
            else if (_ownPayload.Length > 0)
            {
                _ownPayload = "";
                tree.Root.Tell(new TopicProtocol.Retain(TopicWorld.Message(_ownTopic, ""), Step), self);
            }
            else
            {
                IsDone = true;
            }
        }
    }

    private sealed class ScriptedActor(Script script) : UntypedActor
    {
        protected override void PreStart() => script.Next(Self);

        protected override void OnReceive(object message)
        {
            script.Check(message, Self);
            script.Next(Self);
        }
    }
}
