using System.Text;
using Orrery.Mqtt.Packets;
using Orrery.Mqtt.Topics;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Expectations;

// What clients' applications got.
internal sealed partial class ClaimChecks
{
    private IEnumerable<Finding> CheckDelivered(Claim claim, DeliveredExpectation expected)
    {
        var pattern = expected.Delivered;
        var all = view.Deliveries.Where(delivery => IsOf(delivery, pattern)).ToList();
        var seen = all.FindAll(claim.Covers);
        if (!expected.ExactlyOnce && !expected.AtLeastOnce && expected is not { Order: not null, Times: null } && !claim.Allows(seen.Count))
        {
            var outside = all.Count == seen.Count ? "" : $"; {all.Count - seen.Count} more came at {Say.Times(all.Except(seen))}";
            var when = seen.Count == 0 ? "" : $" (at {Say.Times(seen)})";
            yield return claim.Fail(
                $"{Who(pattern)} got {What(pattern)} {Say.Count(seen.Count, "time")}{when}{outside}; it should have been{claim.Window} {claim.Often}.",
                [.. claim.Anchor, .. (seen.Count == 0 ? all : seen).Take(ShownMax)]);
        }

        if (expected.ExactlyOnce || expected.AtLeastOnce)
        {
            foreach (var finding in CheckEach(claim, expected, seen)) yield return finding;
        }

        if (expected.Order is not null)
        {
            foreach (var finding in CheckOrder(claim, seen)) yield return finding;
        }
    }

    /// <summary>Counts what came of each message that was published, as often as its payload was.</summary>
    private IEnumerable<Finding> CheckEach(Claim claim, DeliveredExpectation expected, List<HistoryEvent> seen)
    {
        var got = seen.GroupBy(delivery => view.ContentOf(((PublishPacket)delivery.Packet!.Packet).Message)).Where(group => group.Key is not null)
            .ToDictionary(group => group.Key!, group => group.ToList());
        var wrong = new List<(Content Content, int Published, List<HistoryEvent> Got)>();
        foreach (var content in view.Contents.Where(content => content.Publications.Count > 0 && Matches(content.Sample, expected.Delivered)))
        {
            var published = content.Publications.Count(publication => publication.Sends[0].Sent.Nanoseconds <= claim.To && Matches(publication, expected.Delivered));
            var copies = got.GetValueOrDefault(content) ?? [];
            if (published == 0 ? copies.Count > 0 && expected.ExactlyOnce : copies.Count < published || (expected.ExactlyOnce && copies.Count > published))
                wrong.Add((content, published, copies));
        }

        if (wrong.Count == 0) yield break;
        var (first, times, events) = wrong[0];
        var more = wrong.Count == 1 ? "" : $" The same goes for {Say.Count(wrong.Count - 1, "other")}.";
        yield return claim.Fail(
            $"{Who(expected.Delivered)} got {first} {Say.Count(events.Count, "time")}{(events.Count == 0 ? "" : $" (at {Say.Times(events)})")}, and it was published {Say.Count(times, "time")} (at {Say.Times(first.Publications.Select(publication => publication.Sends[0].Sent))}).{more}",
            [.. claim.Anchor, .. wrong.Take(ShownMax).SelectMany(entry => entry.Content.Publications.Select(publication => publication.Sends[0].Sent).Concat(entry.Got).Take(ShownMax))]);
    }

    /// <summary>First deliveries come as their publisher sent them, for each client, publisher, topic and QoS.</summary>
    private IEnumerable<Finding> CheckOrder(Claim claim, List<HistoryEvent> seen)
    {
        var latest = new Dictionary<(string, string, string, int), (Publication Publication, HistoryEvent Event)>();
        var known = new HashSet<(string, Publication)>();
        foreach (var delivery in seen)
        {
            var packet = (PublishPacket)delivery.Packet!.Packet;
            if (view.ContentOf(packet.Message)?.Only is not { } publication || !known.Add((delivery.Node, publication))) continue;
            var key = (delivery.Node, publication.Client, publication.Content.Topic, (int)packet.Message.QoS);
            if (latest.TryGetValue(key, out var before) && before.Publication.Sends[0].Sent.Index > publication.Sends[0].Sent.Index)
            {
                yield return claim.Fail(
                    $"{delivery.Node} got {publication} at {Say.Time(delivery)}, behind {before.Publication} at {Say.Time(before.Event)}; {publication.Client} sent it before.",
                    [publication.Sends[0].Sent, before.Publication.Sends[0].Sent, before.Event, delivery]);
                yield break;
            }

            latest[key] = (publication, delivery);
        }
    }

    private static bool IsOf(HistoryEvent delivery, MessagePattern pattern)
    {
        if (pattern.Client is { } client && !IsClient(delivery.Node, client)) return false;
        var message = ((PublishPacket)delivery.Packet!.Packet).Message;
        return Matches(message, pattern) && (pattern.QoS is null || (int)message.QoS == pattern.QoS) && (pattern.Retain is null || message.Retain == pattern.Retain)
            && (pattern.Expiry is null || message.Properties?.MessageExpiryIntervalSeconds == WorldOptions.Seconds(pattern.Expiry.Value));
    }

    // A publication may be granted less than it was published with, so only its topic and payload count.
    private static bool Matches(Publication publication, MessagePattern pattern) => Matches(publication.Packet.Message, pattern);

    private static bool Matches(ApplicationMessage message, MessagePattern pattern)
    {
        if (pattern.Topic is { } topic && !TopicFilter.Parse(topic).Matches(message.Topic)) return false;
        return pattern.Payload is not { } payload || message.Payload.Span.SequenceEqual(Encoding.UTF8.GetBytes(payload));
    }

    private static string Who(MessagePattern pattern) => pattern.Client ?? "The clients";

    private static string What(MessagePattern pattern) =>
        (pattern.Payload is null ? "messages" : $"'{pattern.Payload}'") + (pattern.Topic is null ? "" : $" of {pattern.Topic}");
}
