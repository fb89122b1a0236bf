using Orrery;
using Orrery.Simulation.Running;

return await CommandLine.InvokeAsync(args, Terminal.OfProcess(), ScenarioRunner.Run);
