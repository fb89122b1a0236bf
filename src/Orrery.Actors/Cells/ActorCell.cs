using System.Runtime.CompilerServices;
using Orrery.Actors.Production;

namespace Orrery.Actors.Cells;

/// <summary>An actor's place in the system: reference, context, mailbox and life cycle in one object.</summary>
/// <remarks>
/// One object, since most actors of a broker are idle most of the time and each further object costs 24 bytes.
/// <see cref="Tell"/>, <see cref="SendSystemMessage"/> and <see cref="Stop()"/> may be called by any thread. All else
/// happens on the actor's turn, which one thread at a time gives it (<see cref="Run"/>).
/// </remarks>
internal sealed partial class ActorCell : InternalActorRef, IUntypedActorContext, IThreadPoolWorkItem
{
    // After so many messages of one turn, an actor that waits for this thread is offered to the others.
    private const int PatienceMessages = 16;

    private readonly Dispatcher _dispatcher;
    private readonly InternalActorRef _parent;
    private readonly int _uid;
    private readonly Props _props;
    private ActorBase? _actor;
    private CellExtras? _extras;
    private Mailbox _mailbox;
    private byte _suspensions;
    private bool _isCreated;
    private bool _isStoppingForParent;

    public ActorCell(Dispatcher dispatcher, Props props, InternalActorRef parent, string name)
    {
        _dispatcher = dispatcher;
        _props = props;
        _parent = parent;
        Name = name;
        _uid = dispatcher.System.NextUid();
        _mailbox.Start();
    }

    public string Name { get; }

    public override ActorPath Path => new(_parent.Path, Name, _uid);

    internal override ActorSystem System => _dispatcher.System;

    internal override int Uid => _uid;

    /// <summary>Whether the actor has stopped for good. For the thread that runs it.</summary>
    internal bool IsTerminated => _mailbox.IsClosed;

    /// <summary>Whether messages wait, of actors or of the runtime. For the thread that drives a deterministic system.</summary>
    internal bool HasMessages => _mailbox.HasMessages;

    /// <summary>The dispatcher that gives this actor its turns.</summary>
    internal Dispatcher Dispatcher => _dispatcher;

    /// <summary>The class of the current instance, for reports.</summary>
    internal Type ActorType => _actor?.GetType() ?? typeof(ActorBase);

    /// <summary>Whether the actor is in its constructor or inside Become, where handlers may be named.</summary>
    internal bool IsConfiguring { get; set; }

    /// <summary>The sender of the message in hand; dead letters outside of the actor's turn.</summary>
    internal IActorRef CurrentSender
    {
        get
        {
            var thread = ActorThread.Current;
            return ReferenceEquals(thread.Cell, this) && thread.Sender is { } sender ? sender : System.DeadLetters;
        }
    }

    private CellExtras Extras => _extras ??= new CellExtras();

    private bool IsSuspended => _suspensions != 0;

    public override void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        switch (_mailbox.Enqueue(message, sender, _props.MailboxCapacity))
        {
            case Mailbox.Outcome.AcceptedAndReady:
                _dispatcher.Schedule(this);
                break;
            case Mailbox.Outcome.Closed or Mailbox.Outcome.Full:
                _dispatcher.System.DeadLetterRef.Publish(message, sender, this);
                break;
        }
    }

    /// <summary>Runs the actor as a work item of the thread pool.</summary>
    void IThreadPoolWorkItem.Execute() => ((PoolDispatcher)_dispatcher).Execute(this);

    /// <summary>Gives a new actor its first turn, on which it is made.</summary>
    internal void Start() => _dispatcher.Schedule(this);

    internal override void SendSystemMessage(SystemMessage message)
    {
        switch (_mailbox.EnqueueSystem(message))
        {
            case Mailbox.Outcome.AcceptedAndReady:
                _dispatcher.Schedule(this);
                break;
            case Mailbox.Outcome.Closed:
                AnswerForTheDead(message);
                break;
        }
    }

    internal override void Stop() => SendSystemMessage(new Terminate());

    internal void Suspend() => SendSystemMessage(new Suspend());

    internal void Resume(Exception? cause) => SendSystemMessage(new Resume(cause));

    internal void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    /// <summary>One turn: handles messages until none is left or enough have been handled.</summary>
    /// <param name="thread">The thread that gives the turn; no other may until this returns.</param>
    /// <param name="throughput">Plain messages to handle at most.</param>
    /// <returns>True if messages are left; then the caller must arrange for the next turn.</returns>
    internal bool Run(ActorThread thread, int throughput) => Run(thread, throughput, default(Unwatched));

    /// <summary>One turn that is watched. A struct as the watch makes this a method of its own for each kind: nobody else pays for it.</summary>
    /// <inheritdoc cref="Run(ActorThread, int)"/>
    internal bool Run<TWatch>(ActorThread thread, int throughput, TWatch watch)
        where TWatch : struct, ITurnWatch
    {
        thread.Cell = this;
        var handled = 0;
        var patience = PatienceMessages;
        var wantsMore = false;
        while (true)
        {
            if (_mailbox.HasSystemMessages)
            {
                HandleSystemMessages(watch);
                if (_mailbox.IsClosed) break;
            }

            if (handled == throughput)
            {
                wantsMore = !_mailbox.TryRest(thread, IsSuspended);
                break;
            }

            var found = _mailbox.Take(thread, IsSuspended, out var envelope);
            if (found == Mailbox.Found.Nothing) break;
            if (found == Mailbox.Found.SystemMessages) continue;

            handled++;
            watch.OnMessage(this, envelope.Message, envelope.Sender);
            Invoke(thread, envelope.Message, envelope.Sender);
            if (thread.EndsTurn)
            {
                thread.EndsTurn = false;
                throughput = handled;
            }

            if (thread.RunNext is not null && --patience == 0)
            {
                patience = PatienceMessages;
                PoolDispatcher.OfferToOthers(thread);
            }
        }

        thread.Cell = null;
        thread.Handled += handled;
        return wantsMore;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Invoke(ActorThread thread, object message, IActorRef? sender)
    {
        thread.Message = message;
        thread.Sender = sender;
        thread.IsStashed = false;
        try
        {
            Receive(thread, message);
        }
#pragma warning disable CA1031 // Whatever an actor throws is its supervisor's to judge.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Fail(cause, this, thread.Message);
        }

        thread.Message = null;
        thread.Sender = null;
    }

    private void Receive(ActorThread thread, object message)
    {
        if (message is IAutoReceivedMessage)
        {
            if (AutoReceive(message) is not { } rest) return;
            message = rest;
            thread.Message = rest;
        }

        var extras = _extras;
        var handled = extras?.Behaviours is { Count: > 0 } behaviours
            ? behaviours.Peek()(message)
            : _actor!.InvokeReceive(message);
        if (!handled) _actor!.InvokeUnhandled(message);
        if (extras is not null) _extras!.ReceiveTimeout?.NoteActivity(message);
    }

    /// <summary>Does what a message asks of the runtime.</summary>
    /// <returns>What is left for the behaviour; null for nothing.</returns>
    private object? AutoReceive(object message)
    {
        switch (message)
        {
            case ActorTimer timer:
                return timer.Accept();
            case ReceiveTimeoutTimer timeout:
                return timeout.Accept();
            case Terminated terminated:
                return AcceptTerminated(terminated);
            case PoisonPill:
                Stop();
                return null;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                CurrentSender.Tell(new ActorIdentity(identify.MessageId, this), this);
                return null;
            default:
                return message;
        }
    }

    private void HandleSystemMessages<TWatch>(TWatch watch)
        where TWatch : struct, ITurnWatch
    {
        for (var message = _mailbox.TakeSystemMessages(); message is not null || !_isCreated;)
        {
            if (!_isCreated)
            {
                _isCreated = true;
                Create();
                continue;
            }

            var next = message!.Next;
            message.Next = null;
            watch.OnMessage(this, message, null);
            if (_mailbox.IsClosed)
            {
                AnswerForTheDead(message);
            }
            else
            {
                HandleSystemMessage(message);
            }

            message = next;
        }
    }

    private void HandleSystemMessage(SystemMessage message)
    {
        try
        {
            switch (message)
            {
                case Watch watch: AddWatcher(watch.Watcher); break;
                case Unwatch unwatch: RemoveWatcher(unwatch.Watcher); break;
                case DeathWatchNotification notification: OnDeath(notification); break;
                case Failed failed: OnChildFailed(failed); break;
                case Cells.Suspend: OnSuspend(); break;
                case Resume resume: OnResume(resume.Cause); break;
                case Recreate recreate: OnRecreate(recreate.Cause); break;
                case Terminate: OnTerminate(); break;
            }
        }
#pragma warning disable CA1031 // Also a supervisor's decider, or a hook, may throw: its own supervisor judges that.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            Fail(cause, this, null);
        }
    }

    /// <summary>Answers a message of the runtime that came after the end.</summary>
    private void AnswerForTheDead(SystemMessage message)
    {
        if (message is Watch watch)
        {
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: true));
        }
    }
}
