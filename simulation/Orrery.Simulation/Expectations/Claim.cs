using System.Globalization;
using Orrery.Simulation.Histories;
using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios.Model;

namespace Orrery.Simulation.Expectations;

/// <summary>One claim of a scenario, and what it is about: all of the run, or what follows a step.</summary>
/// <param name="Expectation">What must hold.</param>
/// <param name="Step">The step that it stands at; null for a claim about the run.</param>
/// <param name="At">The event of the step; null for a claim about the run.</param>
internal sealed record Claim(Expectation Expectation, Step? Step, HistoryEvent? At)
{
    /// <summary>The rule that findings about claims have.</summary>
    public const string Rule = "expect";

    /// <summary>When what is claimed may begin. Times of a step's claim count from the step.</summary>
    public long From => Start + (Expectation.Between.Count == 2 ? Expectation.Between[0].Nanoseconds : 0);

    /// <summary>When it must have happened; <see cref="long.MaxValue"/> for the end of the run.</summary>
    public long To => Expectation.Between.Count == 2 ? Start + Expectation.Between[1].Nanoseconds
        : Expectation.Until is { } until ? Start + until.Nanoseconds
        : long.MaxValue;

    /// <summary>Whether times are given.</summary>
    public bool IsTimed => Expectation.Between.Count == 2 || Expectation.Until is not null;

    private long Start => At?.Nanoseconds ?? 0;

    /// <summary>Whether an event lies in the times of the claim.</summary>
    public bool Covers(HistoryEvent happened) =>
        happened.Nanoseconds >= From && happened.Nanoseconds <= To && happened.Index > (At?.Index ?? -1);

    /// <summary>`between 15.115 s and 15.215 s`, or nothing.</summary>
    public string Window => Expectation.Between.Count == 2 ? $" between {Say.Time(From)} and {Say.Time(To)}"
        : Expectation.Until is not null ? $" until {Say.Time(To)}"
        : "";

    /// <summary>`once`, `at least once`, `1 to 5 times`.</summary>
    public string Often => Expectation.Times switch
    {
        null => "at least once",
        { Min: 0, Max: 0 } => "never",
        { Min: 1, Max: 1 } => "once",
        { Max: int.MaxValue } times => string.Create(CultureInfo.InvariantCulture, $"at least {times.Min} times"),
        { } times when times.Min == times.Max => string.Create(CultureInfo.InvariantCulture, $"{times.Min} times"),
        { } times => string.Create(CultureInfo.InvariantCulture, $"{times.Min} to {times.Max} times"),
    };

    /// <summary>Whether a count is what the claim says.</summary>
    public bool Allows(int count) => Expectation.Times is { } times ? count >= times.Min && count <= times.Max : count >= 1;

    /// <summary>Makes a finding of this claim.</summary>
    public Finding Fail(string message, IEnumerable<HistoryEvent> events, bool isUnknown = false) =>
        new(Rule, ClaimText.Of(this), message, [.. events.Select(happened => happened.Index).Distinct().Order()], isUnknown);

    /// <summary>The step's own event, to show where a claim stands that nothing came of.</summary>
    public IEnumerable<HistoryEvent> Anchor => At is null ? [] : [At];
}
