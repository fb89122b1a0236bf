using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Scenarios.Reading;

/// <summary>Checks that every name a scenario uses is declared in it.</summary>
internal sealed class ReferenceCheck
{
    private static readonly string[] LinkKinds = ["default", "client", "bridge"];

    private readonly ErrorList _errors;
    private readonly string[] _clients;
    private readonly string[] _brokers;
    private readonly string[] _links;
    private readonly string[] _bridges;
    private readonly string[] _faults;

    private ReferenceCheck(Scenario scenario, ErrorList errors)
    {
        _errors = errors;
        _clients = [.. scenario.Topology.Clients.Keys];
        _brokers = [.. scenario.Topology.Brokers.Keys];
        _links = [.. scenario.Topology.Links.Keys, .. LinkKinds];
        _bridges = [.. scenario.Topology.Bridges.Keys];
        _faults = [.. scenario.Steps.Concat(scenario.Faults).Where(step => step is not HealStep).Select(step => step.Id).OfType<string>()];
    }

    /// <summary>Adds an error for each name that is not declared.</summary>
    public static void Run(Scenario scenario, IReadOnlyList<Reference> references, ErrorList errors)
    {
        var check = new ReferenceCheck(scenario, errors);
        foreach (var reference in references) check.Check(reference);
    }

    private void Check(Reference reference)
    {
        var (text, position) = (reference.Text, reference.Position);
        switch (reference.Kind)
        {
            case ReferenceKind.Client: Require(WithoutIndex(text), _clients, "client", position); break;
            case ReferenceKind.Broker: Require(WithoutIndex(text), _brokers, "broker", position); break;
            case ReferenceKind.Node: Require(WithoutIndex(text), [.. _brokers, .. _clients], "broker or client", position); break;
            case ReferenceKind.Bridge: Require(text, _bridges, "bridge", position); break;
            case ReferenceKind.Fault: Require(text, _faults, "fault", position); break;
            case ReferenceKind.State when StatePath.Parse(text, out _) is { } path:
                if (path.IsSession) Require(WithoutIndex(path.Name), _clients, "client", position);
                else Require(WithoutIndex(path.Name), _brokers, "broker", position);
                break;
            case ReferenceKind.Actor:
                if (ActorPattern.Parse(text, out _) is { Client: { } owner }) Require(WithoutIndex(owner), _clients, "client", position);
                break;
            case ReferenceKind.State: break;                // what is wrong with it has been said
            case ReferenceKind.Connection: CheckConnection(text, position); break;
            default: CheckLink(text, position); break;
        }
    }

    private void CheckConnection(string text, SourcePosition position)
    {
        var mark = text.IndexOf('#');
        if (mark < 1 || mark + 1 == text.Length || text.AsSpan(mark + 1).ContainsAnyExceptInRange('0', '9'))
            _errors.Add(position, $"'{text}' is no connection: write \"sensor#1\" for the first one of sensor");
        else Require(WithoutIndex(text[..mark]), _clients, "client", position);
    }

    private void CheckLink(string text, SourcePosition position)
    {
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0)
        {
            Require(text, _links, "link", position);
            return;
        }

        var from = text[..arrow].TrimEnd('<');
        string[] nodes = [.. _brokers, .. _clients];
        Require(WithoutIndex(from), nodes, "broker or client", position);
        Require(WithoutIndex(text[(arrow + 2)..]), nodes, "broker or client", position);
    }

    private void Require(string name, string[] declared, string what, SourcePosition position)
    {
        if (!declared.Contains(name)) _errors.Add(position, $"there is no {what} '{name}'; {NearestName.Hint(name, declared)}");
    }

    private static string WithoutIndex(string name) =>
        name.EndsWith(']') && name.IndexOf('[') is var open and > 0 ? name[..open] : name;
}
