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
    [InlineData("sub -t a -F %z", "-F: Invalid format specifier 'z'.")]
    [InlineData("sub -t a -F %j --json", "--json and -F exclude each other")]
    [InlineData("sub -t a -R --retained-only", "-R and --retained-only together")]
    [InlineData("sub -t a --retain-handling sometimes", "--retain-handling is one of")]
    [InlineData("sub -t a --retain-as-published -V 311", "need MQTT 5")]
    [InlineData("sub -t a --random-filter 0", "--random-filter is a percentage")]
    [InlineData("sub -t a --random-filter 101", "--random-filter is a percentage")]
    [InlineData("sub -L mqtt://host/a/#/b", "'a/#/b' is no topic filter")]
    [InlineData("sub -L mqtt://host", "or with -L")]
    [InlineData("pub -L mqtt://host -m x", "--topic")]
    [InlineData("pub -L mqtt://host/a/# -m x", "the end of -L is no topic name")]
    [InlineData("pub -L mqtts://host/a -m x", "mqtts:// is not offered")]
    [InlineData("pub -L http://host/a -m x", "does not start with mqtt://")]
    [InlineData("pub -L mqtt://host:x/a -m x", "'x' is no port")]
    [InlineData("pub -L mqtt://:1/a -m x", "names no host")]
    [InlineData("pub -t a -m x --repeat 0", "--repeat is a number from 1")]
    [InlineData("pub -t a -m x --repeat-delay -1", "--repeat-delay is a number of seconds")]
    [InlineData("pub -t a -m x -M 0", "-M is a number from 1")]
    [InlineData("pub -t a -m x --unix /s -h b", "--unix stands in place")]
    [InlineData("pub -t a -m x -D", "-D")]
    [InlineData("pub -t a -m x -D publish", "-D needs a packet, a property and a value")]
    [InlineData("pub -t a -m x -D publish content-type", "content-type needs a value")]
    [InlineData("pub -t a -m x -D publish user-property k", "user-property needs a name and a value")]
    [InlineData("pub -t a -m x -D foo content-type x", "'foo' is no packet")]
    [InlineData("pub -t a -m x -D puback reason-string x", "PUBACK is not for this command")]
    [InlineData("pub -t a -m x -D publish content-typ x", "no property 'content-typ'")]
    [InlineData("pub -t a -m x -D connect content-type x", "content-type is no property of CONNECT, but of publish and will")]
    [InlineData("pub -t a -m x -D publish payload-format-indicator 300", "payload-format-indicator is a number from 0 to 1")]
    [InlineData("pub -t a -m x -D connect receive-maximum 0", "receive-maximum is a number from 1 to 65535")]
    [InlineData("pub -t a -m x -D publish response-topic a/#", "response-topic is no topic name")]
    [InlineData("pub -t a -m x --cafile f", "--cafile: TLS is not offered")]
    [InlineData("pub -t a -m x --insecure", "--insecure: TLS is not offered")]
    [InlineData("sub -t a --psk 12 --psk-identity i", "--psk: TLS is not offered")]
    [InlineData("sub -t a --proxy socks5h://p", "--proxy: SOCKS")]
    [InlineData("sub -t a --ws", "--ws: WebSockets are not offered")]
    [InlineData("sub -t a -o file", "-o: Files with default options are not read")]
    [InlineData("sub -t a -S", "-S: SRV")]
    [InlineData("rr -t a -m x", "with -e")]
    [InlineData("rr -t a -e b", "exactly one of -m, -f, -s and -n")]
    [InlineData("rr -e b -m x", "--topic")]
    [InlineData("rr -t a -e b/# -m x", "-e is no topic name")]
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
    [InlineData("rr --help", "orrery rr -t service/time -e reply/me")]
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
    [InlineData("rr", "-t a -e b -n")]
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
