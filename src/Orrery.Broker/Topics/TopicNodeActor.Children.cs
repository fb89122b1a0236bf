using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Mqtt;

namespace Orrery.Broker.Topics;

internal partial class TopicNodeActor
{
    private const byte SingleLevelWildcard = (byte)'+';
    private const byte MultiLevelWildcard = (byte)'#';

    private TopicNode? FindChild(ReadOnlySpan<byte> level)
    {
        var view = _node.View.Value;
        if (level is [SingleLevelWildcard]) return view.SingleLevelChild;
        if (view.Children is null) return null;
        return view.Children.TryGet(Hashing.Hash(level), level, out var child) ? child : null;
    }

    private TopicNode GetOrAddChild(ReadOnlySpan<byte> level) => FindChild(level) ?? AddChild(level);

    private TopicNode AddChild(ReadOnlySpan<byte> level)
    {
        var child = _node.CreateChild(level, _nextChildIndex++);
        child.Actor = Context.ActorOf(Props.Create(child.CreateActor), TopicActorName.Of(level, child.Index));

        // The child is empty yet: readers may meet it before anything is sent to it.
        var view = _node.View.Value;
        if (level is [SingleLevelWildcard])
        {
            _node.View.Publish(view with { SingleLevelChild = child });
            return child;
        }

        if (view.Children is null)
        {
            view = view with { Children = new PublishedMap<TopicNode>() };
            _node.View.Publish(view);
        }

        view.Children.Add(child.Hash, child.Level, child);
        _childCount++;
        return child;
    }

    private void Send(TopicNode child, object message)
    {
        child.SentCount++;
        child.Actor.Tell(message, Sender);
    }

    private void OnNodeIdle(TopicNodeProtocol.NodeIdle idle)
    {
        // If more was sent than it knew of, it handles that first and asks again if it still holds nothing.
        if (idle.Node.IsRemoved || idle.Node.SentCount != idle.HandledCount) return;

        Remove(idle.Node);
        Context.Stop(idle.Node.Actor);
        SchedulePublication();                              // this node may hold nothing now
    }

    private void Remove(TopicNode child)
    {
        child.IsRemoved = true;
        var view = _node.View.Value;
        if (ReferenceEquals(view.SingleLevelChild, child))
        {
            _node.View.Publish(view with { SingleLevelChild = null });
            return;
        }

        _childCount--;
        if (_childCount == 0)
        {
            _node.View.Publish(view with { Children = null });
            return;
        }

        view.Children!.Remove(child.Hash, child.Level);
    }
}
