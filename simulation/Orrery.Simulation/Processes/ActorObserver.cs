using Orrery.Actors;
using Orrery.Actors.Extensions;
using Orrery.Simulation.Kernel;

namespace Orrery.Simulation.Processes;

/// <summary>Takes each message that an actor of a process handles, and each of its draws, into the hash of the run.</summary>
/// <remarks>
/// The hash takes who, from whom and the type. What a message says is not hashed here: it was hashed where it came into the
/// process, as bytes, and is again where it leaves. In the traced interval every field is written down, and each message counts
/// as a cause of what its actor does next.
/// </remarks>
internal sealed class ActorObserver(SimulationKernel kernel, string process) : IDeterministicObserver
{
    private readonly Dictionary<int, string> _paths = [];       // looked up, never enumerated; only while causes are kept
    private readonly Dictionary<int, CauseList> _latest = [];   // what each actor did last in the present event
    private long _event = -1;

    /// <inheritdoc/>
    public void OnMessage(in ObservedMessage message)
    {
        var type = message.Message.GetType();
        kernel.Add(((ulong)(uint)message.ReceiverId << 32) | (uint)message.SenderId);
        kernel.Add(kernel.HashOf(type));
        if (kernel.KeepsCauses) Explain(message, type);
    }

    /// <inheritdoc/>
    public void OnDraw(string stream, ulong value) => kernel.Observe(process, stream, "bits", value);

    private void Explain(in ObservedMessage message, Type type)
    {
        if (_event != kernel.EventCount)
        {
            _event = kernel.EventCount;
            _latest.Clear();
        }

        // A message without a sender among the actors comes from what the event brought.
        var causes = _latest.GetValueOrDefault(message.SenderId) ?? kernel.EventCauses;
        var receiver = PathOf(message.ReceiverId, message.Receiver);
        kernel.Causes = causes;
        if (kernel.IsTraced)
        {
            kernel.Note(receiver, type.Name, "sender", message.Sender is { } sender ? PathOf(message.SenderId, sender) : "none");
            foreach (var (field, text) in FieldText.Of(message.Message))
            {
                kernel.Note(receiver, type.Name, field, text);
            }
        }

        kernel.Causes = CauseList.After(new Cause(kernel.EventCount, kernel.NowNanoseconds, receiver, type.Name), causes);
        _latest[message.ReceiverId] = kernel.Causes;
    }

    private string PathOf(int id, IActorRef actor)
    {
        if (_paths.TryGetValue(id, out var path)) return path;
        path = process + actor.Path.ToStringWithoutAddress();
        if (id != 0) _paths.Add(id, path);
        return path;
    }
}
