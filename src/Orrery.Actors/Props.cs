using System.Diagnostics.CodeAnalysis;

namespace Orrery.Actors;

/// <summary>How to make an actor: immutable, shareable, and used again for each restart.</summary>
public sealed class Props
{
    private readonly Func<ActorBase> _producer;
    private readonly Options _options;

    private Props(Func<ActorBase> producer, Options options)
    {
        _producer = producer;
        _options = options;
    }

    /// <summary>The dispatcher's id; <see cref="Dispatchers.DefaultDispatcherId"/> unless set.</summary>
    public string Dispatcher => _options.Dispatcher;

    /// <summary>The mailbox's id; empty is an unbounded mailbox.</summary>
    public string Mailbox => _options.Mailbox;

    /// <summary>The strategy for the actor's children; null leaves it to the actor.</summary>
    public SupervisorStrategy? SupervisorStrategy => _options.Strategy;

    /// <summary>Messages that the mailbox holds at most; 0 sets no limit.</summary>
    internal int MailboxCapacity => _options.Capacity;

    /// <summary>Makes actors by a factory.</summary>
    /// <param name="factory">Returns a new actor each time; called on the new actor's own turn.</param>
    /// <typeparam name="TActor">The actor's class.</typeparam>
    /// <returns>Props with default dispatcher and mailbox.</returns>
    public static Props Create<TActor>(Func<TActor> factory)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new Props(factory, Options.Default);
    }

    /// <summary>Makes actors by their constructor.</summary>
    /// <param name="args">The constructor's arguments; immutable, since a restart uses them again.</param>
    /// <typeparam name="TActor">The actor's class.</typeparam>
    /// <returns>Props with default dispatcher and mailbox.</returns>
    public static Props Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(
        params object[] args)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(args);
        return new Props(() => (ActorBase)Activator.CreateInstance(typeof(TActor), args)!, Options.Default);
    }

    /// <summary>The same, on another dispatcher.</summary>
    /// <param name="dispatcher">An id of <see cref="Dispatchers"/>.</param>
    /// <returns>New props.</returns>
    public Props WithDispatcher(string dispatcher) => new(_producer, _options with { Dispatcher = dispatcher });

    /// <summary>The same, with another mailbox.</summary>
    /// <param name="mailbox">Empty for an unbounded one, or <c>bounded-N</c> for one that holds N messages.</param>
    /// <returns>New props.</returns>
    /// <exception cref="ArgumentException">The id is neither.</exception>
    public Props WithMailbox(string mailbox) =>
        new(_producer, _options with { Mailbox = mailbox, Capacity = Mailboxes.CapacityOf(mailbox) });

    /// <summary>The same, with a strategy for the actor's children that takes precedence over the actor's own.</summary>
    /// <param name="supervisorStrategy">The strategy.</param>
    /// <returns>New props.</returns>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) =>
        new(_producer, _options with { Strategy = supervisorStrategy });

    internal ActorBase NewActor() =>
        _producer() ?? throw new ActorInitializationException("The factory returned null.");

    /// <summary>What is rarely set, apart, so that props cost two references each.</summary>
    private sealed record Options(string Dispatcher, string Mailbox, int Capacity, SupervisorStrategy? Strategy)
    {
        public static Options Default { get; } = new(Dispatchers.DefaultDispatcherId, "", 0, null);
    }
}
