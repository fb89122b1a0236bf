using System.CommandLine;
using System.Text;

namespace Orrery.Arguments;

/// <summary>Where `orrery pub` and `orrery rr` take a payload from.</summary>
internal sealed class PayloadFlags
{
    private readonly Option<string?> _message = new("--message", "-m") { Description = "Payload.", HelpName = "text" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Payload from a file.", HelpName = "path" };
    private readonly Option<bool> _all = new("--stdin-file", "-s") { Description = "Payload from standard input, all of it." };
    private readonly Option<bool> _empty = new("--null-message", "-n") { Description = "An empty payload." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="lines">Its own source, which excludes these; null for none.</param>
    public void AddTo(Command command, Option<bool>? lines = null)
    {
        foreach (var option in (Option[])[_message, _file, _all, _empty]) command.Options.Add(option);
        var names = lines is null ? "-m, -f, -s and -n" : "-m, -f, -l, -s and -n";
        command.Validators.Add(result =>
        {
            var count = (result.GetResult(_message) is not null ? 1 : 0) + (result.GetResult(_file) is not null ? 1 : 0)
                + (result.GetValue(_all) ? 1 : 0) + (result.GetValue(_empty) ? 1 : 0) + (lines is not null && result.GetValue(lines) ? 1 : 0);
            if (count != 1) result.AddError($"Say what to publish with exactly one of {names}.");
        });
    }

    /// <summary>Reads the payload; null if it cannot be read, which is said.</summary>
    public async Task<byte[]?> ReadAsync(ParseResult arguments, ClientSession session, Terminal terminal, CancellationToken cancellation)
    {
        var file = arguments.GetValue(_file);
        try
        {
            if (file is not null) return await File.ReadAllBytesAsync(file, cancellation);
            if (!arguments.GetValue(_all)) return Encoding.UTF8.GetBytes(arguments.GetValue(_message) ?? "");
            using var everything = new MemoryStream();
            await terminal.Input.CopyToAsync(everything, cancellation);
            return everything.ToArray();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            session.Fail($"cannot read {file ?? "standard input"}: {failure.Message}", ExitCodes.Failure);
            return null;
        }
    }
}
