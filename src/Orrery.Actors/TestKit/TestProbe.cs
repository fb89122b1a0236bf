using Orrery.Actors.Extensions;

namespace Orrery.Actors.TestKit;

/// <summary>An actor that keeps what it is told, for a test to look at.</summary>
public sealed class TestProbe
{
    private readonly DeterministicSystem _host;
    private readonly Queue<Envelope> _messages = new();

    internal TestProbe(DeterministicSystem host, string? name)
    {
        _host = host;
        Ref = host.System.ActorOf(Props.Create(() => new ProbeActor(_messages)), name);
        // So that what a test does with the reference does not depend on whether the probe has had a turn.
        host.Run();
    }

    /// <summary>The probe's reference.</summary>
    public IActorRef Ref { get; }

    /// <summary>The sender of the message that the last expectation returned.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    /// <summary>Whether a message is waiting, after all actors have come to rest.</summary>
    public bool HasMessages
    {
        get
        {
            _host.Run();
            return _messages.Count > 0;
        }
    }

    /// <summary>Tells an actor something in the probe's name.</summary>
    /// <param name="target">The actor.</param>
    /// <param name="message">The message.</param>
    public void Send(IActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Tell(message, Ref);
    }

    /// <summary>Answers <see cref="LastSender"/>.</summary>
    /// <param name="message">The answer.</param>
    public void Reply(object message) => LastSender.Tell(message, Ref);

    /// <summary>Has the probe watch an actor.</summary>
    /// <param name="target">The actor.</param>
    public void Watch(IActorRef target)
    {
        Ref.Tell(new ProbeActor.WatchRequest(target, true), ActorRefs.NoSender);
        _host.Run();
    }

    /// <summary>Has the probe no longer watch an actor.</summary>
    /// <param name="target">The actor.</param>
    public void Unwatch(IActorRef target)
    {
        Ref.Tell(new ProbeActor.WatchRequest(target, false), ActorRefs.NoSender);
        _host.Run();
    }

    /// <summary>The next message, of whatever type.</summary>
    /// <returns>The message.</returns>
    /// <exception cref="TestProbeException">There is none.</exception>
    public object ReceiveOne()
    {
        _host.Run();
        if (!_messages.TryDequeue(out var envelope)) throw new TestProbeException("Expected a message, but none came.");
        LastSender = envelope.Sender ?? _host.System.DeadLetters;
        return envelope.Message;
    }

    /// <summary>The next messages.</summary>
    /// <param name="numberOfMessages">How many.</param>
    /// <returns>In order.</returns>
    /// <exception cref="TestProbeException">There are fewer.</exception>
    public IReadOnlyList<object> ReceiveN(int numberOfMessages)
    {
        var messages = new List<object>();
        for (var i = 0; i < numberOfMessages; i++)
        {
            messages.Add(ReceiveOne());
        }

        return messages;
    }

    /// <summary>The next message, which must be of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>The message.</returns>
    /// <exception cref="TestProbeException">There is none, or it is something else.</exception>
    public T ExpectMsg<T>() => ReceiveOne() is var message && message is T typed
        ? typed
        : throw new TestProbeException($"Expected a {typeof(T).Name}, but got {message}.");

    /// <summary>The next message, which must equal another.</summary>
    /// <param name="message">What it must equal.</param>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>The message.</returns>
    /// <exception cref="TestProbeException">There is none, or it is something else.</exception>
    public T ExpectMsg<T>(T message)
    {
        var got = ExpectMsg<T>();
        return EqualityComparer<T>.Default.Equals(got, message)
            ? got
            : throw new TestProbeException($"Expected {message}, but got {got}.");
    }

    /// <summary>The next message, for which a predicate must hold.</summary>
    /// <param name="isMessage">The predicate.</param>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>The message.</returns>
    /// <exception cref="TestProbeException">There is none, or it is something else.</exception>
    public T ExpectMsg<T>(Predicate<T> isMessage)
    {
        ArgumentNullException.ThrowIfNull(isMessage);
        var got = ExpectMsg<T>();
        return isMessage(got) ? got : throw new TestProbeException($"The predicate does not hold for {got}.");
    }

    /// <summary>The next message, which must be the end of a watched actor.</summary>
    /// <param name="target">The actor.</param>
    /// <returns>The message.</returns>
    /// <exception cref="TestProbeException">There is none, or it is something else.</exception>
    public Terminated ExpectTerminated(IActorRef target) => ExpectMsg<Terminated>(message => message.ActorRef.Equals(target));

    /// <summary>Checks that nothing came, now that all actors are at rest.</summary>
    /// <exception cref="TestProbeException">Something came.</exception>
    public void ExpectNoMsg()
    {
        _host.Run();
        if (_messages.TryPeek(out var envelope)) throw new TestProbeException($"Expected no message, but got {envelope.Message}.");
    }

    /// <summary>Checks that nothing comes while time passes.</summary>
    /// <param name="duration">How long.</param>
    /// <exception cref="TestProbeException">Something came.</exception>
    public void ExpectNoMsg(TimeSpan duration)
    {
        ExpectNoMsg();
        _host.Scheduler.Advance(duration);
        ExpectNoMsg();
    }

    private sealed class ProbeActor(Queue<Envelope> messages) : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is WatchRequest request)
            {
                if (request.IsStart) Context.Watch(request.Target);
                else Context.Unwatch(request.Target);
            }
            else
            {
                messages.Enqueue(new Envelope(message, Sender));
            }

            return true;
        }

        public sealed record WatchRequest(IActorRef Target, bool IsStart);
    }
}

/// <summary>An expectation of a probe was not met.</summary>
/// <param name="message">What was expected, and what came.</param>
public sealed class TestProbeException(string message) : Exception(message);
