using Orrery;

return await CommandLine.InvokeAsync(args, Terminal.OfProcess());
