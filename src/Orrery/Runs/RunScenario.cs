using Orrery.Simulation.Running;
using Orrery.Simulation.Scenarios;

namespace Orrery.Runs;

/// <summary>Carries out one run. Called from several threads at once, each with a run of its own.</summary>
internal delegate RunResult RunScenario(ScenarioRun run, RunOptions options);
