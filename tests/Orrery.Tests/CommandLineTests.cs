using System.Net;
using System.Net.Sockets;

namespace Orrery.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("pub -t a", "exactly one of -m, -f, -l, -s and -n")]
    [InlineData("pub -t a -m x -n", "exactly one of -m, -f, -l, -s and -n")]
    [InlineData("pub -m x", "--topic")]
    [InlineData("pub -t a/# -m x", "-t is no topic name")]
    [InlineData("pub -t a -m x -q 3", "-q is a number from 0 to 2")]
    [InlineData("pub -t a -m x -q one", "-q is a number from 0 to 2")]
    [InlineData("pub -t a -m x -p 0", "-p is a number from 1 to 65535")]
    [InlineData("pub -t a -m x -p 65536", "-p is a number from 1 to 65535")]
    [InlineData("pub -t a -m x -k 65536", "-k is a number from 0 to 65535")]
    [InlineData("pub -t a -m x -V 6", "-V is one of 5, 311 and 31")]
    [InlineData("pub -t a -m x -x -2", "-x is a number of seconds")]
    [InlineData("pub -t a -m x -i a -I b", "-i and -I exclude each other")]
    [InlineData("pub -t a -m x -V 311 -P secret", "-P needs -u")]
    [InlineData("pub -t a -m x --will-payload x", "needs --will-topic")]
    [InlineData("pub -t a -m x --will-topic +", "--will-topic is no topic name")]
    [InlineData("pub -t a -m x --nonsense", "--nonsense")]
    [InlineData("sub", "with -t")]
    [InlineData("sub -t a/#/b", "'a/#/b' is no topic filter")]
    [InlineData("sub -t a -T b+", "'b+' is no topic filter")]
    [InlineData("sub -t a -U $share/g", "'$share/g' is no topic filter")]
    [InlineData("sub -t a -C 0", "-C is a number from 1")]
    [InlineData("sub -t a -W 0", "-W is a number from 1")]
    [InlineData("sub -t a -c", "-c needs a client identifier")]
    [InlineData("nonsense", "nonsense")]
    public async Task Arguments_that_make_no_sense_are_named_with_exit_code_1(string arguments, string message)
    {
        var run = await CommandRun.OfAsync(arguments.Split(' '));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("--help'.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pub --help", "orrery pub -t sensors/kitchen -m 21.5")]
    [InlineData("sub --help", "orrery sub -t 'sensors/#' -v")]
    [InlineData("--help", "serve")]
    public async Task Help_has_examples(string arguments, string text)
    {
        var run = await CommandRun.OfAsync(arguments.Split(' '));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(text, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_the_commands_are_listed_with_exit_code_1()
    {
        var run = await CommandRun.OfAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("pub", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pub", "-t a -m x")]
    [InlineData("sub", "-t a")]
    public async Task A_refused_connection_says_where_and_how_to_mend_it(string command, string arguments)
    {
        var port = UnusedPort();

        var run = await CommandRun.OfAsync([command, "-h", "127.0.0.1", "-p", port, .. arguments.Split(' ')]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"orrery {command}: cannot connect to 127.0.0.1:{port}: connection refused. Is a broker running there? "
            + "Start one with 'orrery serve', or name another with -h HOST -p PORT.",
            run.Error.TrimEnd());
    }

    [Fact]
    public async Task Quiet_prints_no_error() =>
        Assert.Equal(new CommandRun(1, "", ""), await CommandRun.OfAsync("pub", "-h", "127.0.0.1", "-p", UnusedPort(), "-t", "a", "-m", "x", "--quiet"));

    private static string UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
