using Orrery.Actors;
using Orrery.Broker;

namespace Orrery.Server.Hosting;

/// <summary>One broker of a host, and when it has ended: because it was told to, or because it gave up.</summary>
internal sealed class RunningBroker(MqttBroker broker)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The broker.</summary>
    public MqttBroker Broker => broker;

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Watches the broker from now on.</summary>
    public void Watch(ActorSystem system) => system.ActorOf(Props.Create(() => new Watcher(broker.Actor, _ended)));

    /// <summary>Asks the broker; null if it ends before it answers.</summary>
    public async Task<T?> AskAsync<T>(object question)
        where T : class
    {
        var answer = broker.Actor.Ask<T>(question);
        return await Task.WhenAny(answer, Ended).ConfigureAwait(false) == answer ? await answer.ConfigureAwait(false) : null;
    }

    private sealed class Watcher(IActorRef actor, TaskCompletionSource ended) : UntypedActor
    {
        protected override void PreStart() => Context.Watch(actor);

        protected override void OnReceive(object message)
        {
            if (message is not Terminated) return;
            ended.TrySetResult();
            Context.Stop(Self);
        }
    }
}
