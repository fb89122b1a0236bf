using System.CommandLine;
using Orrery;

var root = new RootCommand("Orrery, an MQTT broker engine.")
{
    ServeCommand.Create(),
};

// Ctrl+C and SIGTERM cancel the command, which then has this long to end in order.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };
return await root.Parse(args).InvokeAsync(invocation);
