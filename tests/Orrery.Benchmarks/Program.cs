using Orrery.Benchmarks;

return BenchmarkMenu.Run(args);
